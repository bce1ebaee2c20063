package redline

import (
	"slices"
	"strconv"
	"strings"

	"proviso/text"
)

// enumerator returns the length of the number or letter in front of a text,
// with the blank behind it: "4. ", "4.1 ", "(a) ", "iv) ", "Section 4: ". It is
// 0 if there is none. A plain number or a year is part of the text.
func enumerator(s string) int {
	i := 0
	open := strings.HasPrefix(s, "(")
	if open {
		i = 1
	}
	from := i
	for i < len(s) && i < from+12 && (digit(s[i]) || letter(s[i]) || s[i] == '.' && i > from && i+1 < len(s) && s[i+1] != ' ') {
		i++
	}
	name := s[from:i]
	if !ordinal(name) || i >= len(s) {
		return 0
	}
	dotted := strings.IndexByte(name, '.') > 0
	switch {
	case s[i] == ')', s[i] == '.' && !open:
		i++
	case s[i] == ' ' && dotted && !open && i+1 < len(s) && (s[i+1] >= 'A' && s[i+1] <= 'Z' || s[i+1] >= 0x80):
	default:
		return 0
	}
	if i >= len(s) || s[i] != ' ' {
		return 0
	}
	return i + 1
}

// ordinal reports whether name is one to three digits, a letter, a Roman
// number, or several of these with dots between.
func ordinal(name string) bool {
	for part := range strings.SplitSeq(name, ".") {
		switch n := len(part); {
		case n == 0 || n > 6:
			return false
		case digit(part[0]):
			if n > 3 || strings.Trim(part, "0123456789") != "" {
				return false
			}
		case n > 1 && strings.Trim(part, "ivxl") != "" && strings.Trim(part, "IVXL") != "":
			return false
		}
	}
	return name != ""
}

func digit(c byte) bool  { return '0' <= c && c <= '9' }
func letter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// referring are the words that a reference to a part of the same text begins
// with. Where the headings themselves bear one of referringIf, so do references;
// elsewhere "Article 6" is more likely to be in a law.
var (
	referring = set("section sections sec clause clauses heading headings abschnitt abschnitte abschnitten abschnitts " +
		"ziffer ziffern punkt punkte punkten kapitel sección secciones apartado apartados cláusula cláusulas sezione sezioni " +
		"sectie secties clausule seção seções secção secções rubrique rubriques")
	referringIf = set("article articles art paragraph paragraphs para paras part parts chapter chapters annex schedule appendix point " +
		"points item items artikel absatz absätze nummer nr anhang anlage teil paragraphe alinéa chapitre annexe artículo artículos " +
		"párrafo capítulo anexo articolo articoli paragrafo punto capitolo allegato paragraaf hoofdstuk bijlage artigo parágrafo § §§")
	between = set("and or to through until und oder bis et ou à y o e en of tot a , & - – —")
	foreign = set("of der des dem du de la del della dei degli van do da")
	own     = set("this these our dieser dieses unserer ce cette ces notre este esta estos nuestra questa questo nostra deze onze")
)

func set(words string) map[string]bool {
	out := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		out[w] = true
	}
	return out
}

// numbered returns the number in front of a leaf: where it begins and ends. In
// a heading it may follow a word such as "Article".
func (l *Leaf) numbered() (from, to int) {
	if n := enumerator(l.Text); n > 0 {
		return 0, len(strings.TrimRight(l.Text[:n], " "))
	}
	word, rest, ok := strings.Cut(l.Text, " ")
	if w := strings.ToLower(word); l.Heading() && ok && (referring[w] || referringIf[w]) {
		end := 0
		for end < len(rest) && (digit(rest[end]) || letter(rest[end]) || rest[end] == '.' && end+1 < len(rest) && rest[end+1] != ' ') {
			end++
		}
		if ordinal(rest[:end]) {
			return len(word) + 1, len(word) + 1 + end
		}
	}
	return 0, 0
}

// shifts are the numbers that changed with what they number: from old to new.
type shifts struct {
	to    map[string]string
	words map[string]bool // "article", if headings are numbered so
}

