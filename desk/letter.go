package desk

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"proviso/account"
	"proviso/courier"
	"proviso/mailbox"
	"proviso/notify"
	"proviso/policy"
)

// A readership is who reads the same mail: holders with these products on
// these sites, in a locale.
type readership struct {
	Products []string
	All      bool // whatever their products
	Site     string
	Locale   string
}

// query is the readership as part of an address.
func (a readership) query() string {
	q := url.Values{"locale": {a.Locale}, "product": a.Products}
	if a.Site != "" {
		q.Set("site", a.Site)
	}
	if a.All {
		q.Set("all", "yes")
	}
	return q.Encode()
}

func (a readership) holder() account.Holder {
	h := account.Holder{ID: "preview:1", Email: "holder@example.com", Name: say("somebody"), Locale: a.Locale, Products: a.Products, Scoped: !a.All}
	if a.Site != "" {
		h.Sites = []string{a.Site}
	}
	return h
}

// A reading is one mail among all that a notice makes.
type reading struct {
	Who      string
	Sites    []string
	Sections []string
	Address  string
	Chosen   bool
}

type mailPage struct {
	draft
	Date     policy.Date
	Deadline policy.Date
	Asked    readership
	Products []string
	Sites    []string
	Locales  []string
	Readings []reading
	Nobody   bool // who was asked for reads nothing
	From     string
	ReplyTo  string
	Subject  string
	Text     string
	Attached []attached
	Letter   string // address of the HTML
}

type attached struct{ Name, Text string }

// Has reports whether a product is asked for.
func (p mailPage) Has(product string) bool { return slices.Contains(p.Asked.Products, product) }

// address is one of the draft's pages for a readership.
func (p mailPage) address(tab string, a readership) string {
	return p.Path(tab) + "?" + a.query() + "&effective=" + p.Date.String()
}

func (d *Desk) mail(w http.ResponseWriter, r *http.Request) {
	v, ok := d.draft(w, r, "mail")
	if !ok {
		return
	}
	res := v.folder.Resolve(v.Version)
	data := mailPage{draft: v, Products: res.Products.Keys(), Sites: res.Sites.Keys(), Locales: res.Locales}
	data.Asked = asked(r, &data)
	data.Date, _ = policy.ParseDate(r.URL.Query().Get("effective"))
	notices, writer, err := d.Office.Notices(r.Context(), v.Ref, data.Date)
	if err != nil {
		data.Refused, _ = reasons(err)
		d.show(w, http.StatusOK, "mail.html", data)
		return
	}
	data.Date, data.Deadline = notices[0].Effective(), notices[0].Deadline()
	data.Readings = readings(notices, data.Asked, data)
	mail, err := compose(notices, writer, data.Asked)
	switch {
	case err != nil:
		data.Refused, _ = reasons(err)
	case mail == nil:
		data.Nobody = true
	default:
		data.fill(mail)
	}
	d.show(w, http.StatusOK, "mail.html", data)
}

// asked reads a readership from an address; nothing asked is everyone.
func asked(r *http.Request, p *mailPage) readership {
	q := r.URL.Query()
	a := readership{Locale: chosen(r, "locale", p.Locales)}
	if slices.Contains(p.Sites, q.Get("site")) {
		a.Site = q.Get("site")
	}
	for _, x := range p.Products {
		if slices.Contains(q["product"], x) {
			a.Products = append(a.Products, x)
		}
	}
	a.All = len(a.Products) == 0
	return a
}

// readings lists the mails that differ: for holders of each product and of
// all, everywhere and on each site.
func readings(notices []*notify.Notice, asked readership, p mailPage) []reading {
	var out []reading
	seen := map[string]bool{}
	for _, site := range append([]string{""}, p.Sites...) {
		for _, product := range append([]string{""}, p.Products...) {
			a := readership{Site: site, Locale: asked.Locale, All: product == ""}
			who := say("everyone")
			if product != "" {
				a.Products, who = []string{product}, say("holders-of", "product", product)
			}
			if site != "" {
				who = say("on-site", "who", who, "site", site)
			}
			for _, n := range notices {
				v, ok := n.For(a.holder())
				if !ok || seen[keyOf(n, v)] {
					continue
				}
				seen[keyOf(n, v)] = true
				out = append(out, reading{Who: who, Sites: v.Sites, Sections: sections(n, v), Address: p.address("mail", a), Chosen: a.query() == asked.query()})
			}
		}
	}
	return out
}

func keyOf(n *notify.Notice, v *notify.Variant) string {
	return n.ID + strings.Join(v.Sites, " ") + "|" + strings.Join(sections(n, v), " ")
}

// sections returns the headings of the changes that a variant tells of, each once.
func sections(n *notify.Notice, v *notify.Variant) []string {
	var out []string
	for _, x := range v.Seen {
		s := n.Subjects[x.Subject]
		c := s.Comparisons[s.Resolution.Locales[0]].Changes[x.Change]
		h := c.Heading
		if h == "" {
			h = c.Section
		}
		if !slices.Contains(out, h) {
			out = append(out, h)
		}
	}
	return out
}

// compose writes the mail as it would be sent, and reads it as it would
// arrive; nil: nothing is sent.
func compose(notices []*notify.Notice, writer notify.Writer, a readership) (*mailbox.Reading, error) {
	for _, n := range notices {
		h := a.holder()
		v, ok := n.For(h)
		if !ok {
			continue
		}
		c, err := writer.Compose(n, v)
		if err != nil {
			return nil, &Refusal{Reasons: []string{err.Error()}}
		}
		m := mailbox.Message{To: h.Email, Data: c.Skeleton.For(courier.Recipient{Name: h.Name, Address: h.Email, MessageID: "preview@proviso.invalid", Date: time.Time{}})}
		r, err := m.Read()
		return &r, err
	}
	return nil, nil
}

func (p *mailPage) fill(m *mailbox.Reading) {
	p.From, p.ReplyTo, p.Subject, p.Text = m.Get("From"), m.Get("Reply-To"), m.Get("Subject"), m.Text
	p.Letter = p.address("letter", p.Asked)
	for name, words := range m.Attachments {
		p.Attached = append(p.Attached, attached{name, words})
	}
	slices.SortFunc(p.Attached, func(a, b attached) int { return strings.Compare(a.Name, b.Name) })
}

// letter answers with the HTML of a mail, which may show itself and nothing else.
func (d *Desk) letter(w http.ResponseWriter, r *http.Request) {
	v, ok := d.draft(w, r, "mail")
	if !ok {
		return
	}
	res := v.folder.Resolve(v.Version)
	date, _ := policy.ParseDate(r.URL.Query().Get("effective"))
	notices, writer, err := d.Office.Notices(r.Context(), v.Ref, date)
	var m *mailbox.Reading
	if err == nil {
		m, err = compose(notices, writer, asked(r, &mailPage{Products: res.Products.Keys(), Sites: res.Sites.Keys(), Locales: res.Locales}))
	}
	switch {
	case err != nil:
		why, status := reasons(err)
		d.fail(w, r, status, why...)
	case m == nil:
		d.fail(w, r, http.StatusNotFound, say("nobody"))
	default:
		w.Header().Set("Content-Security-Policy", "sandbox; default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'")
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(m.HTML)) // the browser has gone
	}
}
