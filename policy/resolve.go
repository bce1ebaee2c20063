package policy

import (
	"slices"
	"time"

	"proviso/source"
	"proviso/text"
)

// Location returns the organisation's time zone.
func (o *Organisation) Location() *time.Location { return location(o.TimeZone) }

// Location returns the time zone in which the version's dates begin.
func (r *Resolution) Location() *time.Location { return location(r.TimeZone) }

func location(name string) *time.Location {
	if loc, err := time.LoadLocation(name); err == nil && name != "" {
		return loc
	}
	return time.UTC // Load has complained already
}

// Resolve returns what v takes from outside its own files: from its seal if it
// is released, else from the organisation as it is now.
func (f *Folder) Resolve(v *Version) *Resolution {
	if v.Sealed != nil {
		return &v.Sealed.Resolution
	}
	o := f.Organisation
	r := &Resolution{Organisation: o.Name, TimeZone: o.TimeZone, Locales: o.Locales, RawHTML: o.RawHTML, Labels: f.labelsNow()}
	for _, p := range o.Products {
		name := p.Value.Name
		if len(name) == 0 {
			name = Localised{"": p.Key}
		}
		r.Products = append(r.Products, source.Entry[Localised]{Key: p.Key, Value: name})
	}
	for _, s := range o.Sites {
		if v.Policy.On(s.Key) && !(s.Value.retiredOn(v.Effective)) {
			r.Sites = append(r.Sites, source.Entry[SiteValues]{Key: s.Key, Value: f.siteValues(v, s.Key, &s.Value)})
		}
	}
	return r
}

// On reports whether the policy stands on a site.
func (p *Policy) On(site Domain) bool { return len(p.Sites) == 0 || slices.Contains(p.Sites, site) }

func (s *Site) retiredOn(d Date) bool { return !s.Until.IsZero() && !d.IsZero() && !d.Before(s.Until) }

// Address returns the site's URL, which ends in "/".
func (s *Site) Address(domain Domain) string {
	if s.URL == "" {
		return "https://" + domain + "/"
	}
	if s.URL[len(s.URL)-1] != '/' {
		return s.URL + "/"
	}
	return s.URL
}

// ProductsOn returns the products of a site: its own list, else all.
func (o *Organisation) ProductsOn(s *Site) []string {
	if s.Products != nil {
		return s.Products
	}
	return o.Products.Keys()
}

// LocalesOn returns the locales of a site: its own list, else the organisation's.
func (o *Organisation) LocalesOn(s *Site) []string {
	if s.Locales != nil {
		return s.Locales
	}
	return o.Locales
}

func (f *Folder) siteValues(v *Version, domain Domain, s *Site) SiteValues {
	o := f.Organisation
	out := SiteValues{URL: s.Address(domain), Path: v.Policy.Path, From: s.From, Products: o.ProductsOn(s)}
	for _, locale := range o.LocalesOn(s) {
		values := LocaleValues{
			Source: !slices.Contains(v.Locales, locale),
			Title:  v.Policy.Title.In(locale, o.Locales...),
			Values: f.variables(v, domain, s, locale),
		}
		values.Policies = f.policiesOn(domain, locale)
		out.Locales = append(out.Locales, source.Entry[LocaleValues]{Key: locale, Value: values})
	}
	return out
}

// policiesOn lists the policies of a site with their titles in a locale. It is
// the same list for every version, and nobody changes it.
func (f *Folder) policiesOn(domain Domain, locale string) source.Map[PolicyAt] {
	f.mu.Lock()
	defer f.mu.Unlock()
	at := [2]string{domain, locale}
	if list, ok := f.listed[at]; ok {
		return list
	}
	var list source.Map[PolicyAt]
	for _, p := range f.Policies {
		if p.On(domain) && len(p.Versions)+len(p.Drafts) > 0 {
			list = append(list, source.Entry[PolicyAt]{Key: p.ID,
				Value: PolicyAt{Path: p.Path, Title: p.Title.In(locale, f.Organisation.Locales...)}})
		}
	}
	if f.listed == nil {
		f.listed = map[[2]string]source.Map[PolicyAt]{}
	}
	f.listed[at] = list
	return list
}

// labelsNow returns the labels in all locales. They are the same for every
// version without a seal, and nobody changes them.
func (f *Folder) labelsNow() source.Map[source.Map[string]] {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.labels == nil {
		f.labels = f.labelsIn(f.Organisation.Locales)
	}
	return f.labels
}

// variables returns the value of every variable for a version on a site in a locale.
func (f *Folder) variables(v *Version, domain Domain, s *Site, locale string) (out source.Map[string]) {
	o := f.Organisation
	set := func(name string, texts ...Localised) {
		for _, t := range texts {
			if x := t.In(locale, o.Locales...); x != "" {
				out = append(out, source.Entry[string]{Key: name, Value: x})
				return
			}
		}
	}
	set("org.name", o.Name)
	set("org.legal_name", s.LegalName, o.LegalName, o.Name)
	set("org.address", s.Postal, o.Address)
	each := func(prefix string, own, common source.Map[Localised]) {
		for _, e := range common {
			x, _ := own.Get(e.Key)
			set(prefix+e.Key, x, e.Value)
		}
		for _, e := range own {
			if _, ok := common.Get(e.Key); !ok {
				set(prefix+e.Key, e.Value)
			}
		}
	}
	each("contacts.", s.Contacts, o.Contacts)
	set("site.domain", Localised{"": domain})
	set("site.name", s.Name, o.Name)
	set("policy.title", v.Policy.Title)
	set("policy.effective", Localised{"": v.Effective.Long(locale)})
	each("vars.", s.Vars, o.Vars)
	return out
}

// View returns how a site shows a text of v in a locale. Links to policies are
// left to the caller, who sets View.Policy. Site "" shows what any site shows,
// with the values of the first.
func (r *Resolution) View(site, locale string, practices PracticeList) text.View {
	at := site
	if at == "" && len(r.Sites) > 0 {
		at = r.Sites[0].Key
	}
	s, _ := r.Sites.Get(at)
	values, ok := s.Locales.Get(locale)
	if !ok && len(s.Locales) > 0 {
		values = s.Locales[0].Value
	}
	return text.View{
		Site:     site,
		Products: s.Products,
		Variable: values.Values.Get,
		Practices: func(category string) *text.Block {
			return r.table(practices.In(category), category, site, s.Products, locale)
		},
	}
}
