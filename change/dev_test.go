package change

import (
	"testing"
	"os"
	"bufio"
	"encoding/json"
	"crypto/sha256"
	"fmt"
	"strings"
	"slices"
	"proviso/text"
	"proviso/change/words"
)

type hunk struct{ ID, Path, Heading, Old, New, Label, Confidence, Why string; Categories []string }

func half(p string) int { s := sha256.Sum256([]byte(p)); return int(s[0] % 2) }

func TestHunks(t *testing.T) {
	f, err := os.Open(os.Getenv("PROVISO_SHARED") + "/materiality/dev-hunks.jsonl")
	if err != nil { t.Skip() }
	sc := bufio.NewScanner(f); sc.Buffer(nil, 1<<20)
	want := os.Getenv("HALF")
	tab := map[string]int{}
	cat := [2]int{}
	for sc.Scan() {
		var h hunk
		json.Unmarshal(sc.Bytes(), &h)
		if want != "" && fmt.Sprint(half(h.Path)) != want { continue }
		parse := func(s string) *text.Document { d, _ := text.Parse("x.md", []byte(s), text.Options{Plain: true}); return d }
		od, nd := parse(h.Old), parse(h.New)
		l := words.For("en").With(ownNames(h.Heading))
		os_, ns := sentences(l, unitsOf(od)), sentences(l, unitsOf(nd))
		j := newJudge(l, os_, ns)
		g, re := compare(os_, ns)
		j.renames(g)
		head := l.Read(h.Heading)
		r := j.judge(g, re, head)
		v := string(r.verdict)
		tab[fmt.Sprintf("%s %-10s -> %s", h.Confidence, h.Label, v)]++
		bad := v != h.Label
		if h.Label == "material" && v == "material" { cat[1]++; if slices.ContainsFunc(h.Categories, func(c string) bool { return slices.Contains(r.categories, c) }) { cat[0]++ } else if os.Getenv("CATS") != "" { fmt.Println("CAT", h.ID, h.Categories, r.categories, r.reasons) } }
		if bad && os.Getenv("SHOW") != "" {
			fmt.Printf("%s %s/%s got %s  (%s)\n", h.ID, h.Label, h.Confidence, v, h.Why)
			for _, x := range r.reasons { fmt.Printf("     %s: %s\n", x.Rule, strings.ReplaceAll(x.Text, "\n", " ")) }
		}
	}
	keys := []string{}
	for k := range tab { keys = append(keys, k) }
	slices.Sort(keys)
	for _, k := range keys { fmt.Println(k, tab[k]) }
	fmt.Println("cats", cat)
}
func ownNames(h string) []string { return nil }
