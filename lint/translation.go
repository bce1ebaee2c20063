package lint

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"proviso/lint/reading"
	"proviso/lint/rule"
	"proviso/policy"
	"proviso/source"
	"proviso/text"
)

// translations compares each translation of a version with its source, section
// by section, and both with the version before.
func translations(f *policy.Folder, v *policy.Version, docs map[string]*text.Document) (out []rule.Finding) {
	locale := f.Source(v)
	var old map[string]*text.Document
	if before := f.Before(v); before != nil {
		old, _ = f.Texts(before)
	}
	for _, l := range v.Locales {
		doc := docs[l]
		if l == locale || doc == nil {
			continue
		}
		for _, s := range docs[locale].Sections {
			if mine := doc.Section(s.ID); mine != nil {
				out = append(out, differs(s, mine)...)
				out = append(out, leftBehind(s, mine, section(old[locale], s.ID), section(old[l], s.ID))...)
			}
		}
	}
	return out
}

func section(doc *text.Document, id string) *text.Section {
	if doc == nil {
		return nil
	}
	return doc.Section(id)
}

// differs says where a translated section and its source do not say as much.
func differs(src, mine *text.Section) (out []rule.Finding) {
	warn := func(pos source.Position, hint, format string, args ...any) {
		out = append(out, rule.Find(pos, mine.ID, "translation-differs", hint, fmt.Sprintf(format, args...)))
	}
	theirs, ours := leaves(src.Blocks), leaves(mine.Blocks)
	if len(theirs) != len(ours) {
		warn(mine.Pos, "translate block by block", "section %q has %d paragraphs, items and cells, and the source %d", mine.ID, len(ours), len(theirs))
		return out
	}
	for i := range theirs {
		a, b := theirs[i], ours[i]
		if lost, extra := unlike(variablesIn(a), variablesIn(b)); lost != "" || extra != "" {
			warn(b.Pos, "use the variables of the source", "the variables differ from the source's (%s)", lostExtra(lost, extra))
		}
		if lost, extra := unlike(linksIn(a), linksIn(b)); lost != "" || extra != "" {
			warn(b.Pos, "keep the links of the source", "the links differ from the source's (%s)", lostExtra(lost, extra))
		}
		if lost, extra := unlike(numbersIn(a), numbersIn(b)); lost != "" && extra != "" {
			warn(b.Pos, "compare the numbers", "the source has %s here, and this has %s", lost, extra)
		}
	}
	return out
}

func lostExtra(lost, extra string) string {
	var out []string
	if lost != "" {
		out = append(out, "missing "+lost)
	}
	if extra != "" {
		out = append(out, "extra "+extra)
	}
	return strings.Join(out, ", ")
}

// leaves returns the blocks that hold words, in reading order.
func leaves(blocks []*text.Block) (out []*text.Block) {
	for _, b := range blocks {
		switch {
		case b.Children != nil:
			out = append(out, leaves(b.Children)...)
		case b.Kind != text.Rule:
			out = append(out, b)
		}
	}
	return out
}

// unlike returns what of a is missing in b, and what b has beyond a.
func unlike(a, b []string) (lost, extra string) {
	rest := slices.Clone(b)
	var gone []string
	for _, x := range a {
		if i := slices.Index(rest, x); i >= 0 {
			rest = slices.Delete(rest, i, i+1)
		} else {
			gone = append(gone, x)
		}
	}
	return strings.Join(gone, ", "), strings.Join(rest, ", ")
}

func variablesIn(b *text.Block) (out []string) {
	for _, s := range b.Spans {
		if s.Variable != "" && s.Variable != "policy.effective" {
			out = append(out, "{{"+s.Variable+"}}")
		}
	}
	return out
}

// linksIn returns the targets of a block's links. Of a page elsewhere only the
// site counts: it may have an address of its own in each language.
func linksIn(b *text.Block) (out []string) {
	last := ""
	for _, s := range b.Spans {
		if s.Link != "" && s.Link != last {
			out = append(out, elsewhereOnly(s.Link))
		}
		last = s.Link
	}
	return out
}

