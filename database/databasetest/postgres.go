package databasetest

import (
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
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

// owner gives dir to the user postgres if we are root, as whom PostgreSQL
// refuses to run, and says how to run as them.
func owner(dir string) (*syscall.SysProcAttr, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, fmt.Errorf("PostgreSQL does not run as root: %w", err)
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return nil, err
	}
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}, os.Chown(dir, int(uid), int(gid))
}
