package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"proviso/account"
	"proviso/ledger"
	"proviso/mailbox"
	"proviso/outcome"
)

func (p *program) notifyShow() *cobra.Command {
	var who shown
	cmd := &cobra.Command{
		Use:   "show --holder ID | --email ADDR [POLICY@VERSION]",
		Short: "say what one holder was told, when, and what the server answered",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if (who.id == "") == (who.email == "") {
				return misuse("say who: --holder NAME:ID or --email ADDRESS, one of them")
			}
			if who.format != "text" && who.format != "json" {
				return misuse("--format: unknown format %q; write text or json", who.format)
			}
			if len(args) == 1 {
				who.notice = args[0]
			}
			return p.withLedger(cmd.Context(), func(l ledger.Ledger) error { return p.show(cmd.Context(), l, who) })
		},
	}
	cmd.Flags().StringVar(&who.id, "holder", "", "the `id` of the holder, NAME:ID")
	cmd.Flags().StringVar(&who.email, "email", "", "the `address` of the holder")
	cmd.Flags().BoolVar(&who.raw, "raw", false, "print the mails as they went over the wire")
	cmd.Flags().StringVar(&who.format, "format", "text", "text or json")
	return cmd
}

// shown says whom to show, and of which notice.
type shown struct {
	id, email, notice, format string
	raw                       bool
}

// A telling is one notice of one holder, as show prints it.
type telling struct {
	Notice     string  `json:"notice"`
	Controller string  `json:"controller"`
	State      string  `json:"state"`
	Reason     string  `json:"reason"`
	Attempts   []tried `json:"attempts"`
}

// tried is one attempt of a telling, with the mail where something was tried.
type tried struct {
	At      string `json:"at"`
	State   string `json:"state"`
	Code    int    `json:"code"`
	Text    string `json:"text"`
	QueueID string `json:"queue_id"`
	Server  string `json:"server"`
	TLS     string `json:"tls"`
	News    bool   `json:"news"` // a report or a log said so; nothing was tried
	Mail    string `json:"mail"` // as it went over the wire; of the name only what is known now
}

func (p *program) show(ctx context.Context, l ledger.Ledger, who shown) error {
	h := p.holderNow(ctx, who)
	d := outcome.Desk{Ledger: l, Keys: p.keys(), Now: p.now}
	all, err := d.Told(ctx, h.ID, h.Email)
	if err != nil {
		return err
	}
	out := []telling{}
	for _, t := range all {
		if who.notice != "" && !t.Notice.TellsOf(who.notice) {
			continue
		}
		x := telling{Notice: t.Notice.ID, Controller: t.Notice.Controller, State: string(t.Row.State), Reason: t.Row.Reason, Attempts: []tried{}}
		for _, a := range t.Attempts {
			y := tried{a.Ended.UTC().Format(time.RFC3339), string(a.State), a.Code, a.Text, a.QueueID, a.Server, a.TLS, a.News, ""}
			if a.Letter > 0 {
				mail, err := t.Mail(a, h.Name, h.Email)
				if err != nil {
					return err
				}
				y.Mail = string(mail)
			}
			x.Attempts = append(x.Attempts, y)
		}
		out = append(out, x)
	}
	if who.format == "json" {
		return p.json(out)
	}
	if err := p.printPurged(ctx, l, who.notice); err != nil {
		return err
	}
	if len(out) == 0 {
		return no("the ledger has no notice of this holder, or its keys are gone")
	}
	for _, x := range out {
		if err := p.printTelling(x, who.raw); err != nil {
			return err
		}
	}
	return nil
}

// printPurged says of which notices nobody can tell any more who was told.
func (p *program) printPurged(ctx context.Context, l ledger.Ledger, notice string) error {
	all, err := l.Notices(ctx)
	for _, n := range all {
		if n.Purged.IsZero() || notice != "" && !n.TellsOf(notice) {
			continue
		}
		fmt.Fprintf(p.stderr, "%s by %s was purged on %s: nobody can tell any more who was told\n", n.ID, n.Controller, n.Purged.UTC().Format(time.DateOnly))
	}
	return err
}

// holderNow is the holder as the accounts have them now. What the accounts do
// not say any more is taken from the command line: the ledger keeps neither
// names nor addresses.
func (p *program) holderNow(ctx context.Context, who shown) account.Holder {
	known := account.Holder{ID: who.id, Email: who.email, Name: "(name)"}
	address, _ := account.Normal(who.email)
	f, err := p.open()
	if err == nil {
		var h *account.Holders
		if h, err = p.holders(ctx, f); err == nil {
			defer h.Close()
			for group, broken := range h.ByAddress() {
				err = broken
				for _, x := range group.Holders {
					if x.ID == who.id || who.id != "" && strings.HasSuffix(x.ID, ":"+who.id) || address != "" && group.Address == address {
						return x
					}
				}
			}
		}
	}
	if err != nil {
		fmt.Fprintf(p.stderr, "the accounts cannot be read, so the name is left out: %v\n", err)
	}
	if known.Email == "" {
		known.Email = "address@unknown.invalid"
	}
	return known
}

func (p *program) printTelling(x telling, raw bool) error {
	reason := ""
	if x.Reason != "" {
		reason = " (" + x.Reason + ")"
	}
	fmt.Fprintf(p.stdout, "%s by %s: %s%s\n", x.Notice, x.Controller, x.State, reason)
	mail := ""
	for _, a := range x.Attempts {
		said := strings.TrimSpace(fmt.Sprintf("%d %s", a.Code, a.Text))
		if a.Code == 0 {
			said = a.Text
		}
		fmt.Fprintf(p.stdout, "  %s %s: %s", a.At, a.State, said)
		for _, s := range []string{a.Server, a.TLS, a.QueueID} {
			if s != "" {
				fmt.Fprintf(p.stdout, " · %s", s)
			}
		}
		fmt.Fprintln(p.stdout)
		if a.Mail != "" {
			mail = a.Mail
		}
	}
	if mail == "" {
		return nil
	}
	if raw {
		_, err := fmt.Fprintf(p.stdout, "\n%s", mail)
		return err
	}
	r, err := mailbox.Message{Data: []byte(mail)}.Read()
	if err != nil {
		return err
	}
	fmt.Fprintln(p.stdout)
	for _, header := range []string{"Date", "From", "To", "Subject", "Message-ID"} {
		fmt.Fprintf(p.stdout, "    %s: %s\n", header, r.Get(header))
	}
	text := strings.TrimSpace(strings.ReplaceAll(r.Text, "\r\n", "\n"))
	_, err = fmt.Fprintf(p.stdout, "\n    %s\n\n", strings.ReplaceAll(text, "\n", "\n    "))
	return err
}
