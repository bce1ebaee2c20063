//go:build race

package main

// underRace reports whether the race detector watches, which makes reading ten
// times as slow.
const underRace = true
