package site

import (
	"io/fs"

	"proviso/redline"
	"proviso/source"
)

// Labels returns the words around a redline in the language of a locale, from
// templates/words; English where a language has none.
func Labels(templatesFS fs.FS, locale string) (redline.Labels, error) {
	var ps source.Problems
	t := &templates{words: readWords(templatesFS, []string{locale}, &ps)}
	return t.wordsIn(locale).labels(), ps.Err()
}

// labels are the words around a redline.
func (w *words) labels() redline.Labels {
	p := &Page{words: w}
	return redline.Labels{
		Deleted:    p.say("said-deleted"),
		Inserted:   p.say("said-inserted"),
		MovedFrom:  p.say("said-moved-from"),
		MovedTo:    p.say("moved-to"),
		Renumbered: p.say("said-renumbered"),
		Split:      p.say("said-split"),
		Joined:     p.say("said-joined"),
		Format:     p.say("said-format"),
		None:       p.say("said-none"),
		Intro:      p.say("intro"),
		Old:        p.say("from-version"),
		New:        p.say("to-version"),
		Unchanged:  p.say("said-unchanged"),
	}
}
