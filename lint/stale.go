package lint

import (
	"fmt"
	"regexp"
	"sync"

	"proviso/source"
)

// A staleReference is a row of law/stale.yaml, ready to be looked for.
type staleReference struct {
	stale
	pattern, near, unless *regexp.Regexp
}

var staleTable = sync.OnceValue(func() []staleReference {
	var file struct {
		AsOf  string  `yaml:"as_of"`
		Stale []stale `yaml:"stale"`
	}
	decode("law/stale.yaml", &file)
	out := make([]staleReference, len(file.Stale))
	for i, s := range file.Stale {
		out[i] = staleReference{stale: s, pattern: regexp.MustCompile(s.Pattern)}
		if s.Near != "" {
			out[i].near = regexp.MustCompile(s.Near)
		}
		if s.Unless != "" {
			out[i].unless = regexp.MustCompile(s.Unless)
		}
	}
	return out
})

// staleReferences looks for what was good law once. A sentence that tells what
// used to be is left alone. Each reference counts once in a section.
func staleReferences(r *reading) {
	if r.o.Date.IsZero() {
		return
	}
	for _, s := range staleTable() {
		if !r.o.Date.Before(s.Since) {
			s.look(r)
		}
	}
}

func (s *staleReference) look(r *reading) {
	for i := 0; i < len(r.passages); {
		section := r.passages[i].section
		var at []source.Position
		for ; i < len(r.passages) && r.passages[i].section == section; i++ {
			if offset, ok := s.in(r, r.passages[i]); ok {
				at = append(at, r.place(r.passages[i], offset))
			}
		}
		if len(at) > 0 {
			message := fmt.Sprintf("%s (%s)%s", s.Fact, s.Source, alsoOn(at))
			r.found = append(r.found, warning(at[0], section.ID, "stale-reference", s.Instead, message))
		}
	}
}

// in returns where the passage rests on the reference, in its words or in the
// target of a link.
func (s *staleReference) in(r *reading, p *passage) (int, bool) {
	for _, m := range s.pattern.FindAllStringIndex(p.words, -1) {
		sentence, _ := p.sentence(m[0])
		if s.near != nil && !s.near.MatchString(sentence) || s.unless != nil && s.unless.MatchString(sentence) ||
			r.lists.Has("historic", "", sentence) {
			continue
		}
		return m[0], true
	}
	if s.near != nil || s.unless != nil {
		return 0, false
	}
	for i, span := range p.spans {
		if span.Link == "" || !s.pattern.MatchString(span.Link) {
			continue
		}
		sentence, _ := p.sentence(p.starts[i])
		if !r.lists.Has("historic", "", sentence) {
			return p.starts[i], true
		}
	}
	return 0, false
}
