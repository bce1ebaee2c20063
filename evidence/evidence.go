// Package evidence puts into one file what proves that account holders were
// told of a version in time, and checks such a file.
//
// # What is in it
//
// A zip with the texts and seals of the version and of those before it, what
// each site showed, what changed and who decided on it, how the deadline comes
// about, and of each notice: the sealed audience, what was told, and a row for
// each holder with every attempt to tell them. Holders are in it as keyed hashes
// only, and addresses in what servers said are blotted out. A manifest lists
// the SHA-256 of every file; a signature and a time stamp may vouch for it. A
// README says to an expert of a court what each file is and how to check it
// with common tools.
//
// # What it proves
//
// Verify recomputes what can be recomputed: hashes, seals, the chain, texts,
// changes, the deadline, the audience from its rows, the counts. It needs
// nothing but the file. Who has the notice's key can also prove that one holder
// was in the audience, and what came of it, without showing any other. Nothing
// here proves that the times are true: a seal that was published when the
// version was announced, a mail that quotes it, and a time stamp do.
//
// # Bytes
//
// The same case gives the same bytes, but for a signature and a time stamp.
// Verify reads files that anybody may have made: it takes a bounded amount of
// memory and time, whatever is in them.
package evidence

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"proviso/change"
	"proviso/evidence/archive"
	"proviso/ledger"
	"proviso/policy"
)

//go:embed readme.txt
var readme []byte

// A Case is what evidence is made of.
type Case struct {
	Folder  *policy.Folder
	Version *policy.Version // a released one
	Ledger  ledger.Ledger   // nil: there is none
	Files   []File          // what else belongs to it: redlines, templates, logs
	Missing []string        // what should be there and is not, in words
	Sign    archive.Voucher // nil: nobody signs the manifest
	Stamp   archive.Voucher // nil: nobody stamps it
}

// A File is one file of the evidence.
type File struct {
	Name string // slash-separated
	Data []byte
}

const format = 1

// A Head is the file evidence.json: what the evidence is of.
type Head struct {
	Format    int      `json:"format"`
	Version   string   `json:"version"` // POLICY@VERSION
	Seal      string   `json:"seal"`
	State     string   `json:"state"`
	Effective string   `json:"effective"`
	Deadline  string   `json:"deadline"`
	Chain     []string `json:"chain"`   // the version and those before it, newest first
	Notices   []string `json:"notices"` // folders
	Missing   []string `json:"missing"` // what is not in the evidence, in words
}

