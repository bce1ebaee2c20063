package account

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"hash/maphash"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"proviso/source"
	"proviso/spool"
)

// A collector turns the rows of sources into holders, and keeps what is wrong.
type collector struct {
	known       Known
	account     Account       // whose rows are read
	whereabouts []whereabouts // of each account
	classes     []class
	byTrait     map[traits]int // of this account: number of the class
	records     *spool.Sorter
	ids         *spool.Sorter // hash of the id, hash of the key: who has two addresses?
	seed        maphash.Seed
	buffer      []byte
	layout      int // of layouts: how the last instant was written

	ps     source.Problems // the first of them
	more   int             // those after them
	firsts map[string]int  // unknown id → its place in ps
	again  [most]int       // by place in ps: how often it was seen again
}

// Whereabouts tell where a row of an account is, by its line, column and id.
type whereabouts func(line, column int, id string) source.Position

// most is how many findings are shown: a file that is wrong everywhere shall
// not fill the screen, nor the memory.
const most = 50

// newCollector returns a collector that spools into a folder, with so many bytes
// of records in memory.
func newCollector(known Known, dir string, memory int) *collector {
	if memory <= 0 {
		memory = spool.Memory
	}
	return &collector{known: known, seed: maphash.MakeSeed(), firsts: map[string]int{},
		records: spool.NewSorter(dir, memory), ids: spool.NewSorter(dir, memory/4)}
}

// begin makes the collector ready for the rows of an account.
func (c *collector) begin(a Account, at whereabouts) {
	a.Skip = a.Skipped()
	c.account = a
	c.whereabouts = append(c.whereabouts, at)
	c.byTrait = map[traits]int{}
}

// add reads one row. at tells where a column of it stands; line and column are
// those of its id. Nothing of the row is kept but copies.
func (c *collector) add(columns columns, row []string, line, column int, at func(column int) source.Position) error {
	get := func(name string) string {
		if i, ok := columns[name]; ok {
			return strings.TrimSpace(row[i])
		}
		return ""
	}
	id := get("id")
	if id == "" {
		c.errorf(at(columns["id"]), "a holder without an id")
		return nil
	}
	for _, name := range ours {
		if !utf8.ValidString(get(name)) {
			c.errorf(at(columns[name]), "%s is not text; let the source give it as UTF-8", name)
			return nil
		}
	}
	email := get("email")
	key, usable := Normal(email)
	if usable {
		email = Mailable(email)
	}
	_, scoped := columns["products"]
	class := c.class(traits{get("locale"), get("status"), get("products"), get("sites"), !usable}, scoped)
	if found := c.classes[class]; found.unknown {
		c.unknown(found.Products, c.known.Products, "product", func() source.Position { return at(columns["products"]) })
		c.unknown(found.Sites, c.known.Sites, "site", func() source.Position { return at(columns["sites"]) })
	}
	joined, ok := c.instant(get("joined"))
	if !ok {
		c.errorf(at(columns["joined"]), "joined cannot be %q; write 2026-12-20 or 2026-12-20T10:00:00Z", get("joined"))
	}
	r := record{key: key, row: uint64(c.records.Len()), id: c.account.Name + ":" + id, email: email, name: get("name"),
		class: class, joined: joined.Unix() - yearOne, line: line, column: column}
	if !usable {
		r.key = r.id
	}
	return c.keep(r)
}

// keep spools a record.
func (c *collector) keep(r record) error {
	c.buffer = r.append(c.buffer[:0])
	if err := c.records.Add(c.buffer); err != nil {
		return err
	}
	c.buffer = binary.BigEndian.AppendUint64(c.buffer[:0], maphash.String(c.seed, r.id))
	return c.ids.Add(binary.BigEndian.AppendUint64(c.buffer, maphash.String(c.seed, r.key)))
}

// class returns the number of the class with these traits.
func (c *collector) class(t traits, scoped bool) int {
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
	i := len(c.classes)
	h.Class = i
	c.classes = append(c.classes, class{h, len(c.whereabouts) - 1, !among(h.Products, c.known.Products) || !among(h.Sites, c.known.Sites)})
	c.byTrait[t] = i
	return i
}

// moved reports the holders that have two addresses: nobody could say which of
// the two was told. It looks closer only at ids that seem to.
func (c *collector) moved() error {
	suspects := map[uint64]bool{}
	var before [16]byte
	for b, err := range c.ids.Records() {
		if err != nil {
			return err
		}
		if bytes.Equal(before[:8], b[:8]) && !bytes.Equal(before[8:], b[8:]) && len(suspects) < mostSuspects {
			suspects[binary.BigEndian.Uint64(b)] = true
		}
		copy(before[:], b)
	}
	if err := c.ids.Close(); err != nil || len(suspects) == 0 {
		return err
	}
	byID := map[string][]record{}
	for b, err := range c.records.Records() {
		r, broken := readRecord(b)
		if err := cmp.Or(err, broken); err != nil {
			return err
		}
		if suspects[maphash.String(c.seed, r.id)] {
			byID[r.id] = append(byID[r.id], r)
		}
	}
	c.accuse(byID)
	return nil
}

// mostSuspects bounds how many holders with two addresses are looked at.
const mostSuspects = 1000

// accuse reports each row of a holder whose address is not that of the first.
func (c *collector) accuse(byID map[string][]record) {
	var guilty []record
	for _, rows := range byID {
		slices.SortFunc(rows, func(a, b record) int { return cmp.Compare(a.row, b.row) })
		for _, r := range rows {
			if r.key != rows[0].key {
				guilty = append(guilty, r)
			}
		}
	}
	slices.SortFunc(guilty, func(a, b record) int { return cmp.Compare(a.row, b.row) })
	for _, r := range guilty {
		_, id, _ := strings.Cut(r.id, ":")
		c.errorf(c.whereabouts[c.classes[r.class].account](r.line, r.column, id), "holder %q has two addresses; give every holder one", id)
	}
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
// the zero time. Of a source all are mostly written like the one before.
func (c *collector) instant(s string) (time.Time, bool) {
	if s == "" {
		return time.Time{}, true
	}
	if t, err := time.Parse(layouts[c.layout], s); err == nil {
		return t, true
	}
	for i, layout := range layouts {
		if t, err := time.Parse(layout, s); err == nil {
			c.layout = i
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
