package desk

import (
	"net/http"
	"slices"
	"strings"

	"proviso/policy"
	"proviso/source"
)

// A wording is a text for readers in one locale, with the path of its keys in
// changes.yaml.
type wording struct {
	Path   []string // the last is the locale
	Label  string
	Now    string // as it stands in the file
	Typed  string
	Stale  bool // somebody else wrote it meanwhile
	Source bool // in the first locale
}

// Field names the text in a form.
func (x wording) Field() string { return strings.Join(x.Path, "|") }

// Locale is the text's locale.
func (x wording) Locale() string { return x.Path[len(x.Path)-1] }

// A passage is one thing that is said to readers, in each locale.
type passage struct {
	Title, Hint string
	Wordings    []wording
}

type wordsPage struct {
	draft
	Owed     bool
	Passages []passage
}

// passages lists what readers can be told of a draft: the words for all of it,
// then for each section that a notice names.
func (v draft) passages(words *policy.Changes) []passage {
	locales := v.folder.Resolve(v.Version).Locales
	var out []passage
	add := func(title, hint string, path ...string) {
		p := passage{Title: title, Hint: hint}
		for _, l := range locales {
			x := wording{Path: append(slices.Clone(path), l), Label: title, Source: l == v.folder.Source(v.Version)}
			x.Now = v.said(words, x.Path)
			x.Typed = x.Now
			p.Wordings = append(p.Wordings, x)
		}
		out = append(out, p)
	}
	for _, key := range []string{"summary", "why", "choices"} {
		add(say("words-"+key), say("hint-"+key), key)
	}
	for _, id := range v.Changes.Sections() {
		if m := matterOf(v.Changes, id, nil); m.Verdict.Owed() {
			add(m.Heading, say("hint-section", "section", id), "sections", id)
		}
	}
	return out
}

// text returns the text of a path without its locale.
func text(words *policy.Changes, path []string) policy.Localised {
	switch path[0] {
	case "summary":
		return words.Summary
	case "why":
		return words.Why
	case "choices":
		return words.Choices
	}
	l, _ := words.Sections.Get(path[1])
	return l
}

// said returns what changes.yaml says at a path. A text that is written once
// for all locales is the source locale's.
func (v draft) said(words *policy.Changes, path []string) string {
	l, locale := text(words, path), path[len(path)-1]
	if s, ok := l[locale]; ok || locale != v.folder.Source(v.Version) {
		return clean(s)
	}
	return clean(l[""])
}

// clean is a text as browsers send it, without the blanks around it.
func clean(s string) string {
	return strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n"))
}

func (d *Desk) words(w http.ResponseWriter, r *http.Request) {
	v, ok := d.draft(w, r, "words")
	if !ok {
		return
	}
	words, ps := v.folder.Changes(v.Version)
	if ps.Err() != nil {
		d.broken(w, r, ps.Errors())
		return
	}
	if r.URL.Query().Has("saved") {
		v.Said = say("saved", "file", v.Version.ChangesFile())
	}
	d.show(w, http.StatusOK, "words.html", wordsPage{draft: v, Owed: v.Changes.Verdict.Owed(), Passages: v.passages(words)})
}

// amend writes the words that were typed, if they replace what their writer saw.
func (d *Desk) amend(w http.ResponseWriter, r *http.Request) {
	v, ok := d.draft(w, r, "words")
	if !ok {
		return
	}
	var passages []passage
	err := d.Office.Amend(r.Context(), v.Ref, func(data []byte) ([]byte, error) {
		words, err := readWords(v.Version.ChangesFile(), data)
		if err != nil {
			return nil, err
		}
		passages = v.passages(words)
		if fill(passages, r) {
			return nil, &Refusal{Reasons: []string{say("words-stale")}, Changed: true}
		}
		return v.write(data, passages)
	})
	if err == nil {
		http.Redirect(w, r, v.Path("words")+"?saved", http.StatusSeeOther)
		return
	}
	var status int
	v.Refused, status = reasons(err)
	d.show(w, status, "words.html", wordsPage{draft: v, Owed: v.Changes.Verdict.Owed(), Passages: passages})
}

// fill takes what was typed into the passages. It reports whether a text that
// was edited is another one now than its writer saw.
func fill(passages []passage, r *http.Request) (stale bool) {
	for _, p := range passages {
		for i := range p.Wordings {
			x := &p.Wordings[i]
			typed, was := clean(r.PostForm.Get("now|"+x.Field())), clean(r.PostForm.Get("was|"+x.Field()))
			if !r.PostForm.Has("now|"+x.Field()) || typed == was {
				continue // not edited
			}
			x.Typed = typed
			x.Stale = x.Now != was && x.Now != typed
			stale = stale || x.Stale
		}
	}
	return stale
}

// write puts the texts that differ into a file.
func (v draft) write(data []byte, passages []passage) ([]byte, error) {
	for _, p := range passages {
		for _, x := range p.Wordings {
			if x.Typed == x.Now {
				continue
			}
			words, err := readWords(v.Version.ChangesFile(), data)
			if err == nil {
				data, err = v.put(data, words, x)
			}
			if err != nil {
				return nil, &Refusal{Reasons: []string{v.Version.ChangesFile() + ": " + err.Error()}}
			}
		}
	}
	return data, nil
}

// put writes one text. Where one text stands for all locales, it becomes the
// source locale's as soon as there is another.
func (v draft) put(data []byte, words *policy.Changes, x wording) ([]byte, error) {
	single, ok := text(words, x.Path)[""]
	above, src := x.Path[:len(x.Path)-1], v.folder.Source(v.Version)
	switch {
	case !ok:
		return source.SetText(data, x.Typed, x.Path...)
	case x.Locale() == src:
		return source.SetText(data, x.Typed, above...)
	}
	return source.SetTexts(data, source.Map[string]{{Key: src, Value: single}, {Key: x.Locale(), Value: x.Typed}}, above...)
}

func readWords(file string, data []byte) (*policy.Changes, error) {
	words, ps := &policy.Changes{}, source.Problems{}
	source.Decode(file, data, words, &ps)
	if err := ps.Err(); err != nil {
		return nil, &Refusal{Reasons: strings.Split(err.Error(), "\n")}
	}
	return words, nil
}