// Write writes the evidence of a case.
func Write(ctx context.Context, w io.Writer, c Case) error {
	if c.Version.Sealed == nil {
		return fmt.Errorf("%s is not released; there is evidence of released versions only", c.Version.ID())
	}
	chain, err := chainOf(c.Folder, c.Version)
	if err != nil {
		return err
	}
	p := &pack{Case: c, Writer: archive.NewWriter(w, c.Version.Sealed.Released.In(time.UTC)),
		head: Head{Format: format, Version: c.Version.ID(), Seal: c.Version.Sealed.Hash, State: string(c.Version.Sealed.State),
			Effective: c.Version.Effective.String(), Deadline: c.Version.Sealed.Deadline.String(), Chain: []string{}, Notices: []string{}, Missing: c.Missing}}
	if p.head.Missing == nil {
		p.head.Missing = []string{}
	}
	for _, step := range []func() error{
		func() error { return p.Write("README.txt", readme) },
		func() error { return p.sources(chain) },
		p.texts, p.changes, p.deadline,
		func() error { return p.notices(ctx) },
		p.others,
		func() error { return p.WriteJSON("evidence.json", p.head) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return p.Close(c.Sign, c.Stamp)
}

// A pack is evidence that is being written.
type pack struct {
	Case
	*archive.Writer
	head Head
}

// chainOf returns a version and those before it, newest first.
func chainOf(f *policy.Folder, v *policy.Version) ([]*policy.Version, error) {
	chain, seen := []*policy.Version{v}, map[string]bool{v.ID(): true}
	for v.Sealed != nil && v.Sealed.Before.Version != "" {
		before, err := f.Version(v.Sealed.Before.Version)
		if err != nil {
			return nil, fmt.Errorf("the version before %s: %w", v.ID(), err)
		}
		if seen[before.ID()] {
			return nil, fmt.Errorf("the chain of versions leads from %s back to %s; restore the seals from version control", v.ID(), before.ID())
		}
		seen[before.ID()] = true
		chain, v = append(chain, before), before
	}
	return chain, nil
}

// sources adds the files of the released versions of the policies in a chain, as
// they lie in their folder, so that the evidence unpacked is a folder that
// proviso verify reads.
func (p *pack) sources(chain []*policy.Version) error {
	files := []string{"content/organisation.yaml"}
	var policies []*policy.Policy
	for _, v := range chain {
		p.head.Chain = append(p.head.Chain, v.ID())
		if !slices.Contains(policies, v.Policy) {
			policies = append(policies, v.Policy)
		}
	}
	for _, pol := range policies {
		files = append(files, path.Dir(pol.Versions[0].Dir)+"/policy.yaml")
		for _, v := range pol.Versions {
			if v.Sealed == nil {
				continue
			}
			entries, err := fs.ReadDir(p.Folder.FS, v.Dir)
			if err != nil {
				return err
			}
			entries = slices.DeleteFunc(entries, func(e fs.DirEntry) bool { return !e.Type().IsRegular() || strings.HasPrefix(e.Name(), ".") })
			for _, e := range entries {
				files = append(files, path.Join(v.Dir, e.Name()))
			}
		}
	}
	for _, name := range files {
		data, err := fs.ReadFile(p.Folder.FS, name)
		if err == nil {
			err = p.Write(name, data)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// texts adds what each site shows in each locale.
func (p *pack) texts() (err error) {
	ps := p.Folder.NormalForms(p.Version, func(site policy.Domain, locale, normal string) {
		err = errors.Join(err, p.Write(textName(site, locale), []byte(normal)))
	})
	return errors.Join(err, ps.Err())
}

func textName(site policy.Domain, locale string) string {
	return "texts/" + site + "/" + locale + ".txt"
}

// changes adds what changed, the verdicts and who decided.
func (p *pack) changes() error {
	c, ps := comparison(p.Folder, p.Version)
	if err := ps.Err(); err != nil {
		return err
	}
	words, ps := p.Folder.Changes(p.Version)
	if err := ps.Err(); err != nil {
		return err
	}
	if err := p.WriteJSON("changes.json", c); err != nil {
		return err
	}
	return p.Write("decisions.txt", []byte(decisions(p.Version, c, words)))
}

// decisions tells people what was judged how, and by whom.
func decisions(v *policy.Version, c *change.Comparison, words *policy.Changes) string {
	var b strings.Builder
	fmt.Fprintf(&b, "What changed in %s, how it was judged, and by whom\n\nVerdict: %s\n", v.ID(), v.Sealed.Verdict)
	for _, x := range c.Changes {
		fmt.Fprintf(&b, "\n%s (%s): %s; by the rules: %s\n  %s\n", x.Section, x.Kind, x.Verdict, x.RuleVerdict, x.Line())
		for _, r := range x.Reasons {
			fmt.Fprintf(&b, "  rule %s: %s (%s)\n", r.Rule, r.Text, r.Source)
		}
		if d := x.Decision; d != nil {
			fmt.Fprintf(&b, "  decided %s by %s on %s: %s\n", d.Verdict, d.By, d.On, d.Reason)
		}
	}
	if x := words.Exception; x.Ground != "" {
		fmt.Fprintf(&b, "\nException on the ground %q, leaving %s, by %s on %s: %s\n", x.Ground, x.Lead, x.By, x.On, x.Reason)
	}
	if x := words.Consent; x.How != "" {
		fmt.Fprintf(&b, "\nConsent: %s, by %s on %s: %s\n", x.How, x.By, x.On, x.Reason)
	}
	for _, x := range v.Policy.Accept {
		fmt.Fprintf(&b, "\nAccepted finding %s in section %q by %s: %s\n", x.Rule, x.Section, x.By, x.Reason)
	}
	return b.String()
}

// deadline adds how the deadline comes about.
func (p *pack) deadline() error {
	words, ps := p.Folder.Changes(p.Version)
	if err := ps.Err(); err != nil {
		return err
	}
	a, right := NewArithmetic(p.Version, words)
	if !right {
		return fmt.Errorf("the deadline in the seal of %s, %q, is not the one its regimes give, %q", p.Version.ID(), p.Version.Sealed.Deadline, a.Deadline)
	}
	if err := p.WriteJSON("deadline.json", a); err != nil {
		return err
	}
	return p.Write("deadline.txt", []byte(a.Text()))
}

// others adds what the caller brought.
func (p *pack) others() error {
	for _, f := range p.Files {
		if err := p.Write(f.Name, f.Data); err != nil {
			return err
		}
	}
	return nil
}
