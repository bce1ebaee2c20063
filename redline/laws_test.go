package redline

import (
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"proviso/text"
)

// pair is two texts of the development set.
type pair struct {
	name     string
	old, new *text.Document
}

// shared is where texts are that are not part of the project.
func shared() string {
	if dir := os.Getenv("PROVISO_SHARED"); dir != "" {
		return dir
	}
	return filepath.Join("..", "..", "shared")
}

// pairs reads the development pairs, which are not part of the project.
func pairs(t testing.TB) []pair {
	t.Helper()
	files, _ := filepath.Glob(filepath.Join(shared(), "materiality", "dev-pairs", "*.old.md"))
	if len(files) == 0 {
		t.Skip("no materiality/dev-pairs in PROVISO_SHARED or ../../shared")
	}
	var out []pair
	for _, f := range files {
		name := strings.TrimSuffix(filepath.Base(f), ".old.md")
		out = append(out, pair{name, read(t, f), read(t, strings.Replace(f, ".old.", ".new.", 1))})
	}
	return out
}

func read(t testing.TB, file string) *text.Document {
	t.Helper()
	src, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return parse(string(src))
}

func parse(src string) *text.Document {
	doc, _ := text.Parse("text.md", []byte(src), text.Options{Plain: true})
	return doc
}

// sides returns the words of each leaf as the redline has them: of the old
// text with every change rejected, of the new text with every change accepted.
func sides(r *Redline) (old, new map[*text.Block]string, headings [2]map[*text.Section]string) {
	old, new = map[*text.Block]string{}, map[*text.Block]string{}
	headings = [2]map[*text.Section]string{{}, {}}
	put := func(blocks map[*text.Block]string, heads map[*text.Section]string, l *Leaf, s string) {
		switch {
		case l == nil:
		case l.Heading():
			heads[l.Section] += s
		default:
			blocks[l.Block] += s
		}
	}
	for _, b := range blocksOf(r) {
		if b.Fate == MovedFrom {
			continue
		}
		put(old, headings[0], b.Old, b.OldText())
		put(new, headings[1], b.New, b.NewText())
	}
	return old, new, headings
}

func blocksOf(r *Redline) []*Block { return r.blocks() }

// checkLaws holds a redline to what it promises.
func checkLaws(t testing.TB, r *Redline) {
	t.Helper()
	old, new, headings := sides(r)
	for side, doc := range []*text.Document{r.Old, r.New} {
		blocks := []map[*text.Block]string{old, new}[side]
		count := 0
		for _, l := range leaves(doc) {
			count++
			got, ok := blocks[l.Block], true
			if l.Heading() {
				got, ok = headings[side][l.Section]
			} else {
				_, ok = blocks[l.Block]
			}
			if !ok || got != l.Text {
				t.Errorf("side %d has %q (%v) for %q", side, got, ok, l.Text)
			}
		}
		if n := len(blocks) + len(headings[side]); n != count {
			t.Errorf("side %d shows %d leaves of %d", side, n, count)
		}
	}
	for _, b := range blocksOf(r) {
		for _, run := range b.Runs {
			if run.Old == "" && run.New == "" {
				t.Errorf("an empty run in %q", show(b.Runs))
			}
		}
	}
}

// dump writes a redline for tests to read.
func dump(r *Redline) string {
	var b strings.Builder
	for _, s := range r.Sections {
		fmt.Fprintf(&b, "== %s", s.Fate)
		if s.Renamed {
			b.WriteString(" renamed")
		}
		b.WriteString("\n")
		line := func(x *Block, mark string) {
			fmt.Fprintf(&b, "%s%s", mark, x.Fate)
			if x.Pair > 0 {
				fmt.Fprintf(&b, " %d", x.Pair)
			}
			if x.Split {
				b.WriteString(" split")
			}
			if x.Merged {
				b.WriteString(" merged")
			}
			if x.Fate == MovedFrom {
				fmt.Fprintf(&b, ": %s\n", x.Old.Text)
			} else {
				fmt.Fprintf(&b, ": %s\n", show(x.Runs))
			}
			for _, f := range x.Format {
				fmt.Fprintf(&b, "    %s %q -> %q %q\n", f.Kind, f.From, f.To, f.Text)
			}
		}
		if s.Heading != nil {
			line(s.Heading, "# ")
		}
		for _, x := range s.Blocks {
			line(x, "- ")
		}
	}
	for _, n := range r.Renumbered {
		if n.Item {
			fmt.Fprintf(&b, "item %s is now %s\n", n.From, n.To)
		}
	}
	return b.String()
}

