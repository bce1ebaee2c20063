package main

import (
	"context"
	"errors"
	"fmt"
	"os/user"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"proviso/policy"
	"proviso/publish"
	"proviso/site"
	"proviso/source"
)

func (p *program) publish() *cobra.Command {
	var sites []string
	var format string
	var dry, back bool
	cmd := &cobra.Command{
		Use:   "publish",
		Short: "verify, build, and put each site where proviso.yaml says",
		Long: `publish proves every seal, builds the sites, and puts each where publish: in
proviso.yaml says: into a folder (dir:), a bucket (s3:), or through a program
(command:). Only what has changed travels, and readers see the old site until
the new one is there. A version whose notice is owed does not go in force.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if format != "text" && format != "json" {
				return misuse("--format: unknown format %q; write text or json", format)
			}
			if dry && back {
				return misuse("--dry-run and --rollback cannot be together")
			}
			j, err := p.publishing(sites)
			if err != nil {
				return err
			}
			defer j.unlock()
			var results []published
			if back {
				results = j.each(cmd.Context(), j.rollback)
			} else {
				if err := j.build(cmd.Context()); err != nil {
					return err
				}
				act := j.publish
				if dry {
					act = j.plan
				}
				results = j.each(cmd.Context(), act)
			}
			return j.answer(results, format)
		},
	}
	cmd.PersistentFlags().StringArrayVar(&sites, "site", nil, "only this `domain`; may be repeated")
	cmd.PersistentFlags().StringVar(&format, "format", "text", "text or json")
	cmd.Flags().BoolVar(&dry, "dry-run", false, "say what would travel, and publish nothing")
	cmd.Flags().BoolVar(&back, "rollback", false, "go back to the release before")
	cmd.AddCommand(p.publishStatus(&sites, &format))
	return cmd
}

// A job is one run of publish: sites on their way to their targets.
type job struct {
	*program
	f      *policy.Folder
	ps     source.Problems // of the sources, none of them an error
	sites  []errand
	held   []string     // versions that may not go in force yet
	owed   []string     // what is owed for them, a line each
	unlock func() error // others may publish from this folder
}

// An errand is one site and where it goes.
type errand struct {
	site   policy.Domain
	dest   publish.Destination
	target publish.Target
}

// published is what became of one site, for programs.
type published struct {
	Site    policy.Domain `json:"site"`
	Target  string        `json:"target"`
	State   string        `json:"state"` // planned, published, unchanged, back, failed
	Release string        `json:"release"`
	Before  string        `json:"before"` // what was live until then
	*publish.Counts
	Files []moved  `json:"files"` // of a plan
	Held  []string `json:"held"`
	Error string   `json:"error,omitempty"`
}

// moved is what a plan does to a file.
type moved struct {
	Path string `json:"path"`
	Act  string `json:"act"` // new, changed, removed
	Size int64  `json:"size"`
}

// publishing reads what there is to publish, and refuses what must not go out:
// errors, altered versions and versions without a seal.
func (p *program) publishing(sites []string) (*job, error) {
	f, ps, err := p.load()
	if err != nil {
		return nil, err
	}
	if err := p.refuse(ps); err != nil {
		return nil, err
	}
	for _, domain := range sites {
		if _, ok := f.Organisation.Sites.Get(domain); !ok {
			return nil, misuse("--site: there is no site %q; %s", domain, source.Suggest(domain, f.Organisation.Sites.Keys()))
		}
	}
	c, err := p.config()
	if err != nil {
		return nil, err
	}
	j := &job{program: p, f: f, ps: ps}
	if err := j.targets(c, sites); err != nil {
		return nil, err
	}
	if j.unlock, err = publish.Alone(j.path(".proviso/publish")); err != nil {
		return nil, no("%v", err)
	}
	return j, nil
}

// proven refuses versions whose seal does not hold, and versions in force
// without one.
func (j *job) proven() error {
	var bad source.Problems
	today := j.today(j.f)
	for _, pol := range j.f.Policies {
		for _, v := range pol.Versions {
			switch {
			case v.Sealed != nil:
				bad = append(bad, j.f.Verify(v).Errors()...)
			case !today.Before(v.Effective):
				bad.Errorf(source.Position{File: v.Dir}, "unsealed", "proviso release "+pol.ID+" seals a draft; move the folder to draft/ and release it",
					"%s has no seal, so it cannot be published", v.ID())
			}
		}
	}
	return j.refuse(bad)
}

// build renders the sites, with held versions kept back.
func (j *job) build(ctx context.Context) error {
	if err := j.proven(); err != nil {
		return err
	}
	report, err := j.gate(ctx, j.f)
	if err != nil {
		return err
	}
	j.held, j.owed = report.Held(), owedLines(report)
	o := site.Options{Held: j.held, Cache: j.path(".proviso/cache"), Program: fingerprint()}
	for _, e := range j.sites {
		o.Sites = append(o.Sites, e.site)
	}
	j.checked(&o, j.f, j.ps)
	_, err = j.buildSites(j.f, o)
	return err
}

// tree is where a site was built.
func (j *job) tree(domain policy.Domain) string { return j.path("public/" + domain) }

// each does an act for every site; one that fails does not keep back the others.
func (j *job) each(ctx context.Context, act func(context.Context, errand, *published) error) []published {
	out := []published{}
	for _, e := range j.sites {
		r := published{Site: e.site, Target: e.dest.String(), Files: []moved{}, Held: j.heldOn(e.site), Counts: &publish.Counts{}}
		if err := act(ctx, e, &r); err != nil {
			r.State, r.Error = "failed", err.Error()
		}
		out = append(out, r)
	}
	return out
}

// heldOn returns the held versions that stand on a site.
func (j *job) heldOn(domain policy.Domain) []string {
	out := []string{}
	for _, id := range j.held {
		if v, err := j.f.Version(id); err == nil {
			if _, stands := j.f.Resolve(v).Sites.Get(domain); stands {
				out = append(out, id)
			}
		}
	}
	return out
}

// compared plans the way of a site to its target. Where the manifests agree,
// what lies there is looked at, so that publishing mends what was edited.
func (j *job) compared(ctx context.Context, e errand, r *published) (*publish.Release, *publish.State, *publish.Plan, error) {
	files, err := publish.Scan(e.site, j.tree(e.site))
	if err != nil {
		return nil, nil, nil, err
	}
	state, err := e.target.State(ctx)
	if err != nil {
		return nil, nil, nil, err
	}
	rel := &publish.Release{Files: files, Dir: j.tree(e.site), Now: j.now()}
	if state.Live != nil {
		r.Before, rel.Base = state.Live.Release, state.Live.Release
	}
	plan := publish.Compare(state.Live, files)
	r.Counts = plan.Counts()
	if state.Live != nil && plan.Nothing() && !state.Unfinished {
		differ, err := e.target.Differ(ctx, state.Live)
		if err != nil {
			return nil, nil, nil, err
		}
		for _, d := range differ {
			rel.Mend = append(rel.Mend, d.Path)
		}
	}
	return rel, state, plan, nil
}

// publish puts one site where it goes.
func (j *job) publish(ctx context.Context, e errand, r *published) error {
	rel, state, plan, err := j.compared(ctx, e, r)
	if err != nil {
		return err
	}
	if len(plan.Lost) == 0 && state.Live != nil && plan.Nothing() && len(rel.Mend) == 0 && !state.Unfinished {
		r.State, r.Release = "unchanged", state.Live.Release
		return j.found(e, r, rel.Files)
	}
	for _, path := range rel.Mend {
		fmt.Fprintf(j.stderr, "%s: %s is not as it was published; it is put there again\n", e.site, path)
	}
	r.State = "published"
	return j.logged(e, r, "publish", rel.Files, func() (*publish.Outcome, error) { return e.target.Publish(ctx, *rel) })
}

// plan says what publish would do.
func (j *job) plan(ctx context.Context, e errand, r *published) error {
	_, state, plan, err := j.compared(ctx, e, r)
	if err != nil {
		return err
	}
	r.State = "planned"
	if state.Live != nil && plan.Nothing() && !state.Unfinished {
		r.State = "unchanged"
	}
	for act, list := range map[string][]publish.File{"new": plan.New, "changed": plan.Changed, "removed": plan.Removed} {
		for _, f := range list {
			r.Files = append(r.Files, moved{f.Path, act, f.Size})
		}
	}
	slices.SortFunc(r.Files, func(a, b moved) int { return strings.Compare(a.Path, b.Path) })
	if len(plan.Lost) > 0 {
		return fmt.Errorf("publish would refuse: the address %s is live and would be gone", strings.Join(plan.Lost, ", "))
	}
	return nil
}

// rollback puts the release before where one site goes.
func (j *job) rollback(ctx context.Context, e errand, r *published) error {
	state, err := e.target.State(ctx)
	if err != nil {
		return err
	}
	if state.Live != nil {
		r.Before = state.Live.Release
	}
	r.State = "back"
	return j.logged(e, r, "rollback", nil, func() (*publish.Outcome, error) { return e.target.Rollback(ctx, j.now()) })
}

// found notes in the publish log of this folder that a site is as it should be,
// where another machine has put it there: from then on it is known here too.
func (j *job) found(e errand, r *published, files *publish.Manifest) error {
	log := j.publishLog(e.site)
	entries, err := log.Read()
	if err != nil {
		return err
	}
	seals := j.seals(e.site)
	for _, line := range slices.Backward(entries) {
		if line.State != "live" {
			continue
		}
		if line.Release == r.Release && slices.Equal(line.Seals, seals) && slices.Equal(line.Held, r.Held) {
			return nil
		}
		break
	}
	return log.Append(publish.Entry{At: j.now().UTC().Truncate(time.Millisecond), Who: who(), Site: e.site, Target: r.Target, Action: "publish", State: "live",
		Release: r.Release, Manifest: files.Hash, Seals: seals, Held: r.Held, Day: j.today(j.f).String(), Counts: r.Counts})
}

// logged does an act between two lines of the publish log.
func (j *job) logged(e errand, r *published, action string, files *publish.Manifest, act func() (*publish.Outcome, error)) error {
	log := j.publishLog(e.site)
	line := publish.Entry{Who: who(), Site: e.site, Target: r.Target, Action: action, Before: r.Before, Held: r.Held}
	if files != nil {
		line.Manifest, line.Seals, line.Day = files.Hash, j.seals(e.site), j.today(j.f).String()
	}
	note := func(state string) error {
		line.At, line.State = j.now().UTC().Truncate(time.Millisecond), state
		return log.Append(line)
	}
	if err := note("begun"); err != nil {
		return err
	}
	out, err := act()
	if err != nil {
		line.Error = err.Error()
		return errors.Join(err, note("failed"))
	}
	r.Release, r.Counts = out.Manifest.Release, out.Plan.Counts()
	line.Release, line.Manifest, line.Counts = r.Release, out.Manifest.Hash, r.Counts
	if out.Left != nil {
		fmt.Fprintf(j.stderr, "%s: live, but not everything old could be cleared away; the next publish tries again: %v\n", e.site, out.Left)
	}
	return note("live")
}

// seals returns the seals of the versions that stand on a site.
func (j *job) seals(domain policy.Domain) []string {
	var out []string
	for _, pol := range j.f.Policies {
		for _, v := range pol.Versions {
			if _, stands := j.f.Resolve(v).Sites.Get(domain); stands && v.Sealed != nil {
				out = append(out, sealLine(v))
			}
		}
	}
	return out
}

// sealLine names a version and its seal, as the publish log does.
func sealLine(v *policy.Version) string { return v.ID() + " " + v.Sealed.Hash }

// shownSince returns the day from which a version stood on all of its sites that
// have a target, as the publish logs of this folder have it.
func (p *program) shownSince(f *policy.Folder, c *config, v *policy.Version) (day policy.Date, known bool) {
	var last time.Time
	for _, domain := range f.Resolve(v).Sites.Keys() {
		if _, target := c.Publish.Get(domain); !target {
			continue
		}
		entries, err := p.publishLog(domain).Read()
		at, shown := publish.Since(entries, sealLine(v))
		if err != nil || !shown {
			return policy.Date{}, false
		}
		if known = true; at.After(last) {
			last = at
		}
	}
	return policy.DateOf(last.In(f.Resolve(v).Location())), known
}

// publishState is the folder of what this machine knows of a site's publications.
func (p *program) publishState(domain policy.Domain) string {
	return p.path(".proviso/publish/" + domain)
}

func (p *program) publishLog(domain policy.Domain) publish.Log {
	return publish.Log{File: filepath.Join(p.publishState(domain), "log.jsonl")}
}

func who() string {
	u, err := user.Current()
	if err != nil {
		return ""
	}
	return u.Username
}

// answer prints what became of the sites: 1 if one failed or a version is held.
func (j *job) answer(results []published, format string) error {
	if format == "json" {
		if err := j.json(map[string]any{"sites": results}); err != nil {
			return err
		}
	} else {
		j.print(results)
	}
	failed := 0
	for _, r := range results {
		if r.State == "failed" {
			fmt.Fprintf(j.stderr, "%s: %s\n", r.Site, r.Error)
			failed++
		}
	}
	for _, line := range j.owed {
		fmt.Fprintln(j.stderr, line)
	}
	switch {
	case failed > 0:
		return no("%s of %d not done", count(failed, "site"), len(results))
	case len(j.held) > 0:
		return no("%s not in force: %s", count(len(j.held), "version"), strings.Join(j.held, ", "))
	}
	return nil
}

func (j *job) print(results []published) {
	for _, r := range results {
		c := r.Counts
		switch r.State {
		case "unchanged":
			fmt.Fprintf(j.stdout, "%s: %s is live already\n", r.Site, orNothing(r.Before))
		case "published":
			fmt.Fprintf(j.stdout, "%s: %s is live: %d new, %d changed, %d removed, %d unchanged\n", r.Site, r.Release, c.New, c.Changed, c.Removed, c.Unchanged)
		case "back":
			fmt.Fprintf(j.stdout, "%s: back from %s to %s\n", r.Site, r.Before, r.Release)
		case "planned", "failed":
			for _, f := range r.Files {
				fmt.Fprintf(j.stdout, "%s: %-7s %s (%d bytes)\n", r.Site, f.Act, f.Path, f.Size)
			}
			if r.State == "planned" {
				fmt.Fprintf(j.stdout, "%s: %d new, %d changed, %d removed, %d unchanged; %d bytes would travel to %s\n",
					r.Site, c.New, c.Changed, c.Removed, c.Unchanged, c.Bytes, r.Target)
			}
		}
	}
}

func orNothing(release string) string {
	if release == "" {
		return "nothing"
	}
	return release
}
