package change

import (
	"bufio"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"proviso/text"
	"slices"
	"strings"
	"testing"
)

type hunk struct {
	ID, Path, Heading, Old, New, Label, Confidence, Why string
	Categories                                          []string
}

func half(p string) int { s := sha256.Sum256([]byte(p)); return int(s[0] % 2) }

func TestHunks(t *testing.T) {
	f, err := os.Open(os.Getenv("PROVISO_SHARED") + "/materiality/dev-hunks.jsonl")
	if err != nil {
		t.Skip()
	}
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 1<<20)
	want := os.Getenv("HALF")
	tab := map[string]int{}
	cat := [2]int{}
	for sc.Scan() {
		var h hunk
		json.Unmarshal(sc.Bytes(), &h)
		if want != "" && fmt.Sprint(half(h.Path)) != want {
			continue
		}
		parse := func(s string) *text.Document {
			s = "## " + h.Heading + "\n\n" + s
			d, _ := text.Parse("x.md", []byte(s), text.Options{Plain: true})
			return d
		}
		od, nd := parse(h.Old), parse(h.New)
		r := Texts(od, nd, Options{})
		v := string(r.Verdict)
		tab[fmt.Sprintf("%s %-10s -> %s", h.Confidence, h.Label, v)]++
		bad := v != h.Label
		if h.Label == "material" && v == "material" {
			cat[1]++
			if slices.ContainsFunc(h.Categories, func(c string) bool { return slices.Contains(cats(r), c) }) {
				cat[0]++
			} else if os.Getenv("CATS") != "" {
				fmt.Println("CAT", h.ID, h.Categories, cats(r), reasons(r))
			}
		}
		if bad && os.Getenv("SHOW") != "" {
			fmt.Printf("%s %s/%s got %s  (%s)\n", h.ID, h.Label, h.Confidence, v, h.Why)
			for _, x := range reasons(r) {
				fmt.Printf("     %s: %s\n", x.Rule, strings.ReplaceAll(x.Text, "\n", " "))
			}
		}
	}
	keys := []string{}
	for k := range tab {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		fmt.Println(k, tab[k])
	}
	fmt.Println("cats", cat)
}

func cats(c *Comparison) (out []string) {
	for _, x := range c.Changes {
		if x.Verdict == c.Verdict {
			out = append(out, x.Categories...)
		}
	}
	return
}
func TestPairs(t *testing.T) {
	root := os.Getenv("PROVISO_SHARED") + "/materiality/"
	f, err := os.Open(root + "dev-pairs.jsonl")
	if err != nil {
		t.Skip()
	}
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 1<<20)
	tab := map[string]int{}
	for sc.Scan() {
		var h struct {
			ID, Label, Confidence, Why string
			Heads                      []string `json:"material_headings"`
		}
		json.Unmarshal(sc.Bytes(), &h)
		parse := func(s string) *text.Document {
			b, _ := os.ReadFile(root + "dev-pairs/" + h.ID + "." + s + ".md")
			d, _ := text.Parse(s, b, text.Options{Plain: true})
			return d
		}
		r := Texts(parse("old"), parse("new"), Options{})
		v := string(r.Verdict)
		tab[fmt.Sprintf("%s %-10s -> %s", h.Confidence, h.Label, v)]++
		if os.Getenv("SHOW") != "" && v != h.Label {
			fmt.Printf("%s %s/%s got %s  (%s)\n", h.ID, h.Label, h.Confidence, v, h.Why)
			for _, c := range r.Changes {
				if c.Verdict != "editorial" {
					fmt.Println("   #", c.Section, c.Kind, c.Verdict)
					for _, x := range c.Reasons {
						fmt.Printf("     %s: %s\n", x.Rule, strings.ReplaceAll(x.Text, "\n", " "))
					}
				}
			}
		}
		if h.Label == "material" && os.Getenv("HEADS") != "" {
			for _, want := range h.Heads {
				found := "MISSING"
				for _, c := range r.Changes {
					if strings.EqualFold(strings.TrimSpace(c.Heading), strings.TrimSpace(want)) {
						found = max(found, string(c.Verdict))
						if c.Verdict == "material" {
							found = "material"
							break
						}
					}
				}
				if found != "material" {
					fmt.Println(h.ID, "heading", want, found, h.Why)
					for _, c := range r.Changes {
						fmt.Println("    ", c.Heading, c.Kind, c.Verdict)
					}
				}
			}
		}
	}
	keys := []string{}
	for k := range tab {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		fmt.Println(k, tab[k])
	}
}

func TestPair25(t *testing.T) {
	root := os.Getenv("PROVISO_SHARED") + "/materiality/"
	parse := func(s string) *text.Document {
		b, _ := os.ReadFile(root + "dev-pairs/" + os.Getenv("PAIR") + "." + s + ".md")
		d, _ := text.Parse(s, b, text.Options{Plain: true})
		return d
	}
	r := Texts(parse("old"), parse("new"), Options{})
	for _, c := range r.Changes {
		if os.Getenv("V") != "" && string(c.Verdict) != os.Getenv("V") {
			continue
		}
		fmt.Println("#", c.Section, c.Kind, c.Verdict, c.Categories, c.Direction)
		fmt.Println("  -", c.Old)
		fmt.Println("  +", c.New)
		fmt.Println("  ", c.Reasons)
	}
}
