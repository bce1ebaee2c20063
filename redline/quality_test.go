package redline

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"proviso/text"
)

// least counts the words that no alignment in one order could leave unmarked.
func least(old, new []*Leaf) int {
	c := codes{}
	var list [2][]int32
	for side, leaves := range [][]*Leaf{old, new} {
		for _, l := range leaves {
			for _, t := range Tokens(l.Text) {
				if t.Word {
					list[side] = append(list[side], c.code(t.Key))
				}
			}
		}
	}
	n := 0
	for _, s := range align(list[0], list[1]) {
		n += s.deleted + s.inserted
	}
	return n
}

// marked counts words marked, islands, and words in runs of six that are unique
// in each text and shown as deleted and as inserted.
func marked(r *Redline) (words, islands, twice int) {
	grams := [2]map[string]int{{}, {}}
	all := [2]map[string]int{{}, {}}
	each := func(s string, f func(string)) {
		var w []string
		for _, t := range Tokens(s) {
			if t.Word {
				w = append(w, t.Key)
			}
		}
		for i := 0; i+6 <= len(w); i++ {
			f(fmt.Sprint(w[i : i+6]))
		}
	}
	for side, doc := range [][]*Leaf{leaves(r.Old), leaves(r.New)} {
		for _, l := range doc {
			each(l.Text, func(g string) { all[side][g]++ })
		}
	}
	for _, b := range blocksOf(r) {
		for i, run := range b.Runs {
			switch {
			case run.Moved > 0:
			case run.Op == Deleted:
				words += Count(run.Old)
				each(run.Old, func(g string) { grams[0][g]++ })
			case run.Op == Inserted:
				words += Count(run.New)
				each(run.New, func(g string) { grams[1][g]++ })
			case run.Op == Same && i > 0 && i < len(b.Runs)-1 && Count(run.New) <= 2:
				islands++
			}
		}
	}
	for g := range grams[0] {
		if grams[1][g] > 0 && all[0][g] == 1 && all[1][g] == 1 {
			twice++
		}
	}
	return words, islands, twice
}

// Marking stays near what no alignment could leave unmarked, and no unedited
// text is shown both as deleted and as inserted.
func TestQuality(t *testing.T) {
	var sum measure
	for _, p := range pairs(t) {
		for _, d := range []pair{p, {p.name + " back", p.new, p.old}} {
			m := quality(d)
			sum.add(m)
			if m.words > m.least*6/5 {
				t.Errorf("%s: %d words marked, %d would do", d.name, m.words, m.least)
			}
		}
	}
	if 100*sum.words > 115*sum.least {
		t.Errorf("%d words marked, %d would do", sum.words, sum.least)
	}
	if 100*sum.twice > sum.words {
		t.Errorf("%d unedited words of %d marked", sum.twice, sum.words)
	}
}

// measure is how well a pair is marked.
type measure struct{ least, words, islands, twice, git int }

func (m *measure) add(n measure) {
	m.least += n.least
	m.words += n.words
	m.islands += n.islands
	m.twice += n.twice
	m.git += n.git
}

func quality(p pair) measure {
	m := measure{least: least(leaves(p.old), leaves(p.new))}
	m.words, m.islands, m.twice = marked(Compare(p.old, p.new))
	return m
}

// Pairs that differ in markup alone, as the development set says, have no marked word.
func TestMarkupIsNoText(t *testing.T) {
	all := pairs(t)
	file, err := os.Open(filepath.Join(shared(), "materiality", "dev-pairs.jsonl"))
	if err != nil {
		t.Skip("no materiality/dev-pairs.jsonl")
	}
	defer file.Close()
	found := 0
	for lines := json.NewDecoder(file); ; {
		var entry struct{ ID, Why string }
		if err := lines.Decode(&entry); err != nil {
			break
		}
		if !strings.Contains(entry.Why, "same words") && entry.Why != "link targets only" && entry.Why != "one section moved below its neighbour" {
			continue
		}
		for _, p := range all {
			if p.name == entry.ID {
				found++
				if r := Compare(p.old, p.new); r.Stats.Deleted+r.Stats.Inserted > 0 {
					t.Errorf("%s (%s): %+v", p.name, entry.Why, r.Stats)
				}
			}
		}
	}
	if found < 3 {
		t.Errorf("found %d pairs of markup only", found)
	}
}

// A paragraph of a real text that is put elsewhere is found as a move, and nothing else is.
func TestMovesAreFound(t *testing.T) {
	tried := 0
	for _, p := range pairs(t) {
		r := Compare(p.old, withMove(p.old))
		if r.Stats.Deleted+r.Stats.Inserted > 0 {
			t.Errorf("%s: %+v for a move", p.name, r.Stats)
		}
		if r.Stats.MovedBlocks > 1 {
			t.Errorf("%s: %d blocks moved, not one", p.name, r.Stats.MovedBlocks)
		}
		tried += r.Stats.MovedBlocks
	}
	if tried < 20 {
		t.Errorf("only %d moves tried", tried)
	}
}

// withMove copies a text and puts the first long paragraph behind the last section.
func withMove(doc *text.Document) *text.Document {
	out := &text.Document{}
	var moved *text.Block
	for i, s := range doc.Sections {
		copied := *s
		copied.Blocks = slices.Clone(s.Blocks)
		for k, b := range s.Blocks {
			if moved == nil && i < len(doc.Sections)/2 && b.Kind == text.Paragraph && Count(text.Words(b.Spans)) > 20 {
				moved = b
				copied.Blocks = slices.Delete(copied.Blocks, k, k+1)
				break
			}
		}
		if i == len(doc.Sections)-1 && moved != nil {
			copied.Blocks = append(copied.Blocks, moved)
		}
		out.Sections = append(out.Sections, &copied)
	}
	return out
}

// BenchmarkQuality prints how well each pair is marked, beside git's word diff
// of the sources:
//
//	go test -run xxx -bench Quality -benchtime 1x -v ./redline
func BenchmarkQuality(b *testing.B) {
	all := pairs(b)
	for b.Loop() {
		var sum measure
		row := func(name string, m measure) {
			rate := func(n int) float64 { return float64(n) / float64(max(m.least, 1)) }
			fmt.Printf("%-9s %6d %6d %5.2f %7d %6d %6d %5.2f\n", name, m.least, m.words, rate(m.words), m.islands, m.twice, m.git, rate(m.git))
		}
		fmt.Printf("%-9s %6s %6s %5s %7s %6s %6s %5s\n", "pair", "least", "marked", "x", "islands", "twice", "git", "x")
		for _, p := range all {
			m := quality(p)
			m.git = gitWords(filepath.Join(shared(), "materiality", "dev-pairs", p.name))
			row(p.name, m)
			sum.add(m)
		}
		row("all", sum)
		b.ReportMetric(float64(sum.words)/float64(sum.least), "x-least")
	}
}

// gitWords counts the words that git marks; 0 without git.
func gitWords(name string) int {
	out, _ := exec.Command("git", "diff", "--no-index", "--word-diff=porcelain", name+".old.md", name+".new.md").Output()
	n := 0
	for line := range strings.Lines(string(out)) {
		if strings.HasPrefix(line, "+") && !strings.HasPrefix(line, "+++") || strings.HasPrefix(line, "-") && !strings.HasPrefix(line, "---") {
			n += Count(line[1:])
		}
	}
	return n
}
