package account

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"

	"proviso/database"
)

// A Holder is an account holder as a source has them.
type Holder struct {
	ID       string // NAME:id
	Email    string // as the source has it; a domain beyond ASCII in its form for mail servers
	Name     string
	Locale   string // BCP 47; empty: the site's first
	Status   string
	Products []string // shared by all who have the same; nobody changes them
	Sites    []string
	Scoped   bool      // the source has a column products; without it, all of them are seen
	Joined   time.Time // to the second, in UTC; zero: not known
	Skip     string    // why the holder is not told; empty: is told
}

const (
	skipStatus  = "status " // how the reason for leaving out a status begins
	skipAddress = "no usable address"
)

// Excluded returns the status for which a holder is not told, if it is that.
func (h Holder) Excluded() (status string, ok bool) { return strings.CutPrefix(h.Skip, skipStatus) }

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

// Holders are all account holders, ordered by address, and then as read. They
// may be millions, and take little more than the letters of their names.
type Holders struct {
	records records
	order   []uint32
	classes []class
	Query   string // where they came from, for the record, without passwords
}

// Len returns the number of holders, skipped ones too.
func (h *Holders) Len() int { return len(h.order) }

// ByAddress returns the holders of each address together, by the normal form
// of the address; holders without a usable one stand alone, under their id.
func (h *Holders) ByAddress() iter.Seq2[string, []Holder] {
	return func(yield func(string, []Holder) bool) {
		for i := 0; i < len(h.order); {
			key := h.key(i)
			end := i + 1
			for end < len(h.order) && h.key(end) == key {
				end++
			}
			group := make([]Holder, end-i)
			for j := range group {
				group[j] = h.holder(i + j)
			}
			if !yield(key, group) {
				return
			}
			i = end
		}
	}
}

func (h *Holders) key(i int) string {
	r := h.records.at(h.order[i])
	return r.key(h.classes[r.class].Skip == skipAddress)
}

func (h *Holders) holder(i int) Holder {
	r := h.records.at(h.order[i])
	holder := h.classes[r.class].Holder
	holder.ID, holder.Email, holder.Name, holder.Joined = r.id(), r.email(), r.name(), r.joinedAt()
	return holder
}

// Read reads the holders of all accounts. Everything that is wrong with them
// is reported at once, as source.Problems. What fails on the way, such as a
// connection, fails the whole: holders are taken from all sources or from none.
func (s Sources) Read(ctx context.Context) (*Holders, error) {
	c := newCollector(s.Known)
	var queries []string
	for _, a := range s.Accounts {
		if err := s.read(ctx, c, a); err != nil {
			return nil, err
		}
		queries = append(queries, strings.TrimSpace(a.Name+": "+database.Redact(a.Source)+" "+a.Query))
	}
	if err := c.problems().Err(); err != nil {
		return nil, err
	}
	return c.unite(strings.Join(queries, "\n")), nil
}

// read reads the holders of one account. What stands in the source after ${…}
// was filled in may be secret, and is not shown.
func (s Sources) read(ctx context.Context, c *collector, a Account) error {
	fail := func(err error) error { return fmt.Errorf("accounts %q: %w", a.Name, err) }
	from := a.Source
	if s.Expand != nil {
		var err error
		if from, err = s.Expand(from); err != nil {
			return fail(err)
		}
	}
	c.begin(a)
	kind, file, _ := strings.Cut(from, ":")
	switch {
	case kind == csvFile:
		return c.csv(ctx, file, s.Dir)
	case !database.Known(kind):
		return fail(fmt.Errorf("%q is neither a file nor a database; %s", a.Source, sourceForms))
	case a.Query == "":
		return fail(errors.New("no query; " + queryForm))
	}
	return c.sql(ctx, from, s.Dir, a.Query)
}
