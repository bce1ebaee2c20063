package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"proviso/delivery"
	"proviso/gate"
	"proviso/ledger"
	"proviso/notify"
	"proviso/outcome"
	"proviso/policy"
)

// gate judges which versions may go in force on the day. Whoever puts pages
// where readers see them gives Held of the report to the build, says what is
// owed with owedLines, and answers 1 while something is held. No flag changes
// what it says.
func (p *program) gate(ctx context.Context, f *policy.Folder) (*gate.Report, error) {
	c, err := p.config()
	if err != nil {
		return nil, err
	}
	l, err := p.ledgerAtHand(ctx, c)
	if err != nil {
		return nil, err
	}
	prover := gate.Prover{FS: f.FS, Mail: c.Mail}
	if l != nil {
		defer l.Close()
		prover.Desk = &outcome.Desk{Ledger: l, Keys: p.keys(), Now: p.now}
	}
	r, err := gate.Judge(f, p.today(f), gate.Sources{
		Proof:     func(v *policy.Version) (gate.Proof, error) { return prover.Proof(ctx, v) },
		Published: func(v *policy.Version) (policy.Date, bool) { return p.shownSince(f, c, v) },
		Audience:  func(v *policy.Version) int { return p.audience(ctx, f, v) },
		Days:      func(n int) int { return delivery.Days(c.Mail, n) },
	})
	if err != nil {
		return nil, no("%v", err)
	}
	return r, nil
}

// ledgerAtHand opens the ledger if there is one: a file that exists, or a
// database whose address this machine knows. Without it notice.yaml is the proof.
func (p *program) ledgerAtHand(ctx context.Context, c *config) (ledger.Ledger, error) {
	url, err := p.expand("ledger", c.Ledger.URL)
	if err != nil {
		return nil, nil // this machine is not told where it is
	}
	if file, ok := strings.CutPrefix(url, "sqlite:"); ok {
		if _, err := os.Stat(p.path(file)); errors.Is(err, fs.ErrNotExist) {
			return nil, nil
		}
	}
	return p.ledger(ctx, c)
}

// audience counts who must be told of a version; -1 where the account holders
// are not at hand.
func (p *program) audience(ctx context.Context, f *policy.Folder, v *policy.Version) int {
	sub, ps := subject(f, v)
	notices, err := notify.Notices([]notify.Subject{sub})
	if ps.Err() != nil || err != nil {
		return -1
	}
	h, err := p.holders(ctx, f)
	if err != nil {
		return -1
	}
	defer h.Close()
	n, err := notify.Size(notices, h)
	if err != nil {
		return -1
	}
	return n
}

// owedLines says of every version that is held what is owed, to how many, the
// earliest lawful date, and what to do.
func owedLines(r *gate.Report) (lines []string) {
	say := func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	for i := range r.Verdicts {
		v := &r.Verdicts[i]
		if !v.Held() {
			continue
		}
		stays := "nothing is in force"
		if now := r.InForce(v.Version.Policy); now != nil {
			stays = now.ID() + " stays in force"
		}
		say("%s does not go in force; %s", v.Version.ID(), stays)
		for _, owed := range v.Owed {
			say("  owed: %s", owed)
		}
		if v.Holders > 0 {
			say("  to:   %s", count(v.Holders, "holder"))
		}
		if v.Earliest.IsZero() {
			say("  no date is lawful as it stands")
		} else {
			say("  the earliest lawful date now is %s", v.Earliest)
		}
		if v.Next != "" {
			say("  next: %s", v.Next)
		}
	}
	return lines
}
