package account

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"proviso/database"
	"proviso/source"
)

var known = Known{Products: []string{"kernelguard", "vault"}, Sites: []string{"northgate.example", "kernelguard.example"}}

// read reads one CSV file called accounts.csv.
func read(t *testing.T, csv string) (*Holders, error) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "accounts.csv"), []byte(csv), 0o600); err != nil {
		t.Fatal(err)
	}
	s := Sources{Accounts: Accounts{{Name: "shop", Source: "csv:accounts.csv"}}, Dir: dir, Known: known}
	return s.Read(context.Background())
}

// all lists holders as "address: id id!" with ! for those who are skipped.
func all(t *testing.T, h *Holders) string {
	t.Helper()
	var out []string
	for group, err := range h.ByAddress() {
		if err != nil {
			t.Fatal(err)
		}
		line := group.Address + ":"
		for _, x := range group.Holders {
			line += " " + x.ID
			if x.Skip != "" {
				line += "!"
			}
		}
		out = append(out, line)
	}
	return strings.Join(out, "\n")
}

func TestReadCSV(t *testing.T) {
	h, err := read(t, "\ufeffID, Email ,name,locale,status,products,sites,joined,plan\n"+
		"1,jo@example.com,Jo,de-AT,active,kernelguard vault,northgate.example,2026-01-02,gold\n"+
		"2,an@example.com,\"Smith, An\",,suspended,\"kernelguard,vault\",,2026-01-02T03:04:05Z,\n"+
		"3,cy@example.com,Cy,,Closed,,,,\n"+
		"4,not an address,Di,,active,,,,\n"+
		"5,JO@Example.COM,Jo's other,,active,vault,,,\n")
	if err != nil {
		t.Fatal(err)
	}
	want := "an@example.com: shop:2\ncy@example.com: shop:3!\njo@example.com: shop:1 shop:5\nshop:4: shop:4!"
	if got := all(t, h); got != want {
		t.Errorf("got\n%s, want\n%s", got, want)
	}
	for group := range h.ByAddress() {
		switch x := group.Holders[0]; x.ID {
		case "shop:1":
			if x.Name != "Jo" || x.Locale != "de-AT" || strings.Join(x.Products, "+") != "kernelguard+vault" || !x.Scoped ||
				!x.Joined.Equal(time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)) || x.Sites[0] != "northgate.example" {
				t.Errorf("%+v", x)
			}
		case "shop:2":
			if x.Name != "Smith, An" || len(x.Products) != 2 || x.Skip != "" {
				t.Errorf("a suspended account: %+v", x)
			}
		case "shop:3":
			if status, ok := x.Excluded(); !ok || status != "Closed" {
				t.Errorf("%+v", x)
			}
		}
	}
}

// A source without a column products says nothing about products; that is not
// the same as a holder who has none.
func TestReadKnowsNoProductsFromNoColumn(t *testing.T) {
	for csv, want := range map[string]bool{"id,email\n1,a@b.example\n": false, "id,email,products\n1,a@b.example,\n": true} {
		h, err := read(t, csv)
		if err != nil {
			t.Fatal(err)
		}
		for group := range h.ByAddress() {
			if group.Holders[0].Scoped != want {
				t.Errorf("%q: scoped %v", csv, group.Holders[0].Scoped)
			}
		}
	}
}

// Each bad file has one mistake, and the message says where it is.
func TestReadRefuses(t *testing.T) {
	for csv, want := range map[string]string{
		"":                          `accounts.csv:1: the file is empty`,
		"id,mail\n":                 `accounts.csv:1: no column "email"; the columns are id, mail`,
		"id;email\n1;a@b.example\n": `accounts.csv:1: columns are separated by semicolons`,
		"id,email,ID\n":             `accounts.csv:1: two columns are called "id"`,
		"id,email\n1\n":             `accounts.csv:2: another number of columns`,
		"id,email\n1,\"a\n":         `accounts.csv:2:6: extraneous or missing`,
		"id,email\n ,a@b.example\n": `accounts.csv:2:2: a holder without an id`,
		"id,email\n1,a@b.example\n1,c@d.example\n":                                `accounts.csv:3:1: holder "1" has two addresses`,
		"id,email,joined\n1,a@b.example,soon\n":                                   `accounts.csv:2:15: joined cannot be "soon"`,
		"id,email,sites\n1,a@b.example,nowhere.example\n":                         `accounts.csv:2:15: unknown site "nowhere.example"`,
		"id,email,products\n1,a@b.example,kernelgard\n2,c@d.example,kernelgard\n": `accounts.csv:2:15: unknown product "kernelgard" (and in 1 more rows); did you mean "kernelguard"`,
	} {
		_, err := read(t, csv)
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q:\n got %v\nwant %s", csv, err, want)
		}
	}
	_, err := Sources{Accounts: Accounts{{Name: "shop", Source: "csv:gone.csv"}}, Dir: t.TempDir()}.Read(context.Background())
	if err == nil || !strings.Contains(err.Error(), `accounts "shop": reading gone.csv: no such file`) {
		t.Errorf("got %v", err)
	}
}