// shifted collects the numbers in front of headings, and of paragraphs where
// they name the section too ("4.2"); a plain "2." may stand in every list.
func shifted(blocks []*Block) shifts {
	s := shifts{map[string]string{}, map[string]bool{}}
	for _, b := range blocks {
		for _, r := range b.Runs {
			if r.Op == Renumbered && (b.New.Heading() || strings.Contains(bare(r.Old), ".")) {
				s.to[bare(r.Old)] = bare(r.New)
			}
		}
		if b.New != nil && b.New.Heading() {
			if from, _ := b.New.numbered(); from > 0 {
				s.words[strings.ToLower(strings.TrimSpace(b.New.Text[:from]))] = true
			}
		}
	}
	return s
}

func bare(number string) string { return strings.Trim(number, "(). ") }

// of returns what became of a number: "4" was renumbered to "5", so "4.2" to "5.2".
func (s shifts) of(number string) (string, bool) {
	if to, ok := s.to[number]; ok {
		return to, true
	}
	if i := strings.LastIndexByte(number, '.'); i > 0 {
		to, ok := s.of(number[:i])
		return to + number[i:], ok
	}
	return "", false
}

// references folds into notes the references to what was renumbered.
func (s shifts) references(b *Block) {
	if b.New == nil || len(s.to) == 0 {
		return
	}
	at := 0
	for i := 0; i+1 < len(b.Runs); i++ {
		r, next := b.Runs[i], b.Runs[i+1]
		if r.Op == Deleted && next.Op == Inserted {
			if to, ok := s.of(r.Old); ok && to == next.New && s.refers(b.NewText(), at, at+len(to)) {
				b.own()
				b.Runs[i] = Run{Op: Renumbered, Old: r.Old, New: next.New}
				b.Runs = slices.Delete(b.Runs, i+1, i+2)
			}
		}
		at += len(b.Runs[i].New)
	}
}

// refers reports whether the number at from in a text refers to a part of the
// same text: "section 4", "sections 4 and 5", not "4 days" nor "section 4 of the Act".
func (s shifts) refers(words string, from, to int) bool {
	before := Tokens(words[:from])
	i := len(before) - 1
	for i >= 0 && len(before)-i < 8 && (between[before[i].Key] || ordinal(before[i].Key) && digit(before[i].Key[0])) {
		i--
	}
	if i < 0 {
		return false
	}
	w := strings.ToLower(strings.TrimRight(before[i].Key, "."))
	if w == "." && i > 0 {
		w = strings.ToLower(before[i-1].Key) // "sec. 4"
	}
	if !referring[w] && !(referringIf[w] && s.words[w]) {
		return false
	}
	after := Tokens(words[to:min(len(words), to+60)])
	if len(after) == 0 {
		return true
	}
	if foreign[after[0].Key] {
		return len(after) > 1 && own[strings.ToLower(after[1].Key)]
	}
	first := after[0].Key
	return !after[0].Word || first == strings.ToLower(first)
}

// notes lists what was renumbered, list items too.
func notes(blocks []*Block) []Renumbering {
	var out []Renumbering
	for _, b := range blocks {
		for _, r := range b.Runs {
			if r.Op == Renumbered {
				out = append(out, Renumbering{From: r.Old, To: r.New, Old: b.Old, New: b.New})
			}
		}
		if b.Old == nil || b.New == nil || b.Fate == MovedFrom || b.Fate == MovedTo {
			continue
		}
		from, to := b.Old.item(), b.New.item()
		if from != to && from > 0 && to > 0 {
			out = append(out, Renumbering{strconv.Itoa(from) + ".", strconv.Itoa(to) + ".", b.Old, b.New, true})
		}
	}
	return out
}

// item returns the number of the list item that the leaf begins, or 0.
func (l *Leaf) item() int {
	if n := len(l.Path); n > 0 && l.Path[n-1].Ordinal > 0 {
		if c := l.Path[n-1]; c.Block.Kind == text.Item && (len(c.Block.Children) == 0 || c.Block.Children[0] == l.Block) {
			return c.Ordinal
		}
	}
	return 0
}
