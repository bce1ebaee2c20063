// Package account reads account holders from where the company keeps them: CSV
// files and databases. It knows which columns there may be, what an address is
// and which holders share one; it does not know what anyone is told.
//
// Everything that is wrong with a source is reported at once, with its line,
// and then nothing is taken from it: a holder with a product that nobody knows
// would silently see nothing.
package account

import (
	"strings"

	"proviso/database"
	"proviso/source"
)

// Accounts is the part accounts of proviso.yaml: one source of account
// holders, or a list of them.
type Accounts []Account

// UnmarshalSource reads one account or a list.
func (a *Accounts) UnmarshalSource(v source.Value) {
	if !v.IsMapping() {
		v.Decode((*[]Account)(a))
		return
	}
	var one Account
	v.Decode(&one)
	*a = Accounts{one}
}

// An Account says where holders are read from. A holder is known as NAME:id.
type Account struct {
	Name   string          `yaml:"name"`
	Source string          `yaml:"source"` // csv:FILE, or a database URL
	Query  string          `yaml:"query"`  // of a database
	Skip   []string        `yaml:"skip"`   // statuses that are not told; left out: closed, deleted
	Pos    source.Position `yaml:"-"`
	At     source.Places   `yaml:"-"`
}

// Closed are the statuses that are not told where an account names none.
var Closed = []string{"closed", "deleted"}

// Skipped returns the statuses of an account that are not told.
func (a Account) Skipped() []string {
	if a.Skip == nil {
		return Closed
	}
	return a.Skip
}

const (
	csvFile     = "csv" // how the source begins that is a file; all others are databases
	sourceForms = "write csv:FILE, or a database URL with a query"
	queryForm   = "write query: SELECT id, email, … FROM …"
)

// Check adds to ps what is wrong with the accounts.
func (a Accounts) Check(ps *source.Problems) {
	seen := map[string]bool{}
	for _, acc := range a {
		if acc.Name == "" || strings.ContainsAny(acc.Name, ": \t") {
			ps.Errorf(acc.At.Of(acc.Pos, "name"), "accounts", "holders are known as NAME:id", "accounts need a name without blanks or colons, not %q", acc.Name)
		}
		if seen[acc.Name] {
			ps.Errorf(acc.At.Of(acc.Pos, "name"), "accounts", "rename one of them", "two accounts are called %q", acc.Name)
		}
		seen[acc.Name] = true
		acc.checkSource(ps)
	}
}

// checkSource adds to ps what is wrong with source and query. What a source in
// the environment is turns out when it is read.
func (a Account) checkSource(ps *source.Problems) {
	kind, _, _ := strings.Cut(a.Source, ":")
	switch {
	case a.Source == "":
		ps.Errorf(a.Pos, "accounts", sourceForms, "accounts %q have no source", a.Name)
	case strings.Contains(kind, "${"):
	case kind == csvFile && a.Query != "":
		ps.Warnf(a.At.Of(a.Pos, "query"), "accounts", "remove it, or name a database", "a CSV file takes no query: every row of it is read")
	case kind != csvFile && !database.Known(kind):
		ps.Errorf(a.At.Of(a.Pos, "source"), "accounts", sourceForms, "accounts %q come from %q, which is unknown here", a.Name, kind)
	case kind != csvFile && a.Query == "":
		ps.Errorf(a.Pos, "accounts", queryForm, "accounts %q have no query", a.Name)
	}
}
