package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"proviso/change"
	"proviso/policy"
	"proviso/regime"
	"proviso/source"
)

func (p *program) release() *cobra.Command {
	var effective string
	var strict bool
	cmd := &cobra.Command{
		Use:   "release POLICY --effective DATE",
		Short: "give the draft its date and seal it",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			date, err := policy.ParseDate(effective)
			if err != nil {
				return misuse("--effective: %v", err)
			}
			f, err := p.open()
			if err != nil {
				return err
			}
			draft, err := openVersion(f, args[0])
			if err != nil {
				return err
			}
			r := p.consider(cmd.Context(), f, draft, date)
			for _, w := range r.problems.Warnings() {
				fmt.Fprintln(p.stderr, w.Error())
			}
			if strict && len(r.problems.Warnings()) > 0 {
				r.refuse("%s, and --strict", count(len(r.problems.Warnings()), "warning"))
			}
			if err := r.answer(p.stderr); err != nil {
				return err
			}
			if err := p.seal(r); err != nil {
				return no("%v", err)
			}
			return p.printRelease(r)
		},
	}
	cmd.Flags().StringVar(&effective, "effective", "", "the `date` on which the version takes effect, YYYY-MM-DD")
	cmd.Flags().BoolVar(&strict, "strict", false, "refuse warnings too")
	if err := cmd.MarkFlagRequired("effective"); err != nil {
		panic(err) // the flag is defined above
	}
	return cmd
}

// openVersion returns the version to release: POLICY's draft, or a dated
// version that has no seal yet.
func openVersion(f *policy.Folder, ref string) (*policy.Version, error) {
	v, err := f.Version(ref)
	if err != nil {
		return nil, misuse("%v", err)
	}
	if v.Sealed != nil {
		return nil, no("%s has no draft; make one with proviso draft %s", v.Policy.ID, v.Policy.ID)
	}
	return v, nil
}

// A release is a version on its way to being sealed, and everything that
// stands against it.
type release struct {
	f        *policy.Folder
	draft    *policy.Version // as it lies in its folder
	version  *policy.Version // as it will be: dated, texts still in the draft's folder
	before   *policy.Version
	today    policy.Date
	regimes  []policy.Regime
	changes  *change.Comparison // nil for a first version
	words    *policy.Changes
	seal     *policy.Seal
	problems source.Problems
	reasons  []string
	quota    string // what the quota adds, in words; empty: nothing
}

func (r *release) refuse(format string, args ...any) {
	r.reasons = append(r.reasons, fmt.Sprintf(format, args...))
}

// answer prints every reason against the release and answers no if there is one.
func (r *release) answer(w io.Writer) error {
	for _, e := range r.problems.Errors() {
		fmt.Fprintln(w, e.Error())
	}
	for _, reason := range r.reasons {
		fmt.Fprintf(w, "%s: %s\n", r.draft.ID(), reason)
	}
	if n := len(r.problems.Errors()) + len(r.reasons); n > 0 {
		return no("%s is not released: %s", r.draft.ID(), count(n, "reason"))
	}
	return nil
}

// owed reports whether a notice is owed for the release.
func (r *release) owed() bool { return r.changes != nil && r.changes.Verdict.Owed() }

// consider finds everything that stands against releasing a draft on a date.
func (p *program) consider(ctx context.Context, f *policy.Folder, draft *policy.Version, date policy.Date) *release {
	dated := *draft
	dated.Effective, dated.Revision, dated.Name = date, 1, date.String()
	for _, v := range draft.Policy.Versions {
		if v.Effective == date && v != draft && v.Stands() {
			dated.Revision = v.Revision + 1
			dated.Name = fmt.Sprintf("%s.%d", date, dated.Revision)
		}
	}
	r := &release{f: f, draft: draft, version: &dated, before: f.Before(&dated), today: p.today(f)}
	r.problems = f.CheckVersion(&dated, r.today)
	r.problems = slices.DeleteFunc(r.problems, func(x source.Problem) bool { return x.Rule == "unsealed" })
	words, ps := f.Changes(draft)
	r.words = words
	r.regimes, _ = regime.Resolve(f.Organisation, draft.Policy) // load has refused problems
	if ps.Err() == nil && r.before != nil && r.problems.Err() == nil {
		r.changes, ps = change.Versions(f, r.before, &dated)
		r.problems = append(r.problems, ps...)
	}
	r.locales()
	r.date()
	r.decisions()
	r.leadTimes(p.start(ctx, r))
	r.problems.Sort()
	return r
}

func (r *release) locales() {
	need := r.draft.Policy.Require
	if need == nil {
		need = r.f.Organisation.Locales
	}
	for _, l := range need {
		if !slices.Contains(r.draft.Locales, l) {
			r.refuse("the text in %q is missing; write %s/%s.md, or name the locales that must be there under require: in policy.yaml", l, r.draft.Dir, l)
		}
	}
}

func (r *release) date() {
	date := r.version.Effective
	if r.before != nil && date.Before(r.today) {
		r.refuse("%s is in the past (today is %s); only a policy's first version may have a past date", date, r.today)
	}
	for _, v := range r.draft.Policy.Upcoming(r.today) {
		if date.Before(v.Effective) {
			r.refuse("%s comes before %s, which is upcoming; take a date from %s on", date, v.ID(), v.Effective)
		}
	}
	if r.before != nil && r.before.Sealed == nil {
		r.refuse("the version before, %s, is not sealed; release it first", r.before.ID())
	}
	if r.version.Revision > 1 && r.owed() {
		r.refuse("%s has a version of that date already; a second one may change the text only editorially, so take another date", r.draft.Policy.ID)
	}
}

