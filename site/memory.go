package site

import (
	"bufio"
	"encoding/json"
	"errors"
	"maps"
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

// A record is what a build leaves for the next. Its file holds the recordHead,
// then a siteRecord for each site and a policyRecord for each policy.
type record struct {
	recordHead
	Sites  map[policy.Domain]map[string]part // by part: the id of a policy, or aroundPart
	Checks map[string]checkRecord            // by policy
}

type recordHead struct {
	Program       string
	Whole         string // everything that the build rested on
	Report        []SiteReport
	Sites, Checks int // how many follow
}

type siteRecord struct {
	Site  policy.Domain
	Parts map[string]part
}

type policyRecord struct {
	Policy string
	Check  checkRecord
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
	m.now = record{recordHead: recordHead{Program: o.Program}, Sites: map[policy.Domain]map[string]part{}, Checks: map[string]checkRecord{}}
	if o.Cache == "" {
		return m
	}
	m.sums = sumsOf(f, t, o)
	m.now.Whole = m.sums.whole()
	if err := m.was.read(o.file(), o.Program); err != nil {
		m.was = record{}
	}
	return m
}

// read reads what the same program left.
func (r *record) read(name, program string) error {
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	dec := json.NewDecoder(bufio.NewReader(file))
	if err := dec.Decode(&r.recordHead); err != nil {
		return err
	}
	if r.Program != program {
		return errors.New("another program left it")
	}
	r.Sites, r.Checks = map[policy.Domain]map[string]part{}, map[string]checkRecord{}
	for range r.recordHead.Sites {
		var s siteRecord
		if err := dec.Decode(&s); err != nil {
			return err
		}
		r.Sites[s.Site] = s.Parts
	}
	for range r.recordHead.Checks {
		var p policyRecord
		if err := dec.Decode(&p); err != nil {
			return err
		}
		r.Checks[p.Policy] = p.Check
	}
	return nil
}

// write is the reverse of read. It goes by parts, so that it takes little memory.
func (r *record) write(name string) (err error) {
	file, err := os.Create(name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	w := bufio.NewWriter(file)
	enc := json.NewEncoder(w)
	r.recordHead.Sites, r.recordHead.Checks = len(r.Sites), len(r.Checks)
	if err := enc.Encode(r.recordHead); err != nil {
		return err
	}
	for site, parts := range r.Sites {
		if err := enc.Encode(siteRecord{site, parts}); err != nil {
			return err
		}
	}
	for id, check := range r.Checks {
		if err := enc.Encode(policyRecord{id, check}); err != nil {
			return err
		}
	}
	return w.Flush()
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

// found returns what was found in all policies.
func (r *record) found() source.Problems {
	var out source.Problems
	for _, id := range slices.Sorted(maps.Keys(r.Checks)) {
		out = append(out, r.Checks[id].Found...)
	}
	return out
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
	m.now.Report = report.Sites
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
	if os.MkdirAll(m.o.Cache, 0o755) != nil {
		return
	}
	if tmp := m.o.file() + ".tmp"; m.now.write(tmp) == nil {
		_ = os.Rename(tmp, m.o.file())
	}
}

// isPage reports whether a file is a page.
func isPage(name string) bool { return strings.HasSuffix(name, ".html") }