var web = regexp.MustCompile(`^(?i)https?://(?:[a-z]{2}\.)?([^/?#]+)`)

func elsewhereOnly(link string) string {
	if m := web.FindStringSubmatch(link); m != nil {
		return m[1]
	}
	return link
}

var figures = regexp.MustCompile(`\d+(?:[.,\x{a0}\x{202f}' ]\d{3})*(?:[.,]\d+)?`)

// numbersIn returns the numbers of a block, without what languages write differently.
func numbersIn(b *text.Block) (out []string) {
	for _, n := range figures.FindAllString(clock.ReplaceAllString(text.Words(b.Spans), "$1"), -1) {
		n = strings.TrimLeft(strings.Map(func(r rune) rune {
			if r >= '0' && r <= '9' {
				return r
			}
			return -1
		}, n), "0")
		out = append(out, n)
	}
	return out
}

// clock finds the minutes of full hours.
var clock = regexp.MustCompile(`\b(\d{1,2})[:.]00\b`)

// leftBehind looks for blocks that changed in the source since the version
// before and not in the translation.
func leftBehind(src, mine, oldSrc, oldMine *text.Section) (out []rule.Finding) {
	if oldSrc == nil || oldMine == nil {
		return nil
	}
	theirs, ours := leaves(src.Blocks), leaves(mine.Blocks)
	before, ourBefore := leaves(oldSrc.Blocks), leaves(oldMine.Blocks)
	if len(theirs) != len(ours) || len(before) != len(ourBefore) {
		return nil
	}
	for i := range theirs {
		if holds(before, theirs[i]) || !holds(ourBefore, ours[i]) || little(theirs[i], before) {
			continue
		}
		out = append(out, rule.Find(ours[i].Pos, mine.ID, "translation-stale", "translate the change",
			fmt.Sprintf("the source changed here since the version before (%s), and this did not", theirs[i].Pos)))
	}
	return out
}

// holds reports whether a block with the same letters is among others.
func holds(blocks []*text.Block, b *text.Block) bool {
	key := reading.Letters(text.Words(b.Spans))
	return slices.ContainsFunc(blocks, func(x *text.Block) bool { return reading.Letters(text.Words(x.Spans)) == key })
}

// little reports whether a block differs from one of the others in no more than
// the spelling of a single word, which a translation need not follow.
func little(b *text.Block, others []*text.Block) bool {
	now := strings.Fields(text.Words(b.Spans))
	return slices.ContainsFunc(others, func(x *text.Block) bool {
		was := strings.Fields(text.Words(x.Spans))
		if len(was) != len(now) || len(now) < 4 {
			return false
		}
		n := 0
		for i := range now {
			if reading.Letters(now[i]) == reading.Letters(was[i]) {
				continue
			}
			if n++; n > 1 || !nearly(now[i], was[i]) {
				return false
			}
		}
		return true
	})
}

// nearly reports whether two words differ in at most two letters in one place.
func nearly(a, b string) bool {
	if strings.ContainsAny(a+b, "0123456789") || min(len(a), len(b)) < 5 {
		return false
	}
	i := 0
	for i < min(len(a), len(b)) && a[i] == b[i] {
		i++
	}
	j := 0
	for j < min(len(a), len(b))-i && a[len(a)-1-j] == b[len(b)-1-j] {
		j++
	}
	return max(len(a), len(b))-i-j <= 2
}

// Stale returns where translations of a version were left behind by a change of
// its source, by locale, without what its policy accepts.
func Stale(f *policy.Folder, v *policy.Version) map[string]source.Problems {
	out := map[string]source.Problems{}
	docs, _ := f.Texts(v)
	if docs[f.Source(v)] == nil {
		return out
	}
	for _, x := range translations(f, v, docs) {
		if x.Rule == "translation-stale" && !accepted(v.Policy, x, make([]bool, len(v.Policy.Accept))) {
			locale := strings.TrimSuffix(path.Base(x.File), ".md")
			out[locale] = append(out[locale], x.Problem)
		}
	}
	return out
}
