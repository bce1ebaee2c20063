package databasetest

import (
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// Postgres returns the URL of an empty PostgreSQL database, whose user may do
// everything on its server. It is dropped when the test ends, with whoever is
// connected.
func Postgres(t testing.TB) string {
	t.Helper()
	return ask(t, postgres).database(t, "postgres", "DROP DATABASE %s WITH (FORCE)")
}

var postgres = sync.OnceValues(func() (*server, error) {
	folders := []string{"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin"}
	initdb, serve := find("initdb", folders...), find("postgres", folders...)
	if initdb == "" || serve == "" {
		return nil, absence{"PostgreSQL", "postgresql"}
	}
	dir, err := os.MkdirTemp("", "postgres-")
	if err != nil {
		return nil, err
	}
	as, err := owner(dir)
	if err != nil {
		return nil, err
	}
	data, secret := filepath.Join(dir, "data"), filepath.Join(dir, "password")
	if err := os.WriteFile(secret, []byte(password), 0o644); err != nil { // in a folder that is closed to others
		return nil, err
	}
	s, err := setup{
		name: "PostgreSQL", as: as, dir: dir, ready: "ready to accept connections", signal: "QUIT",
		fill: []string{initdb, "--pgdata", data, "--username", databaseUser, "--pwfile", secret, "--auth", "scram-sha-256",
			"--encoding", "UTF8", "--locale", "C", "--no-sync"},
		serve: func(port string) []string {
			return []string{serve, "-D", data, "-p", port, "-h", "127.0.0.1", "-k", dir, "-c", "fsync=off",
				"-c", "full_page_writes=off", "-c", "synchronous_commit=off", "-c", "shared_buffers=32MB", "-c", "timezone=America/New_York"}
		},
	}.start()
	if err != nil {
		return nil, err
	}
	s.url.Scheme = "postgres"
	return s, nil
})
