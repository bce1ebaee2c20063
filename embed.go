// Package proviso holds the example organisation and the built-in templates,
// so that an installed program can show and copy them. The program itself is
// in cmd/proviso; ARCHITECTURE.md is the map.
package proviso

import "embed"

// Example is the example organisation: content/, proviso.yaml and accounts.csv.
//
//go:embed all:content proviso.yaml accounts.csv
var Example embed.FS

// Templates is the folder templates/ with the built-in pages and mails.
//
//go:embed templates
var Templates embed.FS
