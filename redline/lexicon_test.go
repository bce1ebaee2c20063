package redline_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"proviso/redline"
	"proviso/text"
)

// Whoever compares many versions with one Lexicon gets what Compare gives for
// each pair, whatever was compared before.
func TestLexiconChangesNoRedline(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 9))
	words := strings.Fields("we keep your data for twelve months and share it with partners who may use it in 5 ways, as section 2 says; " +
		"you may object. On {{policy.effective}} “this” takes effect")
	paragraph := func() string {
		var out []string
		for range 4 + rnd.IntN(30) {
			out = append(out, words[rnd.IntN(len(words))])
		}
		return strings.Join(out, " ") + "."
	}
	var parts []string
	for i := range 24 {
		parts = append(parts, paragraph())
		if i%5 == 0 {
			parts = append(parts, fmt.Sprintf("## %d. Part {#p%d}", i/5+1, i), "| a | b |\n|---|---|\n| "+words[i]+" | 2 |", "- one "+words[i]+"\n- two")
		}
	}
	var versions []*text.Document
	for v := range 10 {
		doc, ps := text.Parse("en.md", []byte(strings.Join(parts, "\n\n")), text.Options{})
		if err := ps.Err(); err != nil {
			t.Fatal(err)
		}
		shown, _ := doc.For(text.View{Variable: func(string) (string, bool) { return fmt.Sprintf("%d May 2026", v+1), true }})
		versions = append(versions, shown)
		for range 4 {
			i, j := rnd.IntN(len(parts)), rnd.IntN(len(parts))
			switch rnd.IntN(4) {
			case 0:
				parts[i] = strings.Replace(parts[i], words[rnd.IntN(len(words))], "changed", 1)
			case 1:
				parts[i], parts[j] = parts[j], parts[i]
			case 2:
				parts = append(parts[:i], append([]string{paragraph()}, parts[i:]...)...)
			case 3:
				if !strings.ContainsAny(parts[i], "#|") {
					parts[i] += " " + paragraph()
				}
			}
		}
	}
	written := func(r *redline.Redline) string {
		var out bytes.Buffer
		r.WriteHTML(&out, redline.Options{})
		return fmt.Sprintf("%+v %d\n%s", r.Stats, len(r.Renumbered), out.String())
	}
	var lexicon redline.Lexicon
	for _, i := range rnd.Perm(len(versions) * len(versions)) {
		old, new := versions[i/len(versions)], versions[i%len(versions)]
		if got, want := written(lexicon.Compare(old, new)), written(redline.Compare(old, new)); got != want {
			t.Fatalf("versions %d and %d: got\n%s\nwant\n%s", i/len(versions), i%len(versions), got, want)
		}
	}
}
