// Package site renders the pages of every site: what stands in public/<domain>/.
//
// # Words
//
// A Site is a domain. A shelf is a policy on one site, an edition is a version
// as that site shows it, and a column is a shelf in one locale. A tree is the
// output of one site while it is written. A Page is what a template knows; an
// address is a place on a site. A policy's home is its own address, where the
// version in force stands.
//
// # What a page rests on
//
// The page of a version is a function of the version's own files, of its
// Resolution (for a released version: its seal), of the templates, and of
// where the version stands among the others on the day of the build: in force,
// upcoming, old, withdrawn. It takes nothing else from organisation.yaml, so
// editing that file changes no page of a released version. Three things of a
// site do come from organisation.yaml as it is now: the index, the look
// (style.css and the logo, whose addresses are fixed, so that no page names
// them), and what becomes of the site (the banner of a retired one, aliases).
//
// Readers see what is in force, what is announced and what was; and of a
// change the words written for them, the list of sections and the redline.
// Drafts, unreleased dates in the future, verdicts, decisions and the names of
// those who made them are never read here, or never written.
//
// # What happens in which order
//
// Build plants a tree for every site, plans which edition stands where, and
// then works through the policies side by side. The texts of a version are
// read once, for all sites and locales, and let go when the version is done;
// memory grows with the largest version and not with their number. A policy's
// versions go by in this order: those to come and those that never came, the
// old ones, and the one in force last, because its page says when the text
// last changed and what will change next. Then the indexes, feeds and site
// files are written. Only when everything stands are the trees put in the
// place of the old ones; a build that fails or is killed leaves those whole.
//
// Every file is written once and depends on nothing that happens at the same
// time, so the bytes are the same for any number of workers.
package site

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"runtime"
	"slices"
	"sync"
	"time"

	"proviso/policy"
	"proviso/source"
)

// Options say what to build and where.
type Options struct {
	Templates  fs.FS                 // base.html, words/en.yaml, ...: the built-in ones with a team's own over them
	Today      policy.Date           // the civil date on which the pages are right
	Sites      []string              // domains; none: all
	Out        string                // the folder that holds one tree for each domain
	NoRedlines bool                  // leave out the redlines of each version and the compare pages
	Workers    int                   // 0: one for each processor
	Progress   func(done, total int) // called after each version of each site, never twice at a time; may be nil
}

// A Report tells what was built.
type Report struct {
	Sites []SiteReport `json:"sites"`
}

// A SiteReport tells what was built for one site.
type SiteReport struct {
	Site      policy.Domain `json:"site"`
	Pages     int           `json:"pages"`         // HTML files
	Written   int           `json:"written"`       // files that are new or differ
	Unchanged int           `json:"unchanged"`     // files that are as they were
	Next      time.Time     `json:"next,omitzero"` // instant at which a build would first give other pages; zero: none is known
}

// A build is one run of Build.
type build struct {
	f       *policy.Folder
	o       Options
	t       *templates
	plots   []*plot
	workers chan struct{} // holds a token for each task at work
	buffers sync.Pool     // of *bytes.Buffer

	mu       sync.Mutex
	problems source.Problems
	failures []error
	done     int
	total    int
}

// A plot is all that stands on one site.
type plot struct {
	*tree
	site    *policy.Site
	shelves []*shelf // in the order of the policies' ids
}

// Build renders the sites of a folder into out/<domain>/. Everything that is
// wrong with texts, templates or themes is reported at once, as
// source.Problems; then, and when the output cannot be written, the old trees
// stay as they were.
func Build(f *policy.Folder, o Options) (*Report, error) {
	t, err := readTemplates(o.Templates, localesOf(f))
	if err != nil {
		return nil, err
	}
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	b := &build{f: f, o: o, t: t, workers: make(chan struct{}, o.Workers)}
	defer b.discard()
	if err := b.plan(); err != nil {
		return nil, err
	}
	b.policies()
	if b.ok() {
		b.each(b.plots, (*build).around)
	}
	if err := b.err(); err != nil {
		return nil, err
	}
	return b.publish()
}

