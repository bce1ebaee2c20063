package database

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"
)

func openMySQL(rawURL, dir string, mode Mode) (*sql.DB, error) {
	u, err := parse(rawURL)
	if err != nil {
		return nil, err
	}
	c, err := mysqlConfig(u, dir)
	if err != nil {
		return nil, err
	}
	connector, err := mysql.NewConnector(c)
	if err != nil {
		return nil, hide(u, err)
	}
	if mode == ReadOnly {
		connector = readOnly{connector}
	}
	return sql.OpenDB(connector), nil
}

// readOnly makes connections whose transactions are all for reading. To begin
// one as such is not enough: MariaDB ends it silently before a DROP TABLE.
type readOnly struct{ driver.Connector }

func (r readOnly) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := r.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	session, ok := conn.(driver.ExecerContext)
	if !ok {
		return nil, errors.Join(errors.New("the driver cannot make a connection read only"), conn.Close())
	}
	if _, err := session.ExecContext(ctx, "SET SESSION TRANSACTION READ ONLY", nil); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return conn, nil
}

// mysqlConfig turns a URL into what the driver wants to know. Texts come as
// UTF-8 and times in UTC, whatever the server is set to.
func mysqlConfig(u *url.URL, dir string) (*mysql.Config, error) {
	c := mysql.NewConfig()
	c.User = u.User.Username()
	c.Passwd, _ = u.User.Password()
	c.Net, c.Addr = "tcp", net.JoinHostPort(or(u.Hostname(), "127.0.0.1"), or(u.Port(), "3306"))
	c.DBName = strings.TrimPrefix(u.Path, "/")
	c.ParseTime, c.Loc = true, time.UTC
	c.Params = map[string]string{"time_zone": "'+00:00'"}
	c.Timeout = dialTimeout
	c.Logger = &mysql.NopLogger{} // what goes wrong is returned as well
	c.TLSConfig = "preferred"     // as the server's own client does
	if err := c.Apply(mysql.Charset("utf8mb4", "")); err != nil {
		return nil, err
	}
	options := u.Query()
	for _, name := range slices.Sorted(maps.Keys(options)) {
		if err := mysqlOption(c, name, options.Get(name), u.Hostname(), dir); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// mysqlOption sets one option of a URL. The driver has more, but some of them
// let a query read files or do two things at once.
func mysqlOption(c *mysql.Config, name, value, host, dir string) error {
	switch name {
	case "tls":
		if !slices.Contains([]string{"true", "false", "skip-verify", "preferred"}, value) {
			return fmt.Errorf("tls cannot be %q; write true, false, skip-verify or preferred", value)
		}
		c.TLSConfig = value
	case "ca":
		pem, err := os.ReadFile(path(value, dir))
		if err != nil {
			return fmt.Errorf("the authority of the server's certificate: %w", err)
		}
		pool := x509.NewCertPool()
		if !pool.AppendCertsFromPEM(pem) {
			return fmt.Errorf("the authority of the server's certificate: %s holds no certificate", value)
		}
		c.TLS = &tls.Config{RootCAs: pool, ServerName: host}
	case "socket":
		c.Net, c.Addr, c.TLSConfig = "unix", path(value, dir), "false"
	default:
		return errors.New("mysql URLs take tls=true|false|skip-verify|preferred, ca=FILE and socket=FILE, and nothing else")
	}
	return nil
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// lostMySQL knows a broken connection, a shutdown, and a connection that
// somebody killed.
func lostMySQL(err error) bool {
	var said *mysql.MySQLError
	return errors.Is(err, mysql.ErrInvalidConn) || errors.As(err, &said) && slices.Contains([]uint16{1053, 1927}, said.Number)
}
