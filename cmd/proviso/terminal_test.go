package main

import (
	"os"
	"testing"
)

// What schedulers run has the null device as its standard input: there is
// nobody to ask, so nothing may wait for an answer or take silence for one.
func TestTheNullDeviceIsNoTerminal(t *testing.T) {
	null, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	if (&program{}).terminal(null) {
		t.Errorf("%s is taken for a terminal", os.DevNull)
	}
}