// plan plants the trees, each with its look, and finds which edition stands where.
func (b *build) plan() error {
	domains := b.f.Organisation.Sites.Keys()
	for _, s := range b.o.Sites {
		if !slices.Contains(domains, s) {
			return fmt.Errorf("there is no site %q; %s", s, source.Suggest(s, domains))
		}
	}
	for i := range b.f.Organisation.Sites {
		e := &b.f.Organisation.Sites[i]
		if len(b.o.Sites) > 0 && !slices.Contains(b.o.Sites, e.Key) {
			continue
		}
		t, err := plant(b.o.Out, e.Key)
		if err != nil {
			return err
		}
		p := &plot{tree: t, site: &e.Value}
		b.plots = append(b.plots, p)
		b.look(p)
		for _, pol := range b.f.Policies {
			if s := newShelf(b.f, pol, p, b.o.Today); len(s.editions) > 0 {
				p.shelves = append(p.shelves, s)
				b.total += len(s.editions)
			}
		}
	}
	return nil
}

// publish puts every tree in its place.
func (b *build) publish() (*Report, error) {
	report := &Report{Sites: []SiteReport{}}
	for _, p := range b.plots {
		if err := p.publish(); err != nil {
			return report, err
		}
		report.Sites = append(report.Sites, SiteReport{Site: p.domain, Pages: p.pages,
			Written: p.written, Unchanged: p.unchanged, Next: b.next(p)})
	}
	return report, nil
}

func (b *build) discard() {
	for _, p := range b.plots {
		p.discard() // the next build clears away what cannot be removed now
	}
}

// work runs a task when a worker is free.
func (b *build) work(task func()) {
	b.workers <- struct{}{}
	defer func() { <-b.workers }()
	task()
}

// each runs a task for every element, as many at a time as there are workers.
func (b *build) each(plots []*plot, task func(*build, *plot)) {
	var wg sync.WaitGroup
	for _, p := range plots {
		wg.Go(func() { b.work(func() { task(b, p) }) })
	}
	wg.Wait()
}

// complain keeps what is wrong with the sources; a warning is for check to tell.
func (b *build) complain(ps source.Problems) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.problems = append(b.problems, ps.Errors()...)
}

func (b *build) fail(err error) {
	var ps source.Problems
	if errors.As(err, &ps) {
		b.complain(ps)
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.failures = append(b.failures, err)
}

func (b *build) ok() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.problems) == 0 && len(b.failures) == 0
}

// err returns what went wrong: problems in the sources before all else.
func (b *build) err() error {
	b.problems.Sort()
	if err := b.problems.Err(); err != nil {
		return err
	}
	slices.SortFunc(b.failures, func(x, y error) int { return cmp.Compare(x.Error(), y.Error()) })
	if len(b.failures) > 0 {
		return b.failures[0] // the others are of the same disk
	}
	return nil
}

// step counts a version of a site as done.
func (b *build) step() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.done++
	if b.o.Progress != nil {
		b.o.Progress(b.done, b.total)
	}
}

// next returns the instant at which a build would first give other pages.
func (b *build) next(p *plot) time.Time {
	var first time.Time
	at := func(d policy.Date, zone *time.Location) {
		if b.o.Today.Before(d) {
			if t := d.In(zone); first.IsZero() || t.Before(first) {
				first = t
			}
		}
	}
	home := b.f.Organisation.Location()
	at(p.site.Until, home)
	for _, id := range b.f.Organisation.ProductsOn(p.site) {
		product, _ := b.f.Organisation.Products.Get(id)
		at(product.Until, home)
	}
	if b.securityContact(p) != "" {
		at(halfYearAfter(b.o.Today), home)
	}
	for _, s := range p.shelves {
		for _, e := range s.upcoming() {
			at(e.v.Effective, e.r.Location())
		}
	}
	return first
}
