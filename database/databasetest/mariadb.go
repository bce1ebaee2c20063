package databasetest

import (
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"sync"
	"testing"
)

// MariaDB returns the URL of an empty MariaDB database, whose user may do
// everything on its server. It is dropped when the test ends.
func MariaDB(t testing.TB) string {
	t.Helper()
	return ask(t, mariaDB).database(t, "", "DROP DATABASE %s")
}

// small is the size of the log that is written out before the first start.
const small = "--innodb-log-file-size=4M"

var mariaDB = sync.OnceValues(func() (*server, error) {
	install, serve := find("mariadb-install-db", "/usr/bin"), find("mariadbd", "/usr/sbin", "/usr/libexec")
	if install == "" || serve == "" {
		return nil, absence{"MariaDB", "mariadb-server"}
	}
	dir, err := os.MkdirTemp("", "mariadb-")
	if err != nil {
		return nil, err
	}
	me, err := user.Current()
	if err != nil {
		return nil, err
	}
	data, grants := filepath.Join(dir, "data"), filepath.Join(dir, "grants.sql")
	err = os.WriteFile(grants, fmt.Appendf(nil, "GRANT ALL ON *.* TO %s@'127.0.0.1' IDENTIFIED BY '%s' WITH GRANT OPTION;\n", databaseUser, password), 0o600)
	if err != nil {
		return nil, err
	}
	s, err := setup{
		name: "MariaDB", dir: dir, ready: "ready for connections", signal: "KILL",
		fill: []string{install, "--no-defaults", "--user=" + me.Username, "--datadir=" + data, "--skip-test-db",
			"--auth-root-authentication-method=socket", small},
		serve: func(port string) []string {
			return []string{serve, "--no-defaults", "--user=" + me.Username, "--datadir=" + data, "--port=" + port, "--bind-address=127.0.0.1",
				"--socket=" + filepath.Join(dir, "mariadb.sock"), "--init-file=" + grants, "--skip-name-resolve", "--skip-log-bin",
				"--innodb-flush-log-at-trx-commit=0", "--innodb-flush-method=nosync", "--innodb-buffer-pool-size=32M",
				small, "--character-set-server=latin1"}
		},
	}.start()
	if err != nil {
		return nil, err
	}
	s.url.Scheme = "mysql"
	return s, nil
})
