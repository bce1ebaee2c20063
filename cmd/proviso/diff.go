package main

import (
	"bytes"
	"fmt"
	"html"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"proviso/change"
	"proviso/docx"
	"proviso/policy"
	"proviso/redline"
	"proviso/site"
	"proviso/source"
	"proviso/text"
)

func (p *program) diff() *cobra.Command {
	var o diffOptions
	cmd := &cobra.Command{
		Use:   "diff POLICY[@VERSION] | OLD.md NEW.md",
		Short: "show what changed, and whether it is material",
		Long: `diff compares the draft of a policy with its newest version; without a draft,
the newest version with the one before; with @VERSION, that version with the
one before it. Two plain files are compared as they are.`,
		Args: cobra.RangeArgs(1, 2),
		RunE: func(_ *cobra.Command, args []string) error {
			write, ok := diffFormats[o.format]
			if !ok {
				return misuse("--format: unknown format %q; write text, json, html or docx", o.format)
			}
			d, err := p.compare(args, o)
			if err != nil {
				return err
			}
			d.sides = o.sides
			var b bytes.Buffer
			if err := write(p, &b, d); err != nil {
				return no("%v", err)
			}
			return p.output(o.file, b.Bytes())
		},
	}
	cmd.Flags().StringVar(&o.from, "from", "", "compare with this `version` instead")
	cmd.Flags().StringVar(&o.format, "format", "text", "text, json, html or docx")
	cmd.Flags().StringVarP(&o.file, "output", "o", "", "write to this `file`")
	cmd.Flags().StringVar(&o.site, "site", "", "as this `domain` shows it")
	cmd.Flags().BoolVar(&o.sides, "sides", false, "with html: the old text beside the new one")
	cmd.Flags().StringVar(&o.locale, "locale", "", "in this `locale` (the source locale if left out)")
	return cmd
}

type diffOptions struct {
	from, format, file, site, locale string
	sides                            bool
}

// A difference is what diff shows.
type difference struct {
	title        string
	locale       string
	author       string
	date         time.Time // of tracked changes; zero: none
	changes      *change.Comparison
	older, newer *text.Document
	sides        bool // the texts stand beside each other
}

func (d *difference) redline() *redline.Redline { return redline.Compare(d.older, d.newer) }

var diffFormats = map[string]func(*program, io.Writer, *difference) error{
	"text": (*program).diffText,
	"json": func(_ *program, w io.Writer, d *difference) error { return writeJSON(w, d.changes) },
	"html": (*program).diffHTML,
	"docx": func(_ *program, w io.Writer, d *difference) error {
		return docx.Write(w, d.redline(), docx.Options{Title: d.title, Author: d.author, Date: d.date, Lang: d.locale})
	},
}

func (p *program) compare(args []string, o diffOptions) (*difference, error) {
	if len(args) == 2 {
		return p.compareFiles(args[0], args[1], o)
	}
	f, err := p.open()
	if err != nil {
		return nil, err
	}
	v, err := f.Version(args[0])
	if err != nil {
		return nil, misuse("%v", err)
	}
	before := f.Before(v)
	if o.from != "" {
		if before, err = f.Version(v.Policy.ID + "@" + o.from); err != nil {
			return nil, misuse("--from: %v", err)
		}
	}
	return p.compareVersions(f, before, v, o)
}

// compareVersions compares two versions, over all sites or as one shows them.
func (p *program) compareVersions(f *policy.Folder, before, v *policy.Version, o diffOptions) (*difference, error) {
	if _, ok := f.Resolve(v).Sites.Get(o.site); o.site != "" && !ok {
		return nil, misuse("--site: %s does not stand on %q; %s", v.ID(), o.site, source.Suggest(o.site, f.Resolve(v).Sites.Keys()))
	}
	if o.locale == "" {
		o.locale = f.Source(v)
	} else if locales := f.Resolve(v).Locales; !slices.Contains(locales, o.locale) {
		return nil, misuse("--locale: there is no locale %q; %s", o.locale, source.Suggest(o.locale, locales))
	}
	d := &difference{title: v.ID(), locale: o.locale, author: f.Organisation.Name.In(o.locale, f.Organisation.Locales...), date: p.today(f).In(time.UTC)}
	if v.Sealed != nil {
		d.date = v.Sealed.Released.In(time.UTC)
	}
	var ps source.Problems
	switch {
	case o.site == "" && o.locale == f.Source(v):
		d.changes, ps = change.Versions(f, before, v)
	default:
		site := o.site
		if site == "" {
			site = f.Resolve(v).Sites[0].Key
		}
		d.changes, ps = change.VersionsIn(f, before, v, o.locale, site)
	}
	if err := p.refuse(ps); err != nil {
		return nil, err
	}
	if d.newer, ps = f.Document(v, o.site, o.locale); ps.Err() != nil {
		return nil, p.refuse(ps)
	}
	d.older = d.newer // a first version differs from nothing
	if before != nil {
		d.title = before.ID() + " → " + v.ID()
		d.older, ps = f.Document(before, o.site, o.locale)
	}
	if err := p.refuse(ps); err != nil {
		return nil, err
	}
	d.changes.Stats = change.Stats(d.redline().Stats) // of what the redline shows, with the tables of practices
	return d, nil
}

