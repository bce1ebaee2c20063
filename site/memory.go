package site

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"proviso/policy"
	"proviso/site/tree"
	"proviso/source"
)

// A memory is what a build knows of the one before: which parts need not be
// made again.
type memory struct {
	o    Options
	sums sums
	was  record
	now  record
	mu   sync.Mutex // of now.Checks
}

// A record is what a build leaves for the next.
type record struct {
	Program string
	Whole   string // everything that the build rested on
	Report  []SiteReport
	Found   source.Problems
	Sites   map[policy.Domain]map[string]part // by part: the id of a policy, or aroundPart
	Checks  map[string]checkRecord            // by policy
}

// A part is a group of files of a site that rest on the same things.
type part struct {
	Key   string // what the files rest on
	Names []string
	Size  []int64
	Time  []int64
}

// A checkRecord is what was found in the versions of a policy.
type checkRecord struct {
	Key    string
	Linked []string // policies whose newest texts were looked at
	Found  source.Problems
}

func (c *checkRecord) add(rd *policy.Reading, found source.Problems) {
	c.Found = append(c.Found, found...)
	for _, id := range rd.Linked() {
		if !slices.Contains(c.Linked, id) {
			c.Linked = append(c.Linked, id)
		}
	}
}

// file is where the record of an output folder is kept.
func (o Options) file() string {
	out, err := filepath.Abs(o.Out)
	if err != nil {
		out = o.Out
	}
	return filepath.Join(o.Cache, "build-"+sum([]byte(out))[:16]+".json")
}

// recall reads what the build before left. What cannot be used is as if it were not there.
func recall(f *policy.Folder, t *templates, o Options) *memory {
	m := &memory{o: o}
	m.now = record{Program: o.Program, Sites: map[policy.Domain]map[string]part{}, Checks: map[string]checkRecord{}}
	if o.Cache == "" {
		return m
	}
	m.sums = sumsOf(f, t, o)
	m.now.Whole = m.sums.whole()
	data, err := os.ReadFile(o.file())
	if err != nil || json.Unmarshal(data, &m.was) != nil || m.was.Program != o.Program {
		m.was = record{}
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
	for i := range report.Sites {
		r := &report.Sites[i]
		files := m.was.files(r.Site)
		if !tree.Intact(m.o.Out, r.Site, files) {
			return nil, false
		}
		r.Written, r.Unchanged = 0, len(files)
	}
	return report, true
}

// files returns the files of a site as they were left.
func (r *record) files(site policy.Domain) map[string]tree.Stamp {
	out := map[string]tree.Stamp{}
	for _, p := range r.Sites[site] {
		for i, name := range p.Names {
			out[name] = tree.Stamp{Size: p.Size[i], Time: p.Time[i]}
		}
	}
	return out
}

// compare finds what each part rests on now, and forgets the sites whose files
// are not as they were left.
func (m *memory) compare(b *build) {
	if m.o.Cache == "" {
		return
	}
	for site, parts := range m.was.Sites {
		if !slices.ContainsFunc(b.plots, func(p *plot) bool { return p.domain == site }) {
			m.now.Sites[site] = parts // of a site that is not built now
		}
	}
	for _, p := range b.plots {
		m.now.Sites[p.domain] = m.sums.parts(b, p)
		if parts := m.was.Sites[p.domain]; parts != nil && !tree.Intact(m.o.Out, p.domain, m.was.files(p.domain)) {
			delete(m.was.Sites, p.domain)
		}
	}
	for _, d := range b.desks {
		m.now.Checks[d.policy.ID] = checkRecord{Key: m.sums.check(b, d, m.was.Checks[d.policy.ID].Linked)}
	}
}

// kept reports whether a part of a site is as it was.
func (m *memory) kept(p *plot, name string) bool {
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
	for name := range m.now.Sites[p.domain] {
		if !m.kept(p, name) {
			continue
		}
		was := m.was.Sites[p.domain][name]
		for i, file := range was.Names {
			if err := p.tree.Keep(file, tree.Stamp{Size: was.Size[i], Time: was.Time[i]}); err != nil {
				return err
			}
		}
		p.note(name, was.Names...)
	}
	return nil
}

// checked returns what was found in a policy whose versions are as they were.
func (m *memory) checked(id string) (source.Problems, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	was, ok := m.was.Checks[id]
	if !ok || was.Key != m.now.Checks[id].Key {
		return nil, false
	}
	m.now.Checks[id] = was
	return was.Found, true
}

// remember keeps what was found in a policy.
func (m *memory) remember(b *build, d *desk, c checkRecord) {
	if m.o.Cache == "" {
		return
	}
	slices.Sort(c.Linked)
	c.Key = m.sums.check(b, d, c.Linked)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now.Checks[d.policy.ID] = c
}

// store leaves a record for the next build. Without one the next build only
// takes longer, so a disk that refuses it is no reason to fail.
func (m *memory) store(b *build, report *Report) {
	if m.o.Cache == "" {
		return
	}
	m.now.Report, m.now.Found = report.Sites, b.problems
	for _, p := range b.plots {
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
	data, err := json.Marshal(&m.now)
	if err != nil || os.MkdirAll(m.o.Cache, 0o755) != nil {
		return
	}
	if tmp := m.o.file() + ".tmp"; os.WriteFile(tmp, data, 0o644) == nil {
		_ = os.Rename(tmp, m.o.file())
	}
}

// isPage reports whether a file is a page.
func isPage(name string) bool { return strings.HasSuffix(name, ".html") }