// Every pair of real texts keeps the laws, in both directions.
func TestLawsOnRealTexts(t *testing.T) {
	for _, p := range pairs(t) {
		t.Run(p.name, func(t *testing.T) {
			checkLaws(t, Compare(p.old, p.new))
			checkLaws(t, Compare(p.new, p.old))
			for _, b := range blocksOf(Compare(p.old, p.old)) {
				if changed(b) {
					t.Errorf("a text differs from itself: %s %s", b.Fate, show(b.Runs))
				}
			}
			if once, again := dump(Compare(p.old, p.new)), dump(Compare(p.old, p.new)); once != again {
				t.Error("two comparisons of the same texts differ")
			}
		})
	}
}

// FuzzCompare holds any two texts to the laws.
func FuzzCompare(f *testing.F) {
	stories, _ := filepath.Glob("testdata/*.txtar")
	for _, file := range stories {
		if story, err := txtar.ParseFile(file); err == nil {
			f.Add(string(story.Files[0].Data), string(story.Files[1].Data))
		}
	}
	f.Add("- \n- \n\n![](a.png)\n\n---\n", "1. [](x)\n\n   > a\n\n| a |\n|---|\n")
	f.Fuzz(func(t *testing.T, old, new string) {
		x, y := parse(old), parse(new)
		r := Compare(x, y)
		checkLaws(t, r)
		checkPage(t, r)
		if again := dump(Compare(x, y)); again != dump(r) {
			t.Error("two comparisons of the same texts differ")
		}
		if r := Compare(x, x); len(r.Changes()) > 0 || len(r.Renumbered) > 0 {
			t.Errorf("a text differs from itself:\n%s", dump(r))
		}
		if len(r.Changes()) == 0 && len(r.Renumbered) == 0 && squeeze(x.Normal()) != squeeze(y.Normal()) {
			t.Errorf("nothing is said to differ between\n%s\nand\n%s", x.Normal(), y.Normal())
		}
	})
}

// Texts that were shuffled, cut and glued at random keep the laws as well.
func TestLawsOnRandomEdits(t *testing.T) {
	stories, _ := filepath.Glob("testdata/*.txtar")
	var sources []string
	for _, file := range stories {
		story, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		sources = append(sources, string(story.Files[0].Data), string(story.Files[1].Data))
	}
	for seed := range int64(400) {
		rng := rand.New(rand.NewSource(seed))
		old := sources[rng.Intn(len(sources))] + "\n" + sources[rng.Intn(len(sources))]
		new := edit(rng, old)
		r := Compare(parse(old), parse(new))
		checkLaws(t, r)
		checkPage(t, r)
		if t.Failed() {
			t.Fatalf("seed %d: between\n%s\nand\n%s", seed, old, new)
		}
	}
}

// edit changes a text in a few places.
func edit(rng *rand.Rand, src string) string {
	for range 1 + rng.Intn(6) {
		sep := []string{"\n\n", "\n", " ", " "}[rng.Intn(4)]
		parts := strings.Split(src, sep)
		i, j := rng.Intn(len(parts)), rng.Intn(len(parts))
		switch rng.Intn(6) {
		case 0:
			parts = slices.Delete(parts, i, i+1)
		case 1:
			parts = slices.Insert(parts, i, parts[j])
		case 2:
			parts[i], parts[j] = parts[j], parts[i]
		case 3:
			parts[i] = []string{"never", "“always”", "*only*", "[here](x)", "- ", "1. ", "## ", "", "\u00a0", "| a |", "> "}[rng.Intn(11)] + parts[i]
		case 4:
			sep = []string{"\n\n", "\n", " "}[rng.Intn(3)]
		case 5:
			parts[i] = strings.ToUpper(parts[i])
		}
		src = strings.Join(parts, sep)
	}
	return src
}
