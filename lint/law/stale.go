package law

import (
	"regexp"
	"sync"

	"proviso/lint/reading"
	"proviso/policy"
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
	decode("stale.yaml", &file)
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
func staleReferences(r *reading.Text) {
	if r.Options.Date.IsZero() {
		return
	}
	for _, s := range staleTable() {
		if !r.Options.Date.Before(s.Since) {
			s.look(r)
		}
	}
}

func (s *staleReference) look(r *reading.Text) {
	for i := 0; i < len(r.Passages); {
		section := r.Passages[i].Section
		var at []source.Position
		for ; i < len(r.Passages) && r.Passages[i].Section == section; i++ {
			if offset, ok := s.in(r, r.Passages[i]); ok {
				at = append(at, r.Place(r.Passages[i], offset))
			}
		}
		if len(at) > 0 {
			r.WarnIn(section, at[0], "stale-reference", s.Instead, "%s (%s)%s", s.Fact, s.Source, reading.AlsoOn(at))
		}
	}
}

// in returns where the passage rests on the reference, in its words or in the
// target of a link.
func (s *staleReference) in(r *reading.Text, p *reading.Passage) (int, bool) {
	for _, m := range s.pattern.FindAllStringIndex(p.Words, -1) {
		sentence, _ := p.Sentence(m[0])
		if s.near != nil && !s.near.MatchString(sentence) || s.unless != nil && s.unless.MatchString(sentence) ||
			r.Lists.Has("historic", "", sentence) {
			continue
		}
		return m[0], true
	}
	if s.near != nil || s.unless != nil {
		return 0, false
	}
	for i, span := range p.Spans {
		if span.Link == "" || !s.pattern.MatchString(span.Link) {
			continue
		}
		sentence, _ := p.Sentence(p.Starts[i])
		if !r.Lists.Has("historic", "", sentence) {
			return p.Starts[i], true
		}
	}
	return 0, false
}

// Dates of law and checklists that the program carries.
type stale struct {
	ID      string      `yaml:"id"`
	Pattern string      `yaml:"pattern"`
	Near    string      `yaml:"near"`
	Unless  string      `yaml:"unless"`
	Since   policy.Date `yaml:"since"`
	Fact    string      `yaml:"fact"`
	Instead string      `yaml:"instead"`
	Source  string      `yaml:"source"`
}
