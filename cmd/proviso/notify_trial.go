package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"proviso/account"
	"proviso/notify"
	"proviso/policy"
)

func (p *program) notifyTrial() *cobra.Command {
	var to, holder string
	cmd := &cobra.Command{
		Use:   "test --to ADDR [POLICY[@VERSION]…]",
		Short: "mail one address what a holder would read, marked as a test; tells nobody",
		RunE: func(cmd *cobra.Command, args []string) error {
			if _, ok := account.Normal(to); !ok {
				return misuse("--to: %q is not an address", to)
			}
			return p.trial(cmd.Context(), to, holder, args)
		},
	}
	cmd.Flags().StringVar(&to, "to", "", "the `address` to mail")
	cmd.Flags().StringVar(&holder, "holder", "", "read what the holder with this `id` would; left out: the first in the audience")
	return cmd
}

func (p *program) trial(ctx context.Context, to, holder string, refs []string) error {
	if len(refs) == 0 {
		ref, err := p.owedNext()
		if err != nil {
			return err
		}
		refs = []string{ref}
	}
	f, notices, err := p.notices(ctx, refs)
	if err != nil {
		return err
	}
	h, err := p.holders(ctx, f)
	if err != nil {
		return err
	}
	defer h.Close()
	n, r, err := p.reader(notices, h, holder)
	if err != nil {
		return err
	}
	sender, done, err := p.sender(ctx)
	if err != nil {
		return err
	}
	defer done()
	o, err := sender.Trial(ctx, n, r.Variant, r.Holder.Name, to)
	if err != nil {
		return no("%v", err)
	}
	_, err = fmt.Fprintf(p.stdout, "mailed to %s through %s: what %s reads of %s, in %q, marked as a test; nobody was told by it\n",
		to, o.Server, r.Holder.ID, n.ID, r.Locale)
	return err
}

// reader returns the recipient with a holder's id, or the first one.
func (p *program) reader(notices []*notify.Notice, h *account.Holders, id string) (*notify.Notice, *notify.Recipient, error) {
	for _, n := range notices {
		for r, err := range n.Audience(h) {
			if err != nil {
				return nil, nil, no("%v", err)
			}
			if r.Skip == "" && (id == "" || r.Holder.ID == id || strings.HasSuffix(r.Holder.ID, ":"+id)) {
				return n, &r, nil
			}
		}
	}
	if id != "" {
		return nil, nil, no("holder %q would not be told; see proviso notify plan", id)
	}
	return nil, nil, no("nobody would be told; see proviso notify plan")
}

// owedNext returns the first upcoming version of which a notice is owed.
func (p *program) owedNext() (string, error) {
	f, err := p.open()
	if err != nil {
		return "", err
	}
	var found []*policy.Version
	for _, pol := range f.Policies {
		for _, v := range pol.Upcoming(p.today(f)) {
			if v.Sealed != nil && !v.Sealed.Deadline.IsZero() {
				found = append(found, v)
			}
		}
	}
	if len(found) == 0 {
		return "", no("no upcoming version is owed a notice; name one, such as POLICY@VERSION")
	}
	return found[0].ID(), nil
}
