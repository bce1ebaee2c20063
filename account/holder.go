package account

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"

	"proviso/database"
	"proviso/spool"
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
	Class    int       // who has the same differs in id, address, name and date only
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
	Spool    string // folder for holders that do not fit into memory; empty: the system's for such files
	Memory   int    // how many bytes of them are kept in memory; 0: spool.Memory
}

// Holders are all account holders, ordered by address, and then as read. They
// may be more than memory holds. They are to be closed.
type Holders struct {
	records *spool.Sorter
	classes []class
	Query   string // where they came from, for the record, without passwords
}

// A Group are the holders of one address.
type Group struct {
	Address string   // in its normal form; of a holder without a usable one, the id
	Holders []Holder // as read; good until the next group
}

// Len returns the number of holders, skipped ones too.
func (h *Holders) Len() int { return h.records.Len() }

// Close gives back the room of the holders.
func (h *Holders) Close() error { return h.records.Close() }

// ByAddress returns the holders of each address together; holders without a
// usable one stand alone.
func (h *Holders) ByAddress() iter.Seq2[Group, error] {
	return func(yield func(Group, error) bool) {
		var g Group
		var key []byte
		for b, err := range h.records.Records() {
			if err != nil {
				yield(Group{}, err)
				return
			}
			if len(g.Holders) > 0 && !bytes.Equal(key, keyOf(b)) {
				if !yield(g, nil) {
					return
				}
				g.Holders = g.Holders[:0]
			}
			r, err := readRecord(b)
			if err != nil {
				yield(Group{}, err)
				return
			}
			key, g.Address = append(key[:0], r.key...), r.key
			g.Holders = append(g.Holders, h.holder(r))
		}
		if len(g.Holders) > 0 {
			yield(g, nil)
		}
	}
}

func (h *Holders) holder(r record) Holder {
	holder := h.classes[r.class].Holder
	holder.ID, holder.Email, holder.Name, holder.Joined = r.id, r.email, r.name, r.joinedAt()
	return holder
}

// Read reads the holders of all accounts. Everything that is wrong with them
// is reported at once, as source.Problems. What fails on the way, such as a
// connection, fails the whole: holders are taken from all sources or from none.
func (s Sources) Read(ctx context.Context) (_ *Holders, err error) {
	c := newCollector(s.Known, s.Spool, s.Memory)
	defer func() {
		if err != nil {
			err = cmp.Or(err, c.records.Close(), c.ids.Close())
		}
	}()
	var queries []string
	for _, a := range s.Accounts {
		if err := s.read(ctx, c, a); err != nil {
			return nil, err
		}
		queries = append(queries, strings.TrimSpace(a.Name+": "+database.Redact(a.Source)+" "+a.Query))
	}
	if err := c.moved(); err != nil {
		return nil, err
	}
	if err := c.problems().Err(); err != nil {
		return nil, err
	}
	return &Holders{records: c.records, classes: c.classes, Query: strings.Join(queries, "\n")}, nil
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
	kind, file, _ := strings.Cut(from, ":")
	switch {
	case kind == csvFile:
		return c.csv(ctx, a, file, s.Dir)
	case !database.Known(kind):
		return fail(fmt.Errorf("%q is neither a file nor a database; %s", a.Source, sourceForms))
	case a.Query == "":
		return fail(errors.New("no query; " + queryForm))
	}
	return c.sql(ctx, a, from, s.Dir)
}
