package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"proviso/ledger"
	"proviso/outcome"
	"proviso/policy"
)

func (p *program) notifyUnreachable() *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use:   "unreachable -o FILE [POLICY@VERSION…]",
		Short: "list for post: who was rejected, bounced, has no address, or was put off for five days",
		RunE: func(cmd *cobra.Command, args []string) error {
			if file == "" {
				return misuse("name the file with -o; it holds names and addresses and is for its owner only")
			}
			return p.withLedger(cmd.Context(), func(l ledger.Ledger) error { return p.unreachable(cmd.Context(), l, file, args) })
		},
	}
	cmd.Flags().StringVarP(&file, "output", "o", "", "the CSV `file` to write")
	return cmd
}

func (p *program) unreachable(ctx context.Context, l ledger.Ledger, file string, refs []string) error {
	f, err := p.open()
	if err != nil {
		return err
	}
	h, err := p.holders(ctx, f)
	if err != nil {
		return err
	}
	defer h.Close()
	var ids, all []string
	notices, err := l.Notices(ctx)
	if err != nil {
		return err
	}
	for _, n := range notices {
		all = append(all, n.ID)
	}
	for _, ref := range refs {
		before := len(ids)
		for _, n := range notices {
			if n.TellsOf(ref) || slices.ContainsFunc(versionsUnder(f, ref), func(v *policy.Version) bool { return n.TellsOf(v.ID()) }) {
				ids = append(ids, n.ID)
			}
		}
		if len(ids) == before {
			return no("nobody was told of %s", ref)
		}
	}
	lost, err := outcome.Desk{Ledger: l, Keys: p.keys(), Now: p.now}.Unreachable(ctx, h, ids...)
	if err != nil {
		return err
	}
	if err := writeLost(file, lost); err != nil {
		return err
	}
	if len(ids) == 0 {
		ids = all
	}
	if err := p.listed(ctx, l, ids, lost); err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.stdout, "%s in %s\n", count(len(lost), "holder"), file)
	return err
}

// versionsUnder returns the versions of a policy that is named without one.
func versionsUnder(f *policy.Folder, ref string) []*policy.Version {
	if p := f.Policy(ref); p != nil {
		return p.Versions
	}
	return nil
}

// listed remarks that the list for post was written: after what it lists, even
// if the clock was set back.
func (p *program) listed(ctx context.Context, l ledger.Ledger, notices []string, lost []outcome.Lost) error {
	for _, id := range notices {
		r := ledger.Remark{At: p.now(), Kind: ledger.Posted}
		for _, x := range lost {
			if x.Notice == id {
				r.Holders++
				if r.At.Before(x.Since) {
					r.At = x.Since
				}
			}
		}
		if err := l.Remark(ctx, id, r); err != nil {
			return err
		}
	}
	return nil
}

// writeLost writes the list; only its owner may read it.
func writeLost(file string, lost []outcome.Lost) error {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	_ = w.Write([]string{"notice", "id", "email", "name", "locale", "state", "since", "code", "text"}) // a Buffer takes everything
	for _, l := range lost {
		since := ""
		if !l.Since.IsZero() {
			since = l.Since.UTC().Format(time.RFC3339)
		}
		_ = w.Write([]string{l.Notice, l.Holder.ID, l.Holder.Email, l.Holder.Name, l.Holder.Locale, string(l.State), since, strconv.Itoa(l.Code), l.Text})
	}
	w.Flush()
	return writeFor(0o600, file, b.Bytes())
}
