package notify

import (
	"errors"
	"fmt"
	htmltemplate "html/template"
	"io"
	"io/fs"
	"net/mail"
	"path"
	"slices"
	"strings"
	texttemplate "text/template"
	"unicode/utf8"

	"proviso/account"
	"proviso/courier"
	"proviso/policy"
)

// A Writer writes the mails of notices.
type Writer struct {
	Templates fs.FS  // holds mail/notice.txt and so on
	From      string // sender of sites that have none of their own
	ReplyTo   string // may be empty
	Trial     bool   // the subject says that it is only a test
}

// A Composed mail is ready for the recipients of one variant.
type Composed struct {
	Skeleton *courier.Skeleton
	From     mail.Address
	HTML     int // bytes of its HTML; from courier.LongHTML on a reason for a warning
}

// Compose writes the mail of a variant.
func (w Writer) Compose(n *Notice, v *Variant) (*Composed, error) {
	c, err := w.write(n, v)
	if err != nil {
		return nil, fmt.Errorf("composing the mail of %s for %s in %q: %w", n.ID, v.Sites[0], v.Locale, err)
	}
	return c, nil
}

func (w Writer) write(n *Notice, v *Variant) (*Composed, error) {
	l, err := w.letter(n, v)
	if err != nil {
		return nil, err
	}
	out := courier.Letter{}
	if out.From, err = w.from(n, v.Sites[0]); err != nil {
		return nil, err
	}
	if w.ReplyTo != "" {
		reply, err := mail.ParseAddress(w.ReplyTo)
		if err != nil {
			return nil, fmt.Errorf("mail.reply_to %q: %w", w.ReplyTo, err)
		}
		reply.Address = account.Mailable(reply.Address)
		out.ReplyTo = *reply
	}
	subject, body := "subject", "notice"
	if n.Withdrawn() {
		subject, body = "withdrawn-subject", "withdrawn"
	} else if out.Attachments, err = n.fullTexts(v); err != nil {
		return nil, err
	}
	l.FullText = len(out.Attachments) > 0
	if out.Subject, err = w.render(subject, ".txt", l); err != nil {
		return nil, err
	}
	if out.Text, err = w.render(body, ".txt", l); err != nil {
		return nil, err
	}
	if out.HTML, err = w.render(body, ".html", l); err != nil {
		return nil, err
	}
	out.Subject = strings.Join(strings.Fields(out.Subject), " ")
	if w.Trial {
		out.Subject = "[Test] " + out.Subject
	}
	out.Text = wrap(out.Text)
	skeleton, err := courier.Compose(out)
	return &Composed{skeleton, out.From, len(out.HTML)}, err
}

// render executes a template: the one of the locale, else of all.
func (w Writer) render(name, kind string, l letter) (string, error) {
	file := path.Join("mail", name+"."+l.Locale+kind)
	data, err := fs.ReadFile(w.Templates, file)
	if errors.Is(err, fs.ErrNotExist) {
		file = path.Join("mail", name+kind)
		data, err = fs.ReadFile(w.Templates, file)
	}
	if err != nil {
		return "", err
	}
	var t interface{ Execute(io.Writer, any) error }
	if at := path.Join("templates", file); kind == ".html" {
		t, err = htmltemplate.New(at).Parse(string(data))
	} else {
		t, err = texttemplate.New(at).Parse(string(data))
	}
	if err != nil {
		return "", err
	}
	var b strings.Builder
	err = t.Execute(&b, l)
	return b.String(), err
}

// from returns who writes: the site's sender, else the one of proviso.yaml.
func (w Writer) from(n *Notice, site string) (mail.Address, error) {
	from := w.From
	for _, sub := range n.Subjects {
		if v, ok := sub.Resolution.Sites.Get(site); ok && v.From != "" {
			from = v.From
		}
	}
	if from == "" {
		return mail.Address{}, errors.New("nobody is named as the sender; set mail.from in proviso.yaml")
	}
	a, err := mail.ParseAddress(from)
	if err != nil {
		return mail.Address{}, fmt.Errorf("the sender %q: %w", from, err)
	}
	a.Address = account.Mailable(a.Address)
	return *a, nil
}

// fullTexts returns the new texts for regimes that want a durable medium.
func (n *Notice) fullTexts(v *Variant) (out []courier.Attachment, err error) {
	for i, s := range n.Subjects {
		durable := slices.ContainsFunc(s.Regimes, func(r policy.SealedRegime) bool { return r.Durable })
		if !durable || !slices.ContainsFunc(v.Seen, func(x Item) bool { return x.Subject == i }) {
			continue
		}
		site := s.siteFor(v.Sites)
		full, err := s.FullText(site, v.Locale)
		if err != nil {
			return nil, err
		}
		at, _ := s.Resolution.Sites.Get(site)
		out = append(out, courier.Attachment{Name: path.Base(at.Path) + "-" + s.Version.Name + ".txt", Text: full})
	}
	return out, nil
}

// wrap breaks lines of plain text at blanks; what is indented stays indented.
func wrap(s string) string {
	const width = 76
	var b strings.Builder
	for _, line := range strings.Split(strings.TrimSpace(s), "\n") {
		line = strings.TrimRight(line, " \t\r")
		body := strings.TrimLeft(line, " ")
		indent := strings.Repeat(" ", len(line)-len(body))
		column := len(indent)
		b.WriteString(indent)
		if strings.HasPrefix(body, "- ") {
			indent += "  "
		}
		for i, word := range strings.Split(body, " ") {
			n := utf8.RuneCountInString(word)
			if i > 0 && column+1+n > width {
				b.WriteString("\n" + indent)
				column = len(indent)
			} else if i > 0 {
				b.WriteByte(' ')
				column++
			}
			b.WriteString(word)
			column += n
		}
		b.WriteByte('\n')
	}
	return b.String()
}
