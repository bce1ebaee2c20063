package account

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"proviso/database"
	"proviso/database/databasetest"
)

// A place is a source of holders that holds the rows of the shop.
type place struct {
	name  string
	open  func(t *testing.T, dir string) string // returns the source
	query string
}

// places are all kinds of sources. Each holds the same rows in the types that
// people would choose there: arrays, enums, dates and instants.
var places = []place{
	{"csv", shopCSV, ""},
	{"sqlite", shopSQLite, "SELECT * FROM holders ORDER BY id"},
	{"postgres", shopPostgres, "SELECT * FROM holders ORDER BY id"},
	{"postgres, as text", shopPostgres, "SELECT id::text, email::varchar(80), name, locale::char(9), status::text, to_json(products) AS products, array_to_string(sites, ', ') AS sites, joined::text FROM holders ORDER BY holders.id"},
	{"mariadb", shopMariaDB, "SELECT * FROM holders ORDER BY id"},
	{"mariadb, as text", shopMariaDB, "SELECT cast(id AS char) AS ID, email, name, locale, status, json_extract(products, '$') AS products, sites, date_format(joined, '%Y-%m-%d %H:%i:%s') AS joined FROM holders ORDER BY holders.id"},
}

func shopCSV(t *testing.T, dir string) string {
	write(t, filepath.Join(dir, "shop.csv"), `id,email,name,locale,status,products,sites,joined,plan
1,jo@example.com,Jo,de-AT,active,"kernelguard,vault",northgate.example,2026-01-02T03:04:05Z,gold
2,Zoë@München.example,Zoë 😀,,suspended,,,,
3,JO@Example.COM,Jo's other,,active,vault,"kernelguard.example, northgate.example",2026-01-02T00:00:00Z,
4,cy@example.com,,,closed,vault,,,
5,not an address,"Smith, An",,active,kernelguard,,,
`)
	return "csv:shop.csv"
}

func shopSQLite(t *testing.T, dir string) string {
	makeShop(t, "sqlite:shop.db", dir,
		"CREATE TABLE holders (id INTEGER, email TEXT, name TEXT, locale TEXT, status TEXT, products TEXT, sites TEXT, joined TIMESTAMP, plan TEXT)",
		`INSERT INTO holders VALUES
		(1, 'jo@example.com', 'Jo', 'de-AT', 'active', 'kernelguard vault', '["northgate.example"]', '2026-01-02 03:04:05', 'gold'),
		(2, 'Zoë@München.example', 'Zoë 😀', NULL, 'suspended', NULL, NULL, NULL, NULL),
		(3, 'JO@Example.COM', 'Jo''s other', NULL, 'active', '{vault}', 'kernelguard.example northgate.example', '2026-01-02', NULL),
		(4, 'cy@example.com', NULL, NULL, 'closed', 'vault', '', NULL, NULL),
		(5, 'not an address', 'Smith, An', '', 'active', '["kernelguard", null]', '[]', '', NULL)`)
	return "sqlite:shop.db"
}

func shopPostgres(t *testing.T, dir string) string {
	url := databasetest.Postgres(t)
	makeShop(t, url, dir, "CREATE TYPE status AS ENUM ('active', 'suspended', 'closed')",
		"CREATE TABLE holders (id BIGINT, email TEXT, name VARCHAR(40), locale CHAR(8), status status, products TEXT[], sites VARCHAR(40)[], joined TIMESTAMPTZ, plan JSONB)",
		`INSERT INTO holders VALUES
		(1, 'jo@example.com', 'Jo', 'de-AT', 'active', '{kernelguard,vault}', ARRAY['northgate.example'], '2026-01-01 22:04:05-05', '{"gold": true}'),
		(2, 'Zoë@München.example', 'Zoë 😀', NULL, 'suspended', NULL, NULL, NULL, NULL),
		(3, 'JO@Example.COM', 'Jo''s other', NULL, 'active', '{vault}', '{kernelguard.example,northgate.example}', '2026-01-02 00:00:00Z', NULL),
		(4, 'cy@example.com', NULL, NULL, 'closed', '{vault,NULL}', '{}', NULL, NULL),
		(5, 'not an address', 'Smith, An', '', 'active', '{"kernelguard"}', NULL, NULL, NULL)`)
	return url
}

