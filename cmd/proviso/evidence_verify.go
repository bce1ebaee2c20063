package main

import (
	"crypto/x509"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"proviso/account"
	"proviso/evidence"
	"proviso/evidence/signature"
	"proviso/evidence/timestamp"
)

func (p *program) evidenceVerify() *cobra.Command {
	var o verifyOptions
	cmd := &cobra.Command{
		Use:   "verify FILE.zip",
		Short: "check evidence, offline: what holds and what does not; status 1 if anything does not",
		Long: `verify recomputes what can be recomputed: hashes, seals, the chain, texts, the
deadline, the audience and the counts. It needs nothing but the file. With the
notice's key (--keys) it also proves that one holder was in the audience, and what
came of it, without showing any other.`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if o.format != "text" && o.format != "json" {
				return misuse("--format: unknown format %q; write text or json", o.format)
			}
			return p.verifyEvidence(args[0], o)
		},
	}
	cmd.Flags().StringVar(&o.holder, "holder", "", "prove that the holder with this `id`, NAME:ID, was in the audience")
	cmd.Flags().StringVar(&o.email, "email", "", "the same by `address`")
	cmd.Flags().StringVar(&o.keys, "keys", "", "`file` with the notice's key, or folder with the keys (.proviso/keys if left out)")
	cmd.Flags().StringVar(&o.allowed, "allowed-signers", "", "`file` of the SSH keys that may sign, as ssh-keygen -Y verify reads it")
	cmd.Flags().StringVar(&o.roots, "timestamp-roots", "", "PEM `file` of the certificates that time-stamping authorities must lead to")
	cmd.Flags().StringVar(&o.format, "format", "text", "text or json")
	return cmd
}

type verifyOptions struct{ holder, email, keys, allowed, roots, format string }

func (p *program) verifyEvidence(name string, o verifyOptions) error {
	trust, err := p.trust(o)
	if err != nil {
		return err
	}
	var who *evidence.Who
	if o.holder != "" || o.email != "" {
		if _, ok := account.Normal(o.email); o.email != "" && !ok {
			return misuse("--email: %q is not an address", o.email)
		}
		who = &evidence.Who{ID: o.holder, Address: o.email, Key: keyFile(p.keys().Dir)}
		if o.keys != "" {
			who.Key = keyFile(o.keys)
		}
	} else if o.keys != "" {
		return misuse("--keys is for --holder or --email: say who")
	}
	f, err := os.Open(name)
	if err != nil {
		return misuse("%v", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return misuse("%v", err)
	}
	if !info.Mode().IsRegular() {
		return misuse("%s is not a file", name)
	}
	r, err := evidence.Verify(f, info.Size(), trust, who)
	if err != nil {
		return no("%s: %v", name, err)
	}
	if o.format == "json" {
		err = p.json(r)
	} else {
		err = p.printEvidence(r)
	}
	if err == nil && !r.Holds {
		return &answer{status: 1}
	}
	return err
}

// trust reads whom to believe.
func (p *program) trust(o verifyOptions) (evidence.Trust, error) {
	var t evidence.Trust
	if o.allowed != "" {
		data, err := os.ReadFile(o.allowed)
		if err != nil {
			return t, misuse("--allowed-signers: %v", err)
		}
		allowed, err := signature.ReadAllowed(o.allowed, data)
		if err != nil {
			return t, misuse("%v", err)
		}
		t.Signature = func(manifest, said []byte) (string, error) { return allowed.Verify(manifest, said, p.now()) }
	}
	var roots *x509.CertPool
	trusted := "; whether to trust it was not checked, see --timestamp-roots"
	if o.roots != "" {
		pem, err := os.ReadFile(o.roots)
		if err != nil {
			return t, misuse("--timestamp-roots: %v", err)
		}
		if roots = x509.NewCertPool(); !roots.AppendCertsFromPEM(pem) {
			return t, misuse("--timestamp-roots: %s holds no certificate", o.roots)
		}
		trusted = ""
	}
	t.Stamp = func(manifest, said []byte) (string, error) {
		s, err := timestamp.Verify(manifest, said, roots)
		return fmt.Sprintf("there at %s, says %s%s", s.Time.Format(time.RFC3339), s.Authority, trusted), err
	}
	return t, nil
}

func (p *program) printEvidence(r *evidence.Report) error {
	if r.Version != "" {
		fmt.Fprintf(p.stdout, "%s, seal %s\n\n", r.Version, r.Seal)
	}
	failed := 0
	for _, c := range r.Checks {
		word := "holds  "
		if !c.Holds {
			word = "FAILS  "
			failed++
		}
		fmt.Fprintf(p.stdout, "%s %s\n", word, plainLine(c.What))
		for _, f := range c.Found {
			fmt.Fprintf(p.stdout, "          %s\n", plainLine(f))
		}
	}
	for _, n := range r.Notes {
		fmt.Fprintf(p.stdout, "note    %s\n", plainLine(n))
	}
	for _, h := range r.Holders {
		p.printProof(h)
	}
	verdict := "everything that was checked holds"
	if failed > 0 {
		verdict = fmt.Sprintf("of %s, %d failed", count(len(r.Checks), "check"), failed)
	}
	_, err := fmt.Fprintf(p.stdout, "\n%s\n", verdict)
	return err
}

func (p *program) printProof(h evidence.Proof) {
	reason := parenthesis(h.Reason)
	fmt.Fprintf(p.stdout, "\n%s in %s: %s%s, enrolment %d, row %s\n", plainLine(h.Holder), plainLine(h.Notice), h.State, plainLine(reason), h.Enrolment, h.Hash)
	for _, t := range h.Tries {
		said := t.Text
		if t.Code != 0 && !strings.HasPrefix(said, strconv.Itoa(t.Code)) {
			said = strings.TrimSpace(strconv.Itoa(t.Code) + " " + said)
		}
		line := fmt.Sprintf("%s %s: %s", t.At, t.State, said)
		for _, s := range []string{t.Server, t.TLS, t.QueueID, t.Letter} {
			if s != "" {
				line += " · " + s
			}
		}
		fmt.Fprintf(p.stdout, "  %s\n", plainLine(line))
	}
}

// plainLine is s as one line that does nothing to a terminal: evidence may come
// from anybody.
func plainLine(s string) string {
	return strings.Map(func(r rune) rune {
		if !strconv.IsPrint(r) {
			return '�'
		}
		return r
	}, s)
}
