package redline

import (
	"fmt"
	"math/rand"
	"strings"
	"testing"

	"proviso/text"
)

// vocabulary is enough words for texts that look like texts.
func vocabulary(n int) []string {
	rng := rand.New(rand.NewSource(1))
	out := make([]string, n)
	for i := range out {
		var b strings.Builder
		for range 2 + rng.Intn(8) {
			b.WriteByte(byte('a' + rng.Intn(26)))
		}
		out[i] = b.String()
	}
	return out
}

// policyText writes a policy of about words words; some words are much more frequent than others.
func policyText(seed int64, words int) string {
	rng := rand.New(rand.NewSource(seed))
	voc := vocabulary(3000)
	zipf := rand.NewZipf(rng, 1.3, 4, uint64(len(voc)-1))
	var b strings.Builder
	for n, section := 0, 0; n < words; section++ {
		fmt.Fprintf(&b, "## %d. %s %s\n\n", section+1, voc[rng.Intn(len(voc))], voc[rng.Intn(len(voc))])
		for range 4 {
			for range 60 + rng.Intn(30) {
				b.WriteString(voc[zipf.Uint64()])
				b.WriteString([]string{" ", " ", " ", " ", " ", ", ", ". "}[rng.Intn(7)])
				n++
			}
			b.WriteString("\n\n")
		}
	}
	return b.String()
}

func BenchmarkRevision(b *testing.B) { // a usual revision of 20 KB
	src := policyText(1, 3500)
	edited := strings.Replace(src, ". ", " within thirty days of it. ", 3)
	compareIn(b, src, edited)
}

func BenchmarkRewrite(b *testing.B) { // another text of 20 KB
	compareIn(b, policyText(1, 3500), policyText(2, 3500))
}

func BenchmarkLarge(b *testing.B) { // 61,000 words and 190 rows, a tenth of the paragraphs edited
	var rows strings.Builder
	rows.WriteString("\n## Subprocessors\n\n| Name | Purpose | Country |\n|---|---|---|\n")
	voc := vocabulary(3000)
	for i := range 190 {
		fmt.Fprintf(&rows, "| %s Ltd | %s %s | %s |\n", voc[i], voc[i+200], voc[i+400], voc[i%20])
	}
	src := policyText(1, 60000)
	paras := strings.Split(src, "\n\n")
	for i := 0; i < len(paras); i += 10 {
		paras[i] = strings.Replace(paras[i], " ", " never ", 4)
	}
	table := strings.Replace(rows.String(), voc[50]+" Ltd", "Changed Inc", 1)
	compareIn(b, src+rows.String(), strings.Join(paras, "\n\n")+table)
}

func compareIn(b *testing.B, old, new string) {
	x, y := parse(old), parse(new)
	b.ReportAllocs()
	for b.Loop() {
		Compare(x, y)
	}
}

func BenchmarkBad(b *testing.B) {
	lines := func(seed int64, sep string) string {
		rng := rand.New(rand.NewSource(seed))
		voc := vocabulary(5000)
		var out strings.Builder
		for range 100000 {
			out.WriteString(voc[rng.Intn(len(voc))] + sep)
		}
		return out.String()
	}
	doc := func(words string) *text.Document { return parse(words) }
	for _, c := range []struct {
		name     string
		old, new *text.Document
	}{
		{"lines", doc(lines(1, "\n")), doc(lines(2, "\n"))},
		{"paragraphs", doc(lines(1, "\n\n")), doc(lines(2, "\n\n"))},
		{"items", doc("- " + lines(1, "\n- ")), doc("- " + lines(2, "\n- "))},
		{"unrelated", parse(policyText(1, 60000)), parse(policyText(2, 60000))},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Compare(c.old, c.new)
			}
		})
	}
}
