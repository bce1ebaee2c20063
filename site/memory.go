package site

import (
	"maps"
	"slices"
	"strings"
	"sync"

	"proviso/policy"
	"proviso/site/tree"
	"proviso/source"
)

// A memory is what a build knows of the one before: which parts need not be
// made again. A nil memory knows nothing.
type memory struct {
	o    Options
	sums sums
	was  record
	now  record
	mu   sync.Mutex // of now.Checks
}

// A part is a group of files of a site that rest on the same things.
type part struct {
	Key   string // what the files rest on
	Names []string
	Size  []int64
	Time  []int64
}

// What is told of a part on other pages, in one locale: of a version its news,
// of a policy what it is about.
type told struct {
	News  news
	About string
}

// A checkRecord is what was found in a version.
type checkRecord struct {
	Key    string
	Linked []string // policies whose newest texts were looked at
	Found  source.Problems
}

// recall reads what the build before left. What cannot be used is as if it were not there.
func recall(f *policy.Folder, t *templates, o Options) *memory {
	m := &memory{o: o, was: newRecord(), now: newRecord()}
	m.now.Program = o.Program
	if o.Cache == "" {
		return m
	}
	m.sums = sumsOf(f, t, o)
	m.now.Whole = m.sums.whole()
	if was, err := readRecord(o.file(), o.Program); err == nil {
		m.was = was
	}
	return m
}

// nothingNew returns the report of a build that has nothing to do: it rests on
// what the one before rested on, and the files are as that one left them.
func (m *memory) nothingNew() (*Report, bool) {
	if m.o.Cache == "" || m.was.Whole != m.now.Whole {
		return nil, false
	}
	report := &Report{Sites: slices.Clone(m.was.Report)}
	var sites []policy.Domain
	for i := range report.Sites {
		r := &report.Sites[i]
		sites = append(sites, r.Site)
		r.Written, r.Unchanged = 0, 0
		for _, p := range m.was.Sites[r.Site] {
			r.Unchanged += len(p.Names)
		}
	}
	return report, !slices.Contains(m.intact(sites), false)
}

// intact tells for each site whether its files are as they were left.
func (m *memory) intact(sites []policy.Domain) []bool {
	out := make([]bool, len(sites))
	var wg sync.WaitGroup
	for i, site := range sites {
		wg.Go(func() { out[i] = m.was.Sites[site] != nil && tree.Intact(m.o.Out, site, m.was.files(site)) })
	}
	wg.Wait()
	return out
}

// compare finds what each part rests on now, and forgets the sites whose files
// are not as they were left.
func (m *memory) compare(b *build) {
	if m.o.Cache == "" {
		return
	}
	if err := m.was.readRest(); err != nil {
		m.was = newRecord()
	}
	var built []policy.Domain
	for _, p := range b.plots {
		built = append(built, p.domain)
	}
	for site, parts := range m.was.Sites {
		if !slices.Contains(built, site) {
			m.now.Sites[site], m.now.Told[site] = parts, m.was.Told[site]
		}
	}
	for i, ok := range m.intact(built) {
		if !ok {
			delete(m.was.Sites, built[i])
		}
	}
	m.sums.around = m.sums.surroundings(b.f)
	parts := make([]map[string]part, len(b.plots))
	var wg sync.WaitGroup
	for i, p := range b.plots {
		wg.Go(func() { b.work(func() { parts[i] = m.sums.parts(b, p) }) })
	}
	wg.Wait()
	for i, p := range b.plots {
		m.now.Sites[p.domain] = parts[i]
		m.listen(p)
	}
}

// kept reports whether a part of a site is as it was.
func (m *memory) kept(p *plot, name string) bool {
	if m == nil {
		return false
	}
	was, ok := m.was.Sites[p.domain][name]
	return ok && was.Key == m.now.Sites[p.domain][name].Key
}

// stands reports whether a site is as it was.
func (m *memory) stands(p *plot) bool {
	was, now := m.was.Sites[p.domain], m.now.Sites[p.domain]
	for name := range now {
		if !m.kept(p, name) {
			return false
		}
	}
	return len(now) > 0 && len(was) == len(now)
}

// keep adds the parts of a site that are as they were to its new tree.
func (m *memory) keep(p *plot) error {
	files := map[string]tree.Stamp{}
	for name := range m.now.Sites[p.domain] {
		if !m.kept(p, name) {
			continue
		}
		was := m.was.Sites[p.domain][name]
		for i, file := range was.Names {
			files[file] = tree.Stamp{Size: was.Size[i], Time: was.Time[i]}
		}
		p.note(name, was.Names...)
	}
	return p.tree.Keep(files)
}

// listen takes over what is told of the parts of a site that are as they were.
func (m *memory) listen(p *plot) {
	for _, s := range p.shelves {
		for _, c := range s.columns {
			for _, e := range s.editions {
				if t, ok := m.was.Told[p.domain][e.part()][c.locale]; ok && m.kept(p, e.part()) {
					c.told[e] = t.News
				}
			}
			if t, ok := m.was.Told[p.domain][s.part()][c.locale]; ok && m.kept(p, s.part()) {
				c.about = &t.About
			}
		}
	}
}

// tell is the reverse of listen.
func (p *plot) tell() map[string]map[string]told {
	out := map[string]map[string]told{}
	add := func(part, locale string, t told) {
		if out[part] == nil {
			out[part] = map[string]told{}
		}
		out[part][locale] = t
	}
	for _, s := range p.shelves {
		for _, c := range s.columns {
			for e, n := range c.told {
				add(e.part(), c.locale, told{News: n})
			}
			if c.about != nil {
				add(s.part(), c.locale, told{About: *c.about})
			}
		}
	}
	return out
}

// checked returns what was found in a version that is as it was.
func (m *memory) checked(b *build, v *policy.Version) (source.Problems, bool) {
	was, ok := m.was.Checks[v.ID()]
	if !ok || was.Key != m.sums.check(b, v, was.Linked) {
		return nil, false
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now.Checks[v.ID()] = was
	return was.Found, true
}

// remember keeps what was found in a version.
func (m *memory) remember(b *build, rd *policy.Reading, found source.Problems) {
	if m.o.Cache == "" {
		return
	}
	c := checkRecord{Linked: rd.Linked(), Found: found}
	c.Key = m.sums.check(b, rd.Version, c.Linked)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now.Checks[rd.Version.ID()] = c
}

// store leaves a record for the next build. Without one the next build only
// takes longer, so a disk that refuses it is no reason to fail.
func (m *memory) store(b *build, report *Report) {
	if m.o.Cache == "" {
		return
	}
	m.now.Report = report.Sites
	for _, id := range slices.Sorted(maps.Keys(m.now.Checks)) {
		m.now.Found = append(m.now.Found, m.now.Checks[id].Found...)
	}
	tell := map[policy.Domain]func() map[string]map[string]told{}
	for _, p := range b.plots {
		tell[p.domain] = p.tell
		if p.tree == nil {
			m.now.Sites[p.domain] = m.was.Sites[p.domain]
			continue
		}
		files := p.tree.Files()
		for name, x := range m.now.Sites[p.domain] {
			x.Names = p.parts[name]
			slices.Sort(x.Names)
			for _, file := range x.Names {
				x.Size, x.Time = append(x.Size, files[file].Size), append(x.Time, files[file].Time)
			}
			m.now.Sites[p.domain][name] = x
		}
	}
	_ = m.now.write(m.o.file(), tell)
}

// isPage reports whether a file is a page.
func isPage(name string) bool { return strings.HasSuffix(name, ".html") }