// compareFiles compares two plain files, which need no organisation.
func (p *program) compareFiles(old, new string, o diffOptions) (*difference, error) {
	if o.from != "" || o.site != "" {
		return nil, misuse("two files have no versions and no sites")
	}
	older, err := p.plain(old)
	if err != nil {
		return nil, err
	}
	newer, err := p.plain(new)
	if err != nil {
		return nil, err
	}
	c := change.Texts(older, newer, change.Options{Locale: o.locale, Old: old, New: new})
	return &difference{title: old + " → " + new, locale: o.locale, changes: c, older: older, newer: newer}, nil
}

// plain reads a file as it is.
func (p *program) plain(name string) (*text.Document, error) {
	file := name
	if !filepath.IsAbs(file) {
		file = p.path(file)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, misuse("%v", err)
	}
	doc, ps := text.Parse(name, data, text.Options{Plain: true})
	if err := ps.Err(); err != nil {
		return nil, misuse("%v", err)
	}
	return doc, nil
}

// output writes a result to a file, or to standard output.
func (p *program) output(file string, data []byte) error {
	if file == "" {
		_, err := p.stdout.Write(data)
		return err
	}
	if !filepath.IsAbs(file) {
		file = p.path(file)
	}
	if err := writeFile(file, data); err != nil {
		return no("%v", err)
	}
	return nil
}

// diffText lists the changes, gravest reasons first, and shows the redline.
func (p *program) diffText(w io.Writer, d *difference) error {
	c := d.changes
	fmt.Fprintf(w, "%s\nverdict %s: %s deleted, %d inserted, %s\n", d.title, c.Verdict, count(c.Stats.Deleted, "word"), c.Stats.Inserted, count(len(c.Changes), "change"))
	for _, x := range c.Changes {
		fmt.Fprintf(w, "\n%-9s  %s  %s%s\n", x.Verdict, x.Section, x.Kind, scopeWords(x))
		for _, r := range x.Reasons {
			fmt.Fprintf(w, "           %s: %s%s\n", r.Rule, r.Text, parenthesis(r.Source))
		}
		if x.Decision != nil {
			fmt.Fprintf(w, "           decided by %s on %s: %s (rules: %s)\n", x.Decision.By, x.Decision.On, x.Decision.Reason, x.RuleVerdict)
		}
	}
	if len(c.Changes) == 0 {
		return nil
	}
	_, noColour := p.env("NO_COLOR")
	_, err := fmt.Fprintf(w, "\n%s", d.redline().Text(redline.Screen{Colour: !noColour && p.terminal(p.stdout), Context: 12, Labels: redline.English()}))
	return err
}

func scopeWords(x change.Change) string {
	var s string
	if len(x.Products) > 0 {
		s += "  products: " + strings.Join(x.Products, " ")
	}
	if len(x.Sites) > 0 {
		s += "  sites: " + strings.Join(x.Sites, " ")
	}
	return s
}

func parenthesis(s string) string {
	if s == "" {
		return ""
	}
	return " (" + s + ")"
}

// diffHTML writes a page that stands alone: the list of changes, then the redline.
func (p *program) diffHTML(w io.Writer, d *difference) error {
	style, err := p.stylesheet()
	if err != nil {
		return err
	}
	var b bytes.Buffer
	lang := d.locale
	if lang == "" {
		lang = "en"
	}
	fmt.Fprintf(&b, "<!doctype html>\n<html lang=\"%s\">\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n<title>%s</title>\n<style>\n%s</style>\n",
		html.EscapeString(lang), html.EscapeString(d.title), style)
	fmt.Fprintf(&b, "<main class=\"alone\">\n<h1>%s</h1>\n<p>Verdict: <strong>%s</strong>. %s deleted, %d inserted.</p>\n<ol class=\"changes\">\n",
		html.EscapeString(d.title), d.changes.Verdict, count(d.changes.Stats.Deleted, "word"), d.changes.Stats.Inserted)
	r, anchors := d.redline(), map[*redline.Block]string{}
	for i, x := range d.changes.Changes {
		id := "c" + strconv.Itoa(i+1)
		line := html.EscapeString(x.Line())
		if at := x.Block(r); at != nil && anchors[at] == "" {
			anchors[at] = id
			line = fmt.Sprintf(`<a href="#%s">%s</a>`, id, line)
		}
		fmt.Fprintf(&b, "<li><strong>%s</strong> %s</li>\n", x.Verdict, line)
	}
	b.WriteString("</ol>\n")
	labels, err := site.Labels(p.templates(), lang)
	if err != nil {
		return err
	}
	options := redline.Options{Labels: labels, Anchor: func(x *redline.Block) string { return anchors[x] }}
	if d.sides {
		r.WriteSides(&b, options)
	} else {
		r.WriteHTML(&b, options)
	}
	b.WriteString("</main>\n</html>\n")
	_, err = w.Write(b.Bytes())
	return err
}