func shopMariaDB(t *testing.T, dir string) string {
	url := databasetest.MariaDB(t)
	makeShop(t, url, dir,
		"CREATE TABLE holders (id BIGINT UNSIGNED, email VARCHAR(80), name VARCHAR(40), locale CHAR(8), status ENUM('active', 'suspended', 'closed'), products JSON, sites TEXT, joined DATETIME, plan BLOB) CHARACTER SET utf8mb4",
		`INSERT INTO holders VALUES
		(1, 'jo@example.com', 'Jo', 'de-AT', 'active', '["kernelguard", "vault"]', 'northgate.example', '2026-01-02 03:04:05', 'gold'),
		(2, 'Zoë@München.example', 'Zoë 😀', NULL, 'suspended', NULL, NULL, NULL, x'00ff'),
		(3, 'JO@Example.COM', 'Jo''s other', NULL, 'active', '["vault"]', 'kernelguard.example,northgate.example', '2026-01-02', NULL),
		(4, 'cy@example.com', NULL, NULL, 'closed', '["vault", null]', '', NULL, NULL),
		(5, 'not an address', 'Smith, An', '', 'active', '["kernelguard"]', NULL, NULL, NULL)`)
	return url
}

func makeShop(t *testing.T, url, dir string, statements ...string) {
	t.Helper()
	db, err := database.Open(url, dir, database.ReadWrite)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, s := range statements {
		if _, err := db.ExecContext(t.Context(), s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// shop is what all of them say.
var shop = []string{
	`cy@example.com: {shop:4 cy@example.com   closed [vault] [] true 0001-01-01T00:00:00Z status closed}`,
	`jo@example.com: {shop:1 jo@example.com Jo de-AT active [kernelguard vault] [northgate.example] true 2026-01-02T03:04:05Z } ` +
		`{shop:3 JO@Example.COM Jo's other  active [vault] [kernelguard.example northgate.example] true 2026-01-02T00:00:00Z }`,
	`shop:5: {shop:5 not an address Smith, An  active [kernelguard] [] true 0001-01-01T00:00:00Z no usable address}`,
	`zoë@xn--mnchen-3ya.example: {shop:2 Zoë@xn--mnchen-3ya.example Zoë 😀  suspended [] [] true 0001-01-01T00:00:00Z }`,
}

func TestSameRowsSameHolders(t *testing.T) {
	for _, p := range places {
		t.Run(p.name, func(t *testing.T) {
			dir := t.TempDir()
			from := p.open(t, dir)
			h, err := p.read(t, from, dir)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for group, err := range h.ByAddress() {
				if err != nil {
					t.Fatal(err)
				}
				line := group.Address + ":"
				for _, x := range group.Holders {
					line += fmt.Sprint(" {", strings.Join([]string{x.ID, x.Email, x.Name, x.Locale, x.Status, fmt.Sprint(x.Products),
						fmt.Sprint(x.Sites), fmt.Sprint(x.Scoped), x.Joined.Format("2006-01-02T15:04:05Z07:00"), x.Skip}, " "), "}")
				}
				got = append(got, line)
			}
			if h.Len() != 5 || !reflect.DeepEqual(got, shop) {
				t.Errorf("%d holders:\n%s\nwant\n%s", h.Len(), strings.Join(got, "\n"), strings.Join(shop, "\n"))
			}
			if u, err := url.Parse(from); err == nil && u.User != nil {
				if password, _ := u.User.Password(); strings.Contains(h.Query, password) || strings.Contains(h.Query, url.QueryEscape(password)) {
					t.Errorf("the record shows the password: %s", h.Query)
				}
			}
		})
	}
}

func (p place) read(t *testing.T, from, dir string) (*Holders, error) {
	s := Sources{Accounts: Accounts{{Name: "shop", Source: from, Query: p.query}}, Dir: dir, Known: known}
	return s.Read(t.Context())
}

// A query is held to its word before the first row, and whatever it does, it
// changes nothing.
func TestQueriesThatAreRefused(t *testing.T) {
	for name, open := range map[string]func(*testing.T, string) string{"sqlite": shopSQLite, "postgres": shopPostgres, "mariadb": shopMariaDB} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			from := open(t, dir)
			for query, want := range map[string]string{
				"SELECT id, email AS mail FROM holders":                                     `accounts shop: no column "email"; write SELECT … AS …; the query returns id, mail`,
				"SELECT id, email, name, 'x' AS name FROM holders":                          `accounts shop: two columns are called "name"`,
				"SELECT id, email FROM nowhere":                                             `accounts "shop": query: `,
				"SELECT id, email, 'vault x' AS products FROM holders ORDER BY id":          `accounts shop, row 1, holder 1: unknown product "x" (and in 4 more rows); known are kernelguard, vault`,
				"SELECT 7 AS id, email FROM holders ORDER BY holders.id":                    `accounts shop, row 2, holder 7: holder "7" has two addresses`,
				"SELECT id, email, 'soon' AS joined FROM holders WHERE id = 4":              `accounts shop, row 1, holder 4: joined cannot be "soon"`,
				"SELECT NULL AS id, email FROM holders WHERE id = 4":                        `accounts shop, row 1: a holder without an id`,
				"DROP TABLE holders":                                                        `accounts "shop": query`,
				"CREATE TABLE others (id INTEGER)":                                          `accounts "shop": query`,
				"DELETE FROM holders RETURNING id, email":                                   `accounts "shop": query`,
				"SELECT id, email FROM holders; DELETE FROM holders; SELECT 1 AS a, 2 AS b": "accounts",
			} {
				if _, err := (place{query: query}).read(t, from, dir); err == nil || !strings.HasPrefix(err.Error(), want) {
					t.Errorf("%s:\n got %v\nwant %s", query, err, want)
				}
			}
			if h, err := (place{query: "SELECT id, email FROM holders"}).read(t, from, dir); err != nil || h.Len() != 5 {
				t.Errorf("a query changed the holders: %v", err)
			}
		})
	}
}