func (r *release) decisions() {
	if r.changes == nil {
		return
	}
	if r.changes.Verdict == policy.None {
		r.refuse("nothing differs from %s; there is nothing to release", r.before.ID())
	}
	done := map[string]bool{}
	for _, c := range r.changes.Undecided() {
		if !done[c.Section] {
			r.refuse("section %q is undecided; proviso decide %s %s material|editorial --reason TEXT --by NAME", c.Section, r.draft.Policy.ID, c.Section)
		}
		done[c.Section] = true
	}
	if r.owed() && (r.words.Summary == nil || r.words.Why == nil || r.words.Choices == nil) {
		r.problems.Warnf(source.Position{File: r.draft.ChangesFile()}, "words", "add summary:, why: and choices:; the notice uses a plain list without them",
			"readers are owed a notice, but the words for it are not complete")
	}
}

// leadTimes refuses a date that the regimes do not allow, where a notice is
// owed, if the last mail is accepted on a day.
func (r *release) leadTimes(last policy.Date) {
	if !r.owed() || r.version.Effective.Before(r.today) {
		return
	}
	for _, g := range regime.Gates(r.regimes) {
		if r.words.Consent.How == "" {
			r.refuse("%s asks for consent, which no lead time replaces (%s); record it under consent: in %s", g.ID, g.Source, r.draft.ChangesFile())
		}
	}
	bound := r.bound()
	earliest := regime.Earliest(last, bound)
	if !r.version.Effective.Before(earliest) {
		return
	}
	for _, unmet := range regime.Unmet(last, r.version.Effective, bound) {
		r.refuse("%s asks for %s of notice (%s)", unmet.ID, unmet.Lead, unmet.Source)
	}
	r.refuse("%s is too early; the earliest date that the lead times%s allow is %s", r.version.Effective, r.quota, earliest)
}

// bound returns the regimes that bind, shortened by a recorded exception.
func (r *release) bound() []policy.Regime {
	lead, err := policy.ParseLead(r.words.Exception.Lead)
	if r.words.Exception.Ground == "" || err != nil {
		return r.regimes
	}
	return []policy.Regime{{ID: "exception: " + r.words.Exception.Ground, Lead: lead, Strength: policy.Floor, Source: r.words.Exception.Reason}}
}

// seal draws the seal and moves the draft to its date: first a copy under a
// hidden name, then one rename, so that a version is there whole or not at all.
func (p *program) seal(r *release) error {
	r.seal = r.drawn()
	if err := r.f.Draw(r.seal, r.version).Err(); err != nil {
		return err
	}
	data, err := r.seal.Encode()
	if err != nil {
		return err
	}
	from := p.path(r.draft.Dir)
	tmp, err := os.MkdirTemp(filepath.Dir(from), ".release-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	if err := r.copyFiles(from, tmp); err != nil {
		return err
	}
	if err := writeFile(filepath.Join(tmp, "seal.yaml"), data); err != nil {
		return err
	}
	if err := os.Chmod(tmp, 0o755); err != nil {
		return err
	}
	return replaceFolder(tmp, from, filepath.Join(filepath.Dir(from), r.version.Name))
}

// drawn is the part of the seal that the release decides.
func (r *release) drawn() *policy.Seal {
	s := &policy.Seal{State: policy.Released, Released: r.today, Verdict: policy.None}
	for _, x := range r.regimes {
		s.Regimes = append(s.Regimes, policy.SealedRegime{ID: x.ID, Lead: x.Lead, Strength: x.Strength, Medium: x.Medium,
			Durable: x.Durable, Source: x.Source, AsOf: x.AsOf})
	}
	if r.changes != nil {
		s.Verdict, s.Changes = r.changes.Verdict, r.changes.Seal()
	}
	if r.owed() {
		s.Deadline = regime.Deadline(r.version.Effective, r.bound())
	}
	return s
}

// copyFiles copies the files that the seal names, if they are still as sealed.
func (r *release) copyFiles(from, to string) error {
	for _, e := range r.seal.Files {
		text, err := os.ReadFile(filepath.Join(from, e.Key))
		if err != nil {
			return err
		}
		if policy.Hash(text) != e.Value {
			return fmt.Errorf("%s was changed while it was being released; run it again", filepath.Join(r.draft.Dir, e.Key))
		}
		if err := writeFile(filepath.Join(to, e.Key), text); err != nil {
			return err
		}
	}
	return nil
}

// replaceFolder puts tmp at to and removes from, which may be the same place.
func replaceFolder(tmp, from, to string) error {
	if from != to {
		if err := os.Rename(tmp, to); err != nil {
			return err
		}
		return os.RemoveAll(from)
	}
	return os.Rename(filepath.Join(tmp, "seal.yaml"), filepath.Join(to, "seal.yaml"))
}

func (p *program) printRelease(r *release) error {
	fmt.Fprintf(p.stdout, "%s is released and takes effect on %s (%s)\n", r.version.ID(), r.version.Effective, r.version.Policy.Title.In(r.f.Source(r.version)))
	fmt.Fprintf(p.stdout, "seal %s\n", r.seal.Hash)
	if r.changes != nil {
		fmt.Fprintf(p.stdout, "verdict %s: %s\n", r.changes.Verdict, strings.Join(r.changes.Sections(), ", "))
	}
	if !r.owed() {
		_, err := fmt.Fprintln(p.stdout, "no notice is owed")
		return err
	}
	_, err := fmt.Fprintf(p.stdout, "account holders must be told before %s begins; see proviso notify plan %s\n", r.seal.Deadline, r.version.ID())
	return err
}
