package account

import (
	"context"
	"fmt"
	"iter"
	"net/mail"
	"slices"
	"strings"
	"time"

	"proviso/source"
)

// A Holder is an account holder as a source has them.
type Holder struct {
	ID       string // NAME:id
	Email    string // as the source has it
	Name     string
	Locale   string // BCP 47; empty: the site's first
	Status   string
	Products []string
	Sites    []string
	Scoped   bool      // the source has a column products; without it, all of them are seen
	Joined   time.Time // zero: not known
	Skip     string    // why the holder is not told; empty: is told
}

// Known are the ids that holders may have. Others are refused: a product
// nobody knows would silently see nothing.
type Known struct{ Products, Sites []string }

// Sources are the places where holders are read from.
type Sources struct {
	Accounts Accounts
	Dir      string                             // where relative file names start
	Expand   func(value string) (string, error) // fills in ${NAME}; nil: nothing is filled in
	Known    Known
}

// Holders are all account holders, ordered by address, and then as read.
type Holders struct {
	list  []Holder
	keys  []string // normalised address of each; of one without a usable address, its id
	Query string   // where they came from, for the record
}

// Len returns the number of holders, skipped ones too.
func (h *Holders) Len() int { return len(h.list) }

// ByAddress returns the holders of each address together, by the normal form
// of the address; holders without a usable one stand alone, under their id.
func (h *Holders) ByAddress() iter.Seq2[string, []Holder] {
	return func(yield func(string, []Holder) bool) {
		for i := 0; i < len(h.list); {
			end := i + 1
			for end < len(h.list) && h.keys[end] == h.keys[i] {
				end++
			}
			if !yield(h.keys[i], h.list[i:end]) {
				return
			}
			i = end
		}
	}
}

// Read reads the holders of all accounts. Everything that is wrong with them
// is reported at once, as source.Problems.
func (s Sources) Read(ctx context.Context) (*Holders, error) {
	c := &collector{known: s.Known, addresses: map[string]string{}, firsts: map[string]int{}}
	var queries []string
	for _, a := range s.Accounts {
		from, err := s.expand(a.Source)
		if err != nil {
			return nil, fmt.Errorf("accounts %q: %w", a.Name, err)
		}
		c.begin(a)
		if kind, file, _ := strings.Cut(from, ":"); kind == "csv" {
			err = c.csv(file, s.Dir)
		} else {
			err = c.sql(ctx, from, s.Dir, a.Query)
		}
		if err != nil {
			return nil, err
		}
		queries = append(queries, strings.TrimSpace(a.Name+": "+a.Source+" "+a.Query))
	}
	if err := c.problems().Err(); err != nil {
		return nil, err
	}
	return c.unite(strings.Join(queries, "\n")), nil
}

func (s Sources) expand(v string) (string, error) {
	if s.Expand == nil {
		return v, nil
	}
	return s.Expand(v)
}

// unite brings holders with the same address together.
func (c *collector) unite(query string) *Holders {
	order := make([]int, len(c.holders))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return strings.Compare(c.keys[a], c.keys[b]) })
	h := &Holders{Query: query}
	for _, i := range order {
		h.keys, h.list = append(h.keys, c.keys[i]), append(h.list, c.holders[i])
	}
	return h
}

// Normal returns the form of an address under which it is known: one address,
// one mail, however it is spelled. It reports false for what is no address.
func Normal(address string) (string, bool) {
	address = strings.TrimSpace(address)
	a, err := mail.ParseAddress(address)
	at := strings.LastIndexByte(address, '@')
	if err != nil || a.Name != "" || a.Address != address || at > 64 || len(address) > 254 {
		return "", false
	}
	return strings.ToLower(address), true
}

// A collector turns the rows of sources into holders, and keeps what is wrong.
type collector struct {
	account Account
	known   Known
	holders []Holder
	keys    []string // normal address of each, or its id

	addresses map[string]string // id → key
	ps        source.Problems
	firsts    map[string]int // unknown id → its place in ps
	again     []int          // by place in ps: how often it was seen again
}

