package account

import (
	"cmp"
	"fmt"
	"hash/maphash"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"proviso/source"
)

// A collector turns the rows of sources into holders, and keeps what is wrong.
type collector struct {
	account Account
	known   Known
	records records
	classes []class
	byTrait map[traits]uint32 // of this account: number of the class

	seed maphash.Seed
	byID map[uint64]uint32 // hash of the id, or the next free number after it → number of the record

	ps     source.Problems // the first of them
	more   int             // those after them
	firsts map[string]int  // unknown id → its place in ps
	again  [most]int       // by place in ps: how often it was seen again
}

// most is how many findings are shown: a file that is wrong everywhere shall
// not fill the screen, nor the memory.
const most = 50

func newCollector(known Known) *collector {
	return &collector{known: known, seed: maphash.MakeSeed(), byID: map[uint64]uint32{}, firsts: map[string]int{}}
}

// begin makes the collector ready for the rows of an account.
func (c *collector) begin(a Account) {
	if a.Skip == nil {
		a.Skip = Closed
	}
	c.account = a
	c.byTrait = map[traits]uint32{}
}

// add reads one row. at tells where a column of it stands. Nothing of the row
// is kept but copies.
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
	for _, name := range ours {
		if !utf8.ValidString(get(name)) {
			c.errorf(at(columns[name]), "%s is not text; let the source give it as UTF-8", name)
			return
		}
	}
	email := get("email")
	key, usable := Normal(email)
	if usable {
		email = mailable(email)
	}
	_, scoped := columns["products"]
	class := c.class(traits{get("locale"), get("status"), get("products"), get("sites"), !usable}, scoped)
	if found := c.classes[class]; found.unknown {
		c.unknown(found.Products, c.known.Products, "product", func() source.Position { return at(columns["products"]) })
		c.unknown(found.Sites, c.known.Sites, "site", func() source.Position { return at(columns["sites"]) })
	}
	joined, ok := instant(get("joined"))
	if !ok {
		c.errorf(at(columns["joined"]), "joined cannot be %q; write 2026-12-20 or 2026-12-20T10:00:00Z", get("joined"))
	}
	r := c.record(id, email, get("name"), key, usable)
	r.class, r.joinedUnix = class, joined.Unix()-yearOne
	if c.moved(&r, usable) {
		c.errorf(at(columns["id"]), "holder %q has two addresses; give every holder one", id)
	}
	c.records.add(r)
}

// record keeps the texts of a row.
func (c *collector) record(id, email, name, key string, usable bool) record {
	if !usable || key == email {
		key = "" // need not be kept twice
	}
	r := record{text: c.records.keep(c.account.Name, ":", id, email, name, key)}
	r.idEnd = uint32(len(c.account.Name) + 1 + len(id))
	r.emailEnd = r.idEnd + uint32(len(email))
	r.nameEnd = r.emailEnd + uint32(len(name))
	return r
}

// class returns the number of the class with these traits.
func (c *collector) class(t traits, scoped bool) uint32 {
	if i, ok := c.byTrait[t]; ok {
		return i
	}
	t.locale, t.status = strings.Clone(t.locale), strings.Clone(t.status) // the row goes
	t.products, t.sites = strings.Clone(t.products), strings.Clone(t.sites)
	h := Holder{Locale: t.locale, Status: t.status, Scoped: scoped,
		Products: slices.Clip(list(t.products)), Sites: slices.Clip(list(t.sites))}
	if t.unusable {
		h.Skip = skipAddress
	} else if slices.ContainsFunc(c.account.Skip, func(s string) bool { return strings.EqualFold(s, h.Status) }) {
		h.Skip = skipStatus + h.Status
	}
	i := uint32(len(c.classes))
	c.classes = append(c.classes, class{h, !among(h.Products, c.known.Products) || !among(h.Sites, c.known.Sites)})
	c.byTrait[t] = i
	return i
}

// moved reports whether the holder was read before with another address: then
// nobody could say which of the two was told.
func (c *collector) moved(r *record, usable bool) bool {
	for h := maphash.String(c.seed, r.id()); ; h++ {
		i, ok := c.byID[h]
		if !ok {
			c.byID[h] = uint32(c.records.len())
			return false
		}
		if other := c.records.at(i); other.id() == r.id() {
			return other.key(c.classes[other.class].Skip == skipAddress) != r.key(!usable)
		}
	}
}

// unite brings holders with the same address together, and ends the collector.
func (c *collector) unite(query string) *Holders {
	c.byID, c.byTrait = nil, nil
	h := &Holders{Query: query, records: c.records, classes: c.classes, order: make([]uint32, c.records.len())}
	for i := range h.order {
		h.order[i] = uint32(i)
	}
	key := func(i uint32) string {
		r := h.records.at(i)
		return r.key(h.classes[r.class].Skip == skipAddress)
	}
	slices.SortFunc(h.order, func(a, b uint32) int { return cmp.Or(strings.Compare(key(a), key(b)), cmp.Compare(a, b)) })
	return h
}

// list splits ids at blanks and commas. Arrays of SQL and JSON, {a,b} and
// ["a","b"], may have nothing in a place, which is no id.
func list(s string) []string {
	ids := strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(" ,;\t\r\n{}[]\"", r) })
	if strings.HasPrefix(s, "{") || strings.HasPrefix(s, "[") {
		ids = slices.DeleteFunc(ids, func(id string) bool { return strings.EqualFold(id, "null") })
	}
	return ids
}

// layouts are how dates and instants are written, by people and by databases.
var layouts = []string{time.DateOnly, time.RFC3339, time.DateTime, "2006-01-02T15:04:05",
	"2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05Z07", "2006-01-02 15:04:05.999999999 -0700 MST"}

// instant reads a date or an instant; one without a zone is in UTC, and none is
// the zero time.
func instant(s string) (time.Time, bool) {
	if s == "" {
		return time.Time{}, true
	}
	for _, layout := range layouts {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

func (c *collector) errorf(pos source.Position, format string, args ...any) {
	if len(c.ps) == most {
		c.more++
		return
	}
	c.ps.Errorf(pos, "accounts", "", format, args...)
}

func among(ids, known []string) bool {
	for _, id := range ids {
		if !slices.Contains(known, id) {
			return false
		}
	}
	return true
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
		if c.errorf(at(), "unknown %s %q", what, id); c.more == 0 {
			c.firsts[what+id] = len(c.ps) - 1
			c.ps[len(c.ps)-1].Hint = source.Suggest(id, known)
		}
	}
}

// problems returns what is wrong.
func (c *collector) problems() source.Problems {
	for i := range c.ps {
		if c.again[i] > 0 {
			c.ps[i].Message += fmt.Sprintf(" (and in %d more rows)", c.again[i])
		}
	}
	if c.more > 0 {
		c.ps.Errorf(source.Position{File: "accounts"}, "accounts", "", "%d more problems like these", c.more)
	}
	return c.ps
}
