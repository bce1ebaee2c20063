package main

import (
	"context"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// dump has PostgreSQL's own program copy a ledger to a file that is not there
// yet, readable for its owner only. Where that program is not installed, it
// answers with the command for a machine that has it.
func (p *program) dump(ctx context.Context, ledgerURL, file string) error {
	bare, password := apart(ledgerURL)
	tool, err := exec.LookPath("pg_dump")
	if err != nil {
		return misuse("the ledger is on a PostgreSQL server, whose own program copies it, also while senders run, and is not installed here:\n"+
			"  pg_dump --format=custom --schema=proviso --file='%s' '%s'\nand pg_restore puts it back; give the password as PGPASSWORD or in .pgpass", file, bare)
	}
	if _, err := os.Lstat(file); !errors.Is(err, fs.ErrNotExist) {
		return no("backing up the ledger: %s is there already; name another file", file)
	}
	f, err := os.CreateTemp(filepath.Dir(file), ".ledger-*") // mode 0600
	if err != nil {
		return no("backing up the ledger: %v", err)
	}
	defer os.Remove(f.Name())
	defer f.Close()
	cmd := exec.CommandContext(ctx, tool, "--format=custom", "--schema=proviso", "--file="+f.Name(), "--dbname="+bare)
	cmd.Env = os.Environ()
	if password != "" {
		cmd.Env = append(cmd.Env, "PGPASSWORD="+password) // no other user of the machine sees it there
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		return no("backing up the ledger: %v: %s", err, strings.TrimSpace(string(out)))
	}
	if err := f.Sync(); err != nil {
		return no("backing up the ledger: %v", err)
	}
	if err := os.Link(f.Name(), file); err != nil {
		return no("backing up the ledger: %v", err)
	}
	return nil
}

// apart takes the password out of the URL of a database.
func apart(rawURL string) (bare, password string) {
	u, err := url.Parse(rawURL)
	if err != nil {
		return "postgres://USER@HOST/NAME", ""
	}
	if u.User != nil {
		password, _ = u.User.Password()
		u.User = url.User(u.User.Username())
	}
	if q := u.Query(); q.Has("password") {
		password = q.Get("password")
		q.Del("password")
		u.RawQuery = q.Encode()
	}
	return u.String(), password
}
