// Package databasetest gives tests real database servers: PostgreSQL and
// MariaDB, from the programs that are installed, each with its data in a folder
// of its own under the temporary one and a free port of the loopback address.
//
// A server is started when the first test asks for it, and serves all tests of
// that test program; every call gets a new, empty database. It ends, and its
// data with it, when the test program ends in whatever way: it hangs on a pipe
// that the system closes then. Nothing is left behind, and no server that is
// installed on the machine is touched.
//
// Tests are skipped by name where a program is missing, and under -short. With
// PROVISO_REQUIRE_ALL=1 a missing program is a failure.
package databasetest

import (
	"bufio"
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"proviso/database"
)

// User and password of every server. Nothing in them is harmless in a URL.
const (
	databaseUser = "proviso"
	password     = "p@ss/w:rd?#%&+"
)

// patience is how long a server may take to be ready. It is long: the machine
// may be busy, and a server that cannot start says so at once.
const patience = 2 * time.Minute

// A server is a running database server.
type server struct {
	url   url.URL // without a database
	leash io.Closer
	made  atomic.Int64
}

// An absence is a program that is not installed.
type absence struct{ what, packages string }

func (a absence) Error() string {
	return fmt.Sprintf("%s is not installed; apt-get install %s", a.what, a.packages)
}

// database makes an empty database and returns its URL. It is dropped when the
// test ends.
func (s *server) database(t testing.TB, admin, drop string) string {
	t.Helper()
	at := s.url
	at.Path = "/" + admin
	db, err := database.Open(at.String(), "", database.ReadWrite)
	if err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("test_%d", s.made.Add(1))
	if err := execute(t.Context(), db, "CREATE DATABASE "+name); err != nil {
		t.Fatalf("making a database: %v", errors.Join(err, db.Close()))
	}
	t.Cleanup(func() {
		err := execute(context.Background(), db, fmt.Sprintf(drop, name))
		if err := errors.Join(err, db.Close()); err != nil {
			t.Errorf("dropping a database: %v", err)
		}
	})
	at.Path = "/" + name
	return at.String()
}

func execute(ctx context.Context, db *sql.DB, statement string) error {
	_, err := db.ExecContext(ctx, statement)
	return err
}

// ask skips or fails a test that asks for a server which there is not.
func ask(t testing.TB, start func() (*server, error)) *server {
	t.Helper()
	if testing.Short() {
		t.Skip("starts a database server")
	}
	s, err := start()
	var missing absence
	switch {
	case errors.As(err, &missing) && os.Getenv("PROVISO_REQUIRE_ALL") != "1":
		t.Skip(err)
	case err != nil:
		t.Fatal(err)
	}
	return s
}

// A setup is how a kind of server is made and run.
type setup struct {
	name   string
	as     *syscall.SysProcAttr       // as whom it runs; nil: as we do
	fill   []string                   // makes the data folder
	serve  func(port string) []string // runs in the foreground
	ready  string                     // what it says when it is
	signal string                     // ends it at once
	dir    string                     // of everything that it writes
}

// start fills the data folder and runs the server, on another port if the one
// it was given is taken meanwhile.
func (u setup) start() (*server, error) {
	fill := exec.Command(u.fill[0], u.fill[1:]...)
	fill.SysProcAttr, fill.Dir, fill.Env = u.as, u.dir, environment(u.dir)
	if out, err := fill.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("making the data of %s: %w\n%s", u.name, err, out)
	}
	for try := 1; ; try++ {
		port, err := freePort()
		if err != nil {
			return nil, err
		}
		leash, said, err := u.run(port)
		if err == nil {
			return &server{url: url.URL{User: url.UserPassword(databaseUser, password), Host: "127.0.0.1:" + port}, leash: leash}, nil
		}
		if try == 3 || !strings.Contains(said, "ddress already in use") {
			return nil, fmt.Errorf("starting %s: %w\n%s", u.name, errors.Join(err, os.RemoveAll(u.dir)), said)
		}
	}
}

// hold runs a server until its own standard input ends, and removes the folder
// then. A shell does it, because it must outlive the test program.
const hold = `dir=$1 signal=$2; shift 2
exec 3<&0 </dev/null
"$@" 3<&- & server=$!
exec 2>/dev/null
{ cat <&3 >/dev/null; : >"$dir/end"; kill -s "$signal" "$server"; } &
wait "$server"
if [ -e "$dir/end" ]; then cd / && rm -rf "$dir"; fi
`

// run starts the server and waits until it is ready. It ends when the leash is
// closed, at the latest with this program. What the server said until it was
// ready is returned as well.
func (u setup) run(port string) (leash io.Closer, said string, err error) {
	cmd := exec.Command("sh", append([]string{"-c", hold, "sh", u.dir, u.signal}, u.serve(port)...)...)
	cmd.SysProcAttr, cmd.Dir, cmd.Env = u.as, u.dir, environment(u.dir)
	if leash, err = cmd.StdinPipe(); err != nil {
		return nil, "", err
	}
	log, err := cmd.StderrPipe()
	if err != nil {
		return nil, "", err
	}
	if err := cmd.Start(); err != nil {
		return nil, "", err
	}
	late := time.AfterFunc(patience, func() { log.Close() })
	defer late.Stop()
	lines := bufio.NewReader(log)
	for {
		line, err := lines.ReadString('\n')
		said += line
		if strings.Contains(line, u.ready) {
			go io.Copy(io.Discard, lines) // a full pipe would stop the server
			return leash, said, nil
		}
		if err != nil {
			return nil, said, errors.Join(fmt.Errorf("it did not say that it is %s", u.ready), leash.Close())
		}
	}
}

// environment is what a server sees of ours: nothing that could name another
// server, and no language but the one of ready.
func environment(dir string) []string {
	return []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "TMPDIR=" + dir, "LC_ALL=C", "TZ=America/New_York"}
}

// freePort returns a port on which nobody listens now.
func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	return port, err
}

// find returns the path of a program: from PATH, or from where distributions
// keep it, the newest version first.
func find(program string, folders ...string) string {
	if path, err := exec.LookPath(program); err == nil {
		return path
	}
	newest := ""
	for _, folder := range folders {
		found, _ := filepath.Glob(filepath.Join(folder, program)) // the patterns are ours, and good
		for _, path := range found {
			if cmp.Or(cmp.Compare(len(path), len(newest)), cmp.Compare(path, newest)) > 0 {
				newest = path
			}
		}
	}
	return newest
}
