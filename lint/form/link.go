package form

import (
	"net/url"
	"regexp"
	"strings"

	"proviso/lint/reading"
	"proviso/text"
)

var (
	emptyLink = regexp.MustCompile(`(^|[^!\\])\[([\s\x{a0}.,;:]*)\]\(([^)\s]*)[^)]*\)`)
	webinText = regexp.MustCompile(`\bhttps?://[^\s<>()"”]+`)
)

// links looks at links: that they have words, that the words say where they
// lead, and that they lead there safely.
func links(r *reading.Text) {
	hosts := map[string]string{}
	for _, p := range r.Passages {
		for i := 0; i < len(p.Spans); {
			j := i + 1
			for j < len(p.Spans) && p.Spans[j].Link == p.Spans[i].Link {
				j++
			}
			if p.Spans[i].Link != "" {
				link(r, p, i, j, hosts)
			}
			i = j
		}
		pictures(r, p)
		bareLinks(r, p)
	}
	if r.File == nil {
		return
	}
	for _, m := range emptyLink.FindAllSubmatchIndex(r.File.Prose, -1) {
		words, target := string(r.File.Src[m[4]:m[5]]), reading.Shorten(string(r.File.Src[m[6]:m[7]]), 50)
		if strings.Trim(words, " \u00a0\n") == "" {
			r.WarnAt(m[3], "empty-link", "give it words, or remove it", "a link to %q has no words, so nobody can follow it", target)
		} else {
			r.WarnAt(m[3], "empty-link", "give it words, or remove it", "the only words of a link to %q are %q", target, words)
		}
	}
}

// link looks at the link that the spans from i to j of a passage make.
func link(r *reading.Text, p *reading.Passage, i, j int, hosts map[string]string) {
	words := strings.TrimSpace(text.Words(p.Spans[i:j]))
	target := p.Spans[i].Link
	image := p.Spans[i].Image != ""
	switch {
	case image:
	case r.Lists.Has("links", "", strings.TrimRight(words, ".,: ")):
		r.Warn(p, p.Starts[i], "link-text", "link words that name the page", "the words of a link are only %q", words)
	}
	if strings.HasPrefix(target, "http://") {
		r.Warn(p, p.Starts[i], "insecure-link", "write https://, and look whether the page still stands", "the link leads to %s without encryption", reading.Shorten(target, 50))
	}
	if relative(target) {
		r.Warn(p, p.Starts[i], "relative-link", "write policy:ID, a whole address such as https://…, or a path that begins with /",
			"the link leads to %q, which is no whole address", reading.Shorten(target, 50))
	}
	host(r, p, p.Starts[i], target, hosts)
}

// relative reports whether a target depends on the address of the page it stands on.
func relative(target string) bool {
	u, err := url.Parse(target)
	return err == nil && u.Scheme == "" && u.Host == "" && u.Path != "" && u.Path[0] != '/' && !strings.Contains(target, "{{")
}

// pictures looks for pictures that pages do not show.
func pictures(r *reading.Text, p *reading.Passage) {
	for i, s := range p.Spans {
		if u, err := url.Parse(s.Image); err == nil && (u.Host != "" || relative(s.Image)) {
			r.Warn(p, p.Starts[i], "unseen-picture", "say in words what it shows, or put it on the site and write a path that begins with /",
				"the picture %q is not shown", reading.Shorten(s.Image, 50))
		}
	}
}

// host warns of a site that is linked with and without www.
func host(r *reading.Text, p *reading.Passage, at int, target string, hosts map[string]string) {
	u, err := url.Parse(target)
	if err != nil || u.Host == "" {
		return
	}
	name := strings.TrimPrefix(u.Host, "www.")
	first, ok := hosts[name]
	if !ok {
		hosts[name] = u.Host
	} else if first != u.Host && first != "" {
		hosts[name] = "" // once is enough
		r.Warn(p, at, "link-host", "write one of them throughout", "the site is linked as %s here and as %s elsewhere", u.Host, first)
	}
}

// bareLinks looks for addresses that stand in the text and are no links.
func bareLinks(r *reading.Text, p *reading.Passage) {
	if strings.Contains(p.Words, "{{") {
		return
	}
	for _, m := range webinText.FindAllStringSubmatchIndex(p.Words, -1) {
		s := p.Spans[p.Span(m[0])]
		if s.Link == "" && s.Marks&text.CodeSpan == 0 && !strings.HasSuffix(p.Words[:m[0]], "](") {
			r.Warn(p, m[0], "bare-link", "write <https://…>, or link words that name the page", "an address stands in the text and is no link")
		}
	}
}

// lostLinks looks for words that must have been a link.
func lostLinks(r *reading.Text) {
	if r.Lists == nil {
		return
	}
	for _, p := range r.Passages {
		if p.Heading() {
			continue
		}
		for _, m := range r.Lists.All("lost", "", p.Words) {
			if !p.Linked(m.At[0], m.At[1]) {
				r.Warn(p, m.At[0], "lost-link", "link it, or name the page", "%s: %q", m.Note, reading.Shorten(p.Words[m.At[0]:m.At[1]], 40))
			}
		}
	}
}
