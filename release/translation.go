package release

import (
	"fmt"
	"slices"

	"proviso/lint"
	"proviso/policy"
	"proviso/source"
)

// Translate seals the translation of a released version that has come later:
// LOCALE.md in its folder. The problems are returned with it: warnings where it
// was sealed, else what stands against it.
func (d *Desk) Translate(v *policy.Version, locale string) (*policy.Supplement, source.Problems, error) {
	if reason := d.untranslatable(v, locale); reason != "" {
		return nil, nil, refuse(v, reason)
	}
	if ps := d.Folder.Verify(v).Errors(); len(ps) > 0 {
		return nil, ps, refuse(v, "its seal does not hold")
	}
	s, ps := d.Folder.Translate(v, locale, d.Today)
	with := *v
	with.Locales = append(slices.Clone(v.Locales), locale)
	for _, x := range lint.Stale(d.Folder, &with)[locale] {
		x.Severity, x.Hint = source.Error, "translate the change, or accept it under accept: in policy.yaml with a reason"
		ps = append(ps, x)
	}
	ps.Sort()
	if len(ps.Errors()) > 0 {
		return nil, ps, refuse(v, "the translation cannot be sealed as it is")
	}
	if len(s.Sites) == 0 {
		return nil, ps, refuse(v, fmt.Sprintf("no site that shows it has the locale %q; add it to locales: in organisation.yaml", locale))
	}
	now := d.Folder.FileHashes(v)
	for _, e := range s.Files {
		if is, _ := now.Get(e.Key); is != e.Value {
			return nil, nil, refuse(v, e.Key+" was changed while it was being sealed; run it again")
		}
	}
	return s, ps, d.supplement(v, s)
}

// untranslatable says why a version takes no translation in a locale.
func (d *Desk) untranslatable(v *policy.Version, locale string) string {
	switch {
	case v.Sealed == nil:
		return "it is not released yet; put the translation beside its text and release both"
	case !v.Stands():
		return "it was withdrawn or rescheduled and takes no translation any more"
	case slices.Contains(v.Locales, locale):
		return fmt.Sprintf("its text in %q is sealed already; a sealed text is changed only by a new version", locale)
	case !slices.Contains(d.Folder.Organisation.Locales, locale):
		return source.Suggest(locale, d.Folder.Organisation.Locales) + fmt.Sprintf("; organisation.yaml has no locale %q", locale)
	}
	return ""
}
