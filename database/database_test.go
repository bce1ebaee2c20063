package database

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestOpenIsDurableAndStrict(t *testing.T) {
	db, err := Open("sqlite:odd ?name#1.db", t.TempDir(), ReadWrite)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "10000"} {
		var got string
		if err := db.QueryRow("PRAGMA " + pragma).Scan(&got); err != nil || got != want {
			t.Errorf("%s = %s, want %s (%v)", pragma, got, want, err)
		}
	}
}

// Holders are read from databases that are not ours: nothing is written there.
func TestOpenReadOnly(t *testing.T) {
	dir := t.TempDir()
	db, err := Open("sqlite:shop.db", dir, ReadOnly)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Ping(); err == nil {
		t.Error("a database that is not there was opened")
	}
	db.Close()
	if files, _ := filepath.Glob(filepath.Join(dir, "*")); len(files) != 0 {
		t.Errorf("files appeared: %v", files)
	}
	rw, err := Open("sqlite:shop.db", dir, ReadWrite)
	if err != nil {
		t.Fatal(err)
	}
	defer rw.Close()
	if _, err := rw.Exec("CREATE TABLE holders (id)"); err != nil {
		t.Fatal(err)
	}
	ro, err := Open("sqlite:shop.db", dir, ReadOnly)
	if err != nil {
		t.Fatal(err)
	}
	defer ro.Close()
	if _, err := ro.Exec("DELETE FROM holders"); err == nil {
		t.Error("a database opened for reading was written to")
	}
}

// Each URL has one mistake. The password in it is in no message, nor is any
// piece of it that a parser stumbled over.
func TestOpenRefuses(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "ca.pem"), []byte("hunter2"), 0o600); err != nil {
		t.Fatal(err)
	}
	for url, want := range map[string]string{
		"":                                    "not a database URL; write sqlite:FILE",
		"hunter2":                             "not a database URL",
		"sqlite:":                             "not a database URL",
		"oracle://u:hunter2@h/db":             `no driver for "oracle" databases`,
		"postgres:h/db":                       "not the URL of a database server",
		"postgres://u:hun%ter2@h/db":          "not the URL of a database server",
		"postgres://u:#hunter2@h/db":          "%23 for #",
		"postgres://u:1?hunter2@h/db":         "%3F for ?",
		"postgres://u:1/hunter2@h/db":         "%2F for /",
		"mysql://u:hunter2/@h/db":             "%2F for /",
		"mysql://u:hun ter2@h:x/db":           "not the URL of a database server",
		"postgres://u:hunter2@h/db?sslmode=x": "sslmode",
		"postgres://h/db?password=hunter2&sslrootcert=hunter2.pem": "xxxxx.pem",
		"mysql://u:hunter2@h/db?tls=maybe":                         `tls cannot be "maybe"; write true,`,
		"mysql://u:hunter2@h/db?multiStatements=true":              "mysql URLs take tls=",
		"mysql://u:hunter2@h/db?ca=none.pem":                       "none.pem: no such file",
		"mysql://u:hunter2@h/db?ca=ca.pem":                         "ca.pem holds no certificate",
	} {
		_, err := Open(url, dir, ReadOnly)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hunter2") || strings.Contains(err.Error(), "ter2") {
			t.Errorf("%q:\n got %v\nwant %q", url, err, want)
		}
	}
}

// The same URL means the same to every driver: what it leaves out, and what it
// escapes.
func TestMySQLConfig(t *testing.T) {
	for url, want := range map[string]string{
		"mysql://u:p%40%2F%3A@h:3307/shop":        "u p@/: tcp h:3307 shop preferred",
		"mysql://u@[::1]/shop?tls=true":           "u  tcp [::1]:3306 shop true",
		"mysql:///":                               "  tcp 127.0.0.1:3306  preferred",
		"mysql://u:p@/shop?socket=run/mysql.sock": "u p unix /srv/run/mysql.sock shop false",
	} {
		u, err := parse(url)
		if err != nil {
			t.Fatal(err)
		}
		c, err := mysqlConfig(u, "/srv")
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join([]string{c.User, c.Passwd, c.Net, c.Addr, c.DBName, c.TLSConfig}, " "); got != want {
			t.Errorf("%s:\n got %s\nwant %s", url, got, want)
		}
		if c.MultiStatements || c.AllowAllFiles || c.AllowCleartextPasswords {
			t.Errorf("%s: a query could do more than be one", url)
		}
	}
}

func TestRedact(t *testing.T) {
	for url, want := range map[string]string{
		"sqlite:shop.db":                        "sqlite:shop.db",
		"postgres://h/db":                       "postgres://h/db",
		"postgres://u@h/db":                     "postgres://u@h/db",
		"postgres://u:hunter2@h:5432/db":        "postgres://u:xxxxx@h:5432/db",
		"mysql://u:h@nt/er?2#@h/db":             "mysql://u:xxxxx@h/db",
		"postgres://u:${PASSWORD}@h/db":         "postgres://u:xxxxx@h/db",
		"${SHOP_DB}":                            "${SHOP_DB}",
		"postgres://h/db?user=u&password=p&a=b": "postgres://h/db?user=u&password=xxxxx&a=b",
	} {
		if got := Redact(url); got != want {
			t.Errorf("%s: %s, want %s", url, got, want)
		}
	}
}

func TestPath(t *testing.T) {
	if got := Path("sqlite:.proviso/l.db", "/srv"); got != filepath.Join("/srv", ".proviso", "l.db") {
		t.Error(got)
	}
	if got := Path("sqlite:/var/l.db", "/srv"); got != filepath.FromSlash("/var/l.db") {
		t.Error(got)
	}
	if got := Path("postgres://h/db", "/srv"); got != "" {
		t.Error(got)
	}
}
