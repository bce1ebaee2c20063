package site

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"proviso/source"
)

// A noticed change is announced in notice.json, and by notice.js on any page
// of the company that loads it.
type noticed struct {
	Policy    string               `json:"policy"`
	Version   string               `json:"version"`
	Effective string               `json:"effective"`
	Until     *time.Time           `json:"until,omitempty"` // the instant from which it is no longer news; none while it is held
	First     string               `json:"first"`           // the locale for readers of any other
	In        map[string]noticedIn `json:"in"`              // by locale
}

// A noticedIn is what readers of one locale are told.
type noticedIn struct {
	Title string `json:"title"`
	Text  string `json:"text"`
	Link  string `json:"link"`
	URL   string `json:"url"`
	Label string `json:"label"`
	Close string `json:"close"`
	Dir   string `json:"dir"`
}

// noticesAt stands in notice.js where the announcements go.
const noticesAt = "[/* notices */]"

// notices writes the announcements of a site.
func (b *build) notices(p *plot) {
	if !p.wanted("notice.json") && !p.wanted("notice.js") {
		return
	}
	list := []noticed{}
	for _, s := range p.shelves {
		for _, e := range s.upcoming() {
			if n := s.desk.noticed(s, e); len(n.In) > 0 {
				list = append(list, n)
			}
		}
		s.forget()
	}
	b.put(p, aroundPart, "notice.json", encodeJSON(struct {
		Notices []noticed `json:"notices"`
	}{list}))
	data, err := json.Marshal(list) // with <, > and & written as \u003c, ...
	if err != nil {
		panic(err) // all values are strings and an instant
	}
	b.put(p, aroundPart, "notice.js", bytes.Replace(b.t.script, []byte(noticesAt), ascii(data), 1))
}

// ascii escapes what is not ASCII, because a script without a charset is read
// in the one of the page around it.
func ascii(js []byte) []byte {
	var out []byte
	for _, r := range string(js) {
		if r < utf8.RuneSelf {
			out = append(out, byte(r))
			continue
		}
		for _, u := range utf16.Encode([]rune{r}) {
			out = fmt.Appendf(out, "\\u%04x", u)
		}
	}
	return out
}

// noticed puts an announcement into words, in every locale in which something changes.
func (d *desk) noticed(s *shelf, e *edition) noticed {
	n := noticed{Policy: s.policy.ID, Version: e.v.Name, Effective: e.v.Effective.String(), In: map[string]noticedIn{}}
	if e.state != held {
		until := e.v.Effective.In(e.r.Location()).UTC()
		n.Until = &until
	}
	for _, c := range s.columns {
		if !e.in(c.locale) || !d.news(c, e).Differs {
			continue
		}
		if n.First == "" || c.locale == e.at.Locales[0].Key {
			n.First = c.locale
		}
		p := &Page{Locale: c.locale, words: d.t.wordsIn(c.locale)}
		to, link := e.page(c.locale), p.say("read-upcoming")
		if e.before != nil && !d.o.NoRedlines {
			to, link = e.changes(c.locale), p.say("see-upcoming-changes")
		}
		n.In[c.locale] = noticedIn{Title: e.values(c.locale).Title + ": " + p.say(e.soonWord(), "date", e.v.Effective.Long(c.locale)),
			Text: d.news(c, e).Said.inWords(), Link: link, URL: e.at.URL + string(to),
			Label: p.say("announcement"), Close: p.say("close"), Dir: direction(c.locale)}
	}
	return n
}

// squeezed leaves out remarks and indents, which whoever loads a script pays
// for. Where blanks may be part of words the script stays as it is.
func squeezed(script []byte) []byte {
	if bytes.IndexByte(script, '`') >= 0 {
		return script
	}
	var out []byte
	for line := range bytes.Lines(script) {
		if line = bytes.TrimSpace(line); len(line) > 0 && !bytes.HasPrefix(line, []byte("//")) {
			out = append(append(out, line...), '\n')
		}
	}
	return out
}

// checkScript makes sure that the announcements have their place.
func checkScript(script []byte, ps *source.Problems) {
	if len(script) > 0 && bytes.Count(script, []byte(noticesAt)) != 1 {
		ps.Errorf(source.Position{File: "templates/notice.js"}, "template", "delete the file to get the built-in one back",
			"%q must stand in it once", noticesAt)
	}
}
