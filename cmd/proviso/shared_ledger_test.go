package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"proviso/database/databasetest"
)

// What a notice lives through does not depend on where its ledger is: the same
// stories, word for word, with the ledger in a PostgreSQL database.
func TestStoriesOnPostgres(t *testing.T) {
	for _, story := range []string{"notify", "notify_life", "notify_close", "notify_together", "evidence", "gate_life", "life_withdrawn", "life_merger"} {
		t.Run(story, func(t *testing.T) {
			url := databasetest.Postgres(t)
			testscript.Run(t, testscript.Params{
				Files:               []string{filepath.Join("testdata", "script", story+".txtar")},
				RequireExplicitExec: true,
				Cmds:                commands,
				Condition:           ledgerIs("postgres"),
				Setup: func(env *testscript.Env) error {
					env.Setenv("LEDGER", url)
					return shareLedger(env.WorkDir)
				},
			})
		})
	}
}

// A ledger on a server is copied by the server's own program, and forgets as any
// other.
func TestKeepingASharedLedger(t *testing.T) {
	if _, err := exec.LookPath("pg_dump"); err != nil {
		if os.Getenv("PROVISO_REQUIRE_ALL") == "1" {
			t.Fatal("pg_dump is not installed; install postgresql")
		}
		t.Skip("pg_dump is not installed")
	}
	program, err := exec.LookPath("proviso")
	if err != nil {
		t.Fatal(err)
	}
	url, restored := databasetest.Postgres(t), databasetest.Postgres(t)
	testscript.Run(t, testscript.Params{
		Files:               []string{filepath.Join("testdata", "shared_ledger.txtar")},
		RequireExplicitExec: true,
		Cmds:                commands,
		Setup: func(env *testscript.Env) error {
			env.Setenv("LEDGER", url)
			env.Setenv("RESTORED", restored)
			env.Setenv("PROVISO", program)
			return nil
		},
	})
}

// ledgerIs says to a story where its ledger is: [sqlite] or [postgres].
func ledgerIs(where string) func(string) (bool, error) {
	return func(condition string) (bool, error) {
		if condition != "sqlite" && condition != "postgres" {
			return false, fmt.Errorf("there is no condition %q", condition)
		}
		return condition == where, nil
	}
}

// shareLedger has each proviso.yaml in a folder name the ledger in LEDGER.
func shareLedger(dir string) error {
	return filepath.WalkDir(dir, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.Name() != "proviso.yaml" {
			return err
		}
		text, err := os.ReadFile(file)
		if err == nil && bytes.Contains(text, []byte("\nledger:")) {
			err = errors.New(file + " names a ledger of its own")
		}
		if err != nil {
			return err
		}
		return os.WriteFile(file, append(text, "\nledger: '${LEDGER}'\n"...), 0o666)
	})
}
