package policy

import (
	"slices"
	"strings"

	"proviso/source"
)

// Drift warns where the organisation has changed since the newest released
// version of p: no released page shows it, the next version will.
func (f *Folder) Drift(p *Policy) (ps source.Problems) {
	var newest *Version
	for _, v := range slices.Backward(p.Versions) {
		if v.Sealed != nil && v.Stands() {
			newest = v
			break
		}
	}
	if newest == nil {
		return nil
	}
	open := *newest
	open.Sealed = nil
	was, is := &newest.Sealed.Resolution, f.Resolve(&open)
	pos := source.Position{File: newest.Dir + "/seal.yaml"}
	warn := func(format string, args ...any) {
		ps.Warnf(pos, "drift", "release the next version of "+p.ID+" to show it", format, args...)
	}
	for _, s := range is.Sites {
		old, ok := was.Sites.Get(s.Key)
		if !ok {
			warn("site %s has joined since the release and does not show this version", s.Key)
			continue
		}
		if changed := changedValues(old, s.Value); len(changed) > 0 {
			warn("%s changed since the release: %s", s.Key, strings.Join(changed, ", "))
		}
	}
	for _, s := range was.Sites {
		if _, ok := is.Sites.Get(s.Key); !ok {
			warn("site %s has left since the release and still shows this version", s.Key)
		}
	}
	return ps
}

// changedValues names what differs between the values of a site, each once.
func changedValues(old, now SiteValues) (names []string) {
	add := func(name string) {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if old.URL != now.URL {
		add("url")
	}
	if old.Path != now.Path {
		add("path")
	}
	if !slices.Equal(old.Products, now.Products) {
		add("products")
	}
	for _, l := range now.Locales {
		was, ok := old.Locales.Get(l.Key)
		if !ok {
			add("locale " + l.Key)
			continue
		}
		for _, e := range l.Value.Values {
			if v, _ := was.Values.Get(e.Key); v != e.Value {
				add(e.Key)
			}
		}
		for _, e := range was.Values {
			if _, ok := l.Value.Values.Get(e.Key); !ok {
				add(e.Key)
			}
		}
	}
	return names
}
