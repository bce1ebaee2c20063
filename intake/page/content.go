package page

import (
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// dropUnseen takes out what readers do not see: scripts, styles, comments, and
// what is hidden.
func (p *Page) dropUnseen(body *html.Node) {
	walk(body, func(n *html.Node) bool {
		switch {
		case n.Type == html.CommentNode, n.Type == html.ElementNode && unseen(n):
			remove(n)
			return false
		}
		return true
	})
}

func unseen(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Script, atom.Style, atom.Noscript, atom.Template, atom.Svg, atom.Iframe, atom.Object, atom.Embed, atom.Canvas,
		atom.Video, atom.Audio, atom.Link, atom.Meta, atom.Button, atom.Input, atom.Select, atom.Textarea, atom.Dialog, atom.Map:
		return true
	case atom.Body:
		return false
	}
	style := strings.ReplaceAll(strings.ToLower(attr(n, "style")), " ", "")
	return has(n, "hidden") && attr(n, "hidden") != "until-found" || attr(n, "aria-hidden") == "true" && !strings.Contains(attr(n, "class"), "__cf_email__") ||
		strings.Contains(style, "display:none") || strings.Contains(style, "visibility:hidden")
}

// What stands around a text by its role, its id or its classes. Words such as
// "cookies" alone are none of them: a policy has sections of that name.
var (
	aroundRoles = []string{"navigation", "banner", "contentinfo", "search", "dialog", "alertdialog", "complementary", "menu", "menubar"}
	aroundNames = regexp.MustCompile(`(?i)^(cookie-?(banner|bar|consent|notice|law|popup|modal|message|overlay|control)\S*|consent-?(banner|bar|popup|modal)\S*|` +
		`onetrust\S*|ot-sdk\S*|cybot\S*|cc-(window|banner|revoke)|cky-\S*|qc-cmp2?\S*|truste\S*|usercentrics\S*|osano-cm\S*|gdpr-?(banner|bar|popup|notice)\S*|` +
		`site-?(header|footer|nav\S*)|global-?(header|footer|nav\S*)|main-?(menu|nav\S*)|navbar\S*|nav-?menu|mega-?menu|off-?canvas\S*|breadcrumbs?|skip-?(link|nav|to-content)\S*|` +
		`sidebar\S*|side-?nav|table-of-contents|toc|share(-?buttons?|bar)?|social(-?(links|share|icons|media-links))?|newsletter\S*|subscribe-?form|` +
		`pagination|back-?to-?top|modal(-dialog)?|popup|related-?(posts|articles)|comments?-?area|print-?only|wm-ipp\S*|donato)$`)
)

func around(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Nav, atom.Aside, atom.Form:
		return true
	case atom.Header, atom.Footer:
		return !within(n, atom.Main, atom.Article, atom.Section)
	case atom.Body, atom.Main, atom.Article, atom.Html:
		return false
	}
	if heading(n) {
		return false
	}
	if slices.Contains(aroundRoles, attr(n, "role")) {
		return true
	}
	for _, name := range append(strings.Fields(attr(n, "class")), attr(n, "id")) {
		if aroundNames.MatchString(name) {
			return true
		}
	}
	return false
}

// dropChrome takes out what stands around the text, unless it holds so much of
// the words that it must be the text itself.
func (p *Page) dropChrome(body *html.Node) {
	total := count(body)
	walk(body, func(n *html.Node) bool {
		if n.Type != html.ElementNode || !around(n) && !menu(n) {
			return true
		}
		here := count(n)
		if 10*here > 4*total {
			return true
		}
		if here > 0 {
			p.repaired("left out: <%s>, which stands around the text", name(n))
		}
		remove(n)
		return false
	})
}

// menu reports whether n is a list or a group of at least eight links and
// nothing that reads like a sentence.
func menu(n *html.Node) bool {
	if n.DataAtom != atom.Ul && n.DataAtom != atom.Div || within(n, atom.Main, atom.Article) {
		return false
	}
	links, linked := 0, 0
	walk(n, func(x *html.Node) bool {
		if x.DataAtom == atom.A {
			links++
			linked += count(x)
			if strings.HasPrefix(attr(x, "href"), "#") {
				links -= 1000 // contents of the page; harmless, and sometimes its only headings
			}
		}
		return true
	})
	return links >= 8 && 10*linked >= 9*count(n)
}

// name names an element as people find it in the page's source.
func name(n *html.Node) string {
	out := n.Data
	if id := attr(n, "id"); id != "" {
		out += " id=" + id
	} else if class := strings.Fields(attr(n, "class")); len(class) > 0 {
		out += " class=" + class[0]
	}
	if role := attr(n, "role"); role != "" {
		out += " role=" + role
	}
	return out
}

// content returns the part of the page that holds the text: the main element or
// the article with most of the words, else the whole body.
func (p *Page) content(body *html.Node) *html.Node {
	total := count(body)
	best, most := body, 0
	for _, n := range all(body, func(n *html.Node) bool {
		return n.DataAtom == atom.Main || n.DataAtom == atom.Article || attr(n, "role") == "main"
	}) {
		if c := count(n); c >= most && 10*c >= 5*total { // an article in main wins where it has nearly all
			if best != body && 10*c < 9*most {
				continue
			}
			best, most = n, c
		}
	}
	if left := total - most; best != body && left > 0 {
		p.repaired("left out: what stands beside <%s>, which holds the text", name(best))
	}
	return best
}
