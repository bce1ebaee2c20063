package redline

import "strings"

// Labels are the words around a redline, in the language of the page. On a
// page most of them are only said by screen readers. {section}, {from} and {to}
// are filled in where they stand.
type Labels struct {
	Deleted, Inserted string // before the words
	MovedFrom         string // before words that came from {section}
	MovedTo           string // behind words that went to {section}
	Renumbered        string // before a number that was {from}
	Split, Joined     string // where a paragraph was cut, and where two were joined
	Format            string // behind words whose form changed {from} {to}
	None              string // for {from} and {to} where there was nothing
	Intro             string // for {section} where there is no heading
	Old, New          string // over the columns of both texts
	Unchanged         string // {from} blocks that are left out
}

// English returns the labels in English.
func English() Labels {
	return Labels{
		Deleted:    "deleted:",
		Inserted:   "inserted:",
		MovedFrom:  "moved from {section}:",
		MovedTo:    "moved to {section}",
		Renumbered: "was {from}, now",
		Split:      "new paragraph",
		Joined:     "joined to the paragraph before",
		Format:     "changed in form only, from {from} to {to}",
		None:       "none",
		Intro:      "the introduction",
		Old:        "Before",
		New:        "After",
		Unchanged:  "{from} unchanged",
	}
}

// fill puts values into a label: pairs of a name and what stands for it.
func fill(label string, pairs ...string) string {
	for i := 0; i+1 < len(pairs); i += 2 {
		label = strings.ReplaceAll(label, "{"+pairs[i]+"}", pairs[i+1])
	}
	return label
}

// title names the section of a leaf.
func (o *Labels) title(l *Leaf) string {
	var words []string
	for _, s := range l.Section.Heading {
		words = append(words, strings.Fields(s.Text)...)
	}
	if len(words) == 0 {
		return o.Intro
	}
	return strings.Join(words, " ")
}

// Changes returns the blocks that changed, in reading order. A move counts
// where it went, not where it left. In HTML the first one has the id "c1".
func (r *Redline) Changes() []*Block {
	var out []*Block
	for b := range r.each {
		if b.listed() {
			out = append(out, b)
		}
	}
	return out
}

func (b *Block) listed() bool { return b.Fate != MovedFrom && changed(b) }
