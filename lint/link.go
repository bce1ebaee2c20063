package lint

import (
	"net/url"
	"regexp"
	"strings"

	"proviso/text"
)

var (
	emptyLink = regexp.MustCompile(`(^|[^!\\])\[([\s\x{a0}.,;:]*)\]\(([^)\s]*)[^)]*\)`)
	webinText = regexp.MustCompile(`\bhttps?://[^\s<>()"”]+`)
)

// links looks at links: that they have words, that the words say where they
// lead, and that they lead there safely.
func links(r *reading) {
	hosts := map[string]string{}
	for _, p := range r.passages {
		for i := 0; i < len(p.spans); {
			j := i + 1
			for j < len(p.spans) && p.spans[j].Link == p.spans[i].Link {
				j++
			}
			if p.spans[i].Link != "" {
				r.link(p, i, j, hosts)
			}
			i = j
		}
		r.pictures(p)
		r.bareLinks(p)
	}
	if r.file == nil {
		return
	}
	for _, m := range emptyLink.FindAllSubmatchIndex(r.file.prose, -1) {
		words, target := string(r.file.src[m[4]:m[5]]), shorten(string(r.file.src[m[6]:m[7]]), 50)
		if strings.Trim(words, " \u00a0\n") == "" {
			r.warnAt(m[3], "empty-link", "give it words, or remove it", "a link to %q has no words, so nobody can follow it", target)
		} else {
			r.warnAt(m[3], "empty-link", "give it words, or remove it", "the only words of a link to %q are %q", target, words)
		}
	}
}

// link looks at the link that the spans from i to j of a passage make.
func (r *reading) link(p *passage, i, j int, hosts map[string]string) {
	words := strings.TrimSpace(text.Words(p.spans[i:j]))
	target := p.spans[i].Link
	image := p.spans[i].Image != ""
	switch {
	case image:
	case r.lists.Has("links", "", strings.TrimRight(words, ".,: ")):
		r.warn(p, p.starts[i], "link-text", "link words that name the page", "the words of a link are only %q", words)
	}
	if strings.HasPrefix(target, "http://") {
		r.warn(p, p.starts[i], "insecure-link", "write https://, and look whether the page still stands", "the link leads to %s without encryption", shorten(target, 50))
	}
	if relative(target) {
		r.warn(p, p.starts[i], "relative-link", "write policy:ID, a whole address such as https://…, or a path that begins with /",
			"the link leads to %q, which is no whole address", shorten(target, 50))
	}
	r.host(p, p.starts[i], target, hosts)
}

// relative reports whether a target depends on the address of the page it stands on.
func relative(target string) bool {
	u, err := url.Parse(target)
	return err == nil && u.Scheme == "" && u.Host == "" && u.Path != "" && u.Path[0] != '/' && !strings.Contains(target, "{{")
}

// pictures looks for pictures that pages do not show.
func (r *reading) pictures(p *passage) {
	for i, s := range p.spans {
		if u, err := url.Parse(s.Image); err == nil && (u.Host != "" || relative(s.Image)) {
			r.warn(p, p.starts[i], "unseen-picture", "say in words what it shows, or put it on the site and write a path that begins with /",
				"the picture %q is not shown", shorten(s.Image, 50))
		}
	}
}

// host warns of a site that is linked with and without www.
func (r *reading) host(p *passage, at int, target string, hosts map[string]string) {
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
		r.warn(p, at, "link-host", "write one of them throughout", "the site is linked as %s here and as %s elsewhere", u.Host, first)
	}
}

// bareLinks looks for addresses that stand in the text and are no links.
func (r *reading) bareLinks(p *passage) {
	if strings.Contains(p.words, "{{") {
		return
	}
	for _, m := range webinText.FindAllStringSubmatchIndex(p.words, -1) {
		s := p.spans[p.span(m[0])]
		if s.Link == "" && s.Marks&text.CodeSpan == 0 && !strings.HasSuffix(p.words[:m[0]], "](") {
			r.warn(p, m[0], "bare-link", "write <https://…>, or link words that name the page", "an address stands in the text and is no link")
		}
	}
}