// All that is wrong is said at once, and a file that is wrong everywhere does
// not fill the screen.
func TestReadReportsEverything(t *testing.T) {
	csv := "id,email,products\n"
	for i := range 80 {
		csv += "," + strings.Repeat("x", i+1) + "@b.example,p" + strings.Repeat("x", i) + "\n"
	}
	_, err := read(t, csv+"1,a@b.example,zzz yyy\n")
	var ps source.Problems
	if !errors.As(err, &ps) || len(ps) != 51 || !strings.Contains(err.Error(), "32 more problems") {
		t.Errorf("%d problems: %v", len(ps), err)
	}
}

func TestReadSQL(t *testing.T) {
	dir := t.TempDir()
	db, err := database.Open("sqlite:shop.db", dir, database.ReadWrite)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(`CREATE TABLE a (id INTEGER, mail TEXT, products TEXT);
		INSERT INTO a VALUES (1, 'jo@example.com', '{kernelguard,vault}'), (2, 'an@example.com', NULL), (2, 'an@example.com', 'vault')`); err != nil {
		t.Fatal(err)
	}
	s := Sources{Dir: dir, Known: known, Accounts: Accounts{{Name: "db", Source: "${DB}", Query: "SELECT id, mail AS email, products FROM a ORDER BY 1"}},
		Expand: func(v string) (string, error) { return strings.ReplaceAll(v, "${DB}", "sqlite:shop.db"), nil }}
	h, err := s.Read(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if got := all(t, h); got != "an@example.com: db:2 db:2\njo@example.com: db:1" {
		t.Errorf("got\n%s", got)
	}
	if strings.Contains(h.Query, "shop.db") || !strings.Contains(h.Query, "SELECT id") {
		t.Errorf("the record shows what was filled in: %q", h.Query)
	}
	for query, want := range map[string]string{
		"SELECT id, mail FROM a":                           `accounts db: no column "email"; write SELECT … AS …; the query returns id, mail`,
		"SELECT id, mail AS email, 'x' AS products FROM a": `accounts db, row 1, holder 1: unknown product "x" (and in 2 more rows)`,
		"SELECT nonsense":                                  `accounts "db"`,
	} {
		s.Accounts[0].Query = query
		if _, err := s.Read(context.Background()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", query, err, want)
		}
	}
}

func TestAccountsSayWhatIsWrong(t *testing.T) {
	for yaml, want := range map[string]string{
		"{name: shop, source: \"csv:a.csv\"}":                                                     "",
		"[{name: a, source: \"csv:a.csv\"}, {name: b, source: \"sqlite:b.db\", query: SELECT 1}]": "",
		"{source: \"csv:a.csv\"}":                                                                 "accounts need a name",
		"{name: \"a:b\", source: \"csv:a.csv\"}":                                                  "accounts need a name without blanks or colons",
		"{name: shop}":                                                                            `accounts "shop" have no source`,
		"{name: shop, source: \"${SHOP_DB}\", query: SELECT 1}":                                   "",
		"{name: shop, source: \"postgres://${DB}\", query: SELECT 1}":                             "",
		"{name: shop, source: \"oracle://db\", query: SELECT 1}":                                  `accounts "shop" come from "oracle", which is unknown here`,
		"{name: shop, source: \"sqlite:a.db\"}":                                                   `accounts "shop" have no query`,
		"{name: shop, source: \"csv:a.csv\", query: SELECT 1}":                                    "warning: a CSV file takes no query: every row of it is read",
		"[{name: a, source: \"csv:a.csv\"}, {name: a, source: \"csv:a.csv\"}]":                    `two accounts are called "a"`,
		"{name: shop, source: \"csv:a.csv\", skp: [x]}":                                           `"skp"`,
	} {
		var c struct {
			Accounts Accounts `yaml:"accounts"`
		}
		var ps source.Problems
		source.Decode("proviso.yaml", []byte("accounts: "+yaml+"\n"), &c, &ps)
		c.Accounts.Check(&ps)
		if want == "" && len(ps) > 0 || want != "" && (len(ps) == 0 || !strings.Contains(ps.Error(), want) || !strings.Contains(ps.Error(), "proviso.yaml:1:")) {
			t.Errorf("%s: %v, want %q", yaml, ps, want)
		}
	}
}