func (c *collector) begin(a Account) {
	if a.Skip == nil {
		a.Skip = Closed
	}
	c.account = a
}

// add reads one row. at tells where a column of it stands.
func (c *collector) add(columns columns, row []string, at func(column int) source.Position) {
	get := func(name string) string {
		if i, ok := columns[name]; ok {
			return strings.TrimSpace(row[i])
		}
		return ""
	}
	id := get("id")
	if id == "" {
		c.errorf(at(columns["id"]), "a holder without an id")
		return
	}
	_, scoped := columns["products"]
	h := Holder{ID: c.account.Name + ":" + id, Email: get("email"), Name: get("name"), Locale: get("locale"),
		Status: get("status"), Products: list(get("products")), Sites: list(get("sites")), Scoped: scoped}
	c.unknown(h.Products, c.known.Products, "product", func() source.Position { return at(columns["products"]) })
	c.unknown(h.Sites, c.known.Sites, "site", func() source.Position { return at(columns["sites"]) })
	if joined := get("joined"); joined != "" {
		t, ok := instant(joined)
		if !ok {
			c.errorf(at(columns["joined"]), "joined cannot be %q; write 2026-12-20 or 2026-12-20T10:00:00Z", joined)
		}
		h.Joined = t
	}
	key, ok := Normal(h.Email)
	if !ok {
		key, h.Skip = h.ID, "no usable address"
	} else if slices.ContainsFunc(c.account.Skip, func(s string) bool { return strings.EqualFold(s, h.Status) }) {
		h.Skip = skipStatus + h.Status
	}
	// Nobody could say which of two addresses was told.
	if other, twice := c.addresses[h.ID]; twice && other != key {
		c.errorf(at(columns["id"]), "holder %q has two addresses; give every holder one", id)
	}
	c.addresses[h.ID] = key
	c.holders, c.keys = append(c.holders, h), append(c.keys, key)
}

const skipStatus = "status " // how the reason for leaving out a status begins

// Excluded returns the status for which a holder is not told, if it is that.
func (h Holder) Excluded() (status string, ok bool) { return strings.CutPrefix(h.Skip, skipStatus) }

// list splits ids at blanks and commas. An SQL array comes as {a,b} or ["a","b"].
func list(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(" ,;\t\n{}[]\"", r) })
}

// instant reads a date or an instant; one without a zone is in UTC.
func instant(s string) (time.Time, bool) {
	for _, layout := range []string{time.DateOnly, time.RFC3339, time.DateTime, "2006-01-02T15:04:05",
		"2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05.999999999 -0700 MST"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

func (c *collector) errorf(pos source.Position, format string, args ...any) {
	c.ps.Errorf(pos, "accounts", "", format, args...)
	c.again = append(c.again, 0)
}

// unknown reports each unknown id once, where it stands first.
func (c *collector) unknown(ids, known []string, what string, at func() source.Position) {
	for _, id := range ids {
		if slices.Contains(known, id) {
			continue
		}
		if i, ok := c.firsts[what+id]; ok {
			c.again[i]++
			continue
		}
		c.firsts[what+id] = len(c.ps)
		c.errorf(at(), "unknown %s %q", what, id)
		c.ps[len(c.ps)-1].Hint = source.Suggest(id, known)
	}
}

// problems returns what is wrong, at most fifty findings of it.
func (c *collector) problems() source.Problems {
	const most = 50
	for i := range c.ps {
		if c.again[i] > 0 {
			c.ps[i].Message += fmt.Sprintf(" (and in %d more rows)", c.again[i])
		}
	}
	if n := len(c.ps) - most; n > 0 {
		ps := c.ps[:most:most]
		ps.Errorf(source.Position{File: "accounts"}, "accounts", "", "%d more problems like these", n)
		return ps
	}
	return c.ps
}