// many is a table long enough that no buffer on the way holds all of it.
const many = 40_000

// A server that goes away in the middle leaves nobody half read, and neither a
// wrong password nor a right one is shown.
func TestServersThatGoAway(t *testing.T) {
	for name, numbers := range map[string]struct {
		open  func(testing.TB) string
		query string
	}{
		"postgres": {databasetest.Postgres, "SELECT n AS id, 'h' || n || '@example.com' AS email, repeat('x', 50) AS name FROM generate_series(1, %d) n"},
		"mariadb":  {databasetest.MariaDB, "SELECT seq AS id, concat('h', seq, '@example.com') AS email, repeat('x', 50) AS name FROM seq_1_to_%d"},
	} {
		t.Run(name, func(t *testing.T) {
			whole := place{query: fmt.Sprintf(numbers.query, many)}
			from, err := url.Parse(numbers.open(t))
			if err != nil {
				t.Fatal(err)
			}
			if h, err := whole.read(t, from.String(), ""); err != nil || h.Len() != many {
				t.Fatal(err)
			}
			password, _ := from.User.Password()
			refuse := func(what string, at url.URL, want string) {
				_, err := whole.read(t, at.String(), "")
				if err == nil || !strings.HasPrefix(err.Error(), `accounts "shop": `+want) || strings.ContainsAny(err.Error(), "\n") ||
					strings.Contains(err.Error(), password) || strings.Contains(err.Error(), "hunter2") {
					t.Errorf("%s: %v", what, err)
				}
			}
			cut := *from
			cut.Host = cutAfter(t, from.Host, 1<<20)
			refuse("cut", cut, "the connection was lost after row ")
			nobody := *from
			nobody.Host = "127.0.0.1:1"
			refuse("nobody there", nobody, "opening "+from.Scheme+"://proviso:xxxxx@127.0.0.1:1/")
			wrong := *from
			wrong.User = url.UserPassword("proviso", "hunter2")
			refuse("wrong password", wrong, "opening "+from.Scheme+"://proviso:xxxxx@")
			raw := url.URL{Scheme: from.Scheme, Opaque: "//proviso:" + password + "@" + from.Host + "/x"}
			refuse("password not escaped", raw, "source: this is not the URL of a database server")
		})
	}
}

// A reader that gives up does not wait for the rows that it does not want.
func TestReadEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, p := range places[:2] {
		dir := t.TempDir()
		s := Sources{Accounts: Accounts{{Name: "shop", Source: p.open(t, dir), Query: p.query}}, Dir: dir, Known: known}
		if _, err := s.Read(ctx); err == nil || !strings.Contains(err.Error(), "context canceled") {
			t.Errorf("%s: %v", p.name, err)
		}
	}
}

// cutAfter returns an address that leads to the one given, until so many bytes
// have come back from there: then the line is dead.
func cutAfter(t *testing.T, to string, bytes int64) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			near, err := l.Accept()
			if err != nil {
				return
			}
			go forward(near, to, bytes)
		}
	}()
	return l.Addr().String()
}

func forward(near net.Conn, to string, bytes int64) {
	defer near.Close()
	far, err := net.Dial("tcp", to)
	if err != nil {
		return
	}
	defer far.Close()
	go io.Copy(far, near)
	io.CopyN(near, far, bytes)
}
