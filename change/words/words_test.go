package words

import (
	"strings"
	"testing"
)

func keys(l *Lexicon, s string) string {
	var out []string
	for _, t := range l.Read(s) {
		if !t.Is(Empty) {
			out = append(out, t.Key)
		}
	}
	return strings.Join(out, " ")
}

func TestWordsThatReadAlike(t *testing.T) {
	l := For("en-GB").With([]string{"Harrow"})
	for _, row := range [][]string{
		{"We won't sell e-mail addresses.", "we will not sell email addresses", "Harrow shall not sell E-Mail addresses"},
		{"within thirty (30) days", "within 30 days"},
		{"the colours of our organisation", "The color of our organization."},
		{"Prior to the transfer, we inform you", "Before the transfer we let you know"},
		{"the Federal Trade Commission (FTC)", "the FTC"},
		{"data in the U.S.", "Data in the United States"},
		{"Harrow's servers", "our servers"},
		{"$1,000.00 or 5%", "$1,000 or five percent"},
		{"privacy [at] harrow [dot] example", "privacy@harrow.example"},
		{"OUR AFFILIATES MAY NOT CONTACT US OR SELL THE PERSONAL DATA OF MEMBERS", "Our affiliates may not contact us or sell the personal data of members"},
	} {
		for _, other := range row[1:] {
			if a, b := keys(l, row[0]), keys(l, other); a != b {
				t.Errorf("%q reads %q, %q reads %q", row[0], a, other, b)
			}
		}
	}
}

func TestWordsThatReadApart(t *testing.T) {
	l := For("en").With([]string{"Harrow"})
	for _, pair := range [][2]string{
		{"we may share", "we will share"},
		{"contact us", "contact the US"},
		{"no fee", "number fee"},
		{"we share data", "they share data"},
		{"users", "uses"},
		{"our affiliates", "our processors"},
		{"at least 3 days", "at most 3 days"},
		{"we agree", "we consent"},
		{"Thistle's servers", "our servers"},
	} {
		if a, b := keys(l, pair[0]), keys(l, pair[1]); a == b {
			t.Errorf("%q and %q both read %q", pair[0], pair[1], a)
		}
	}
}

func TestSentences(t *testing.T) {
	n := 0
	for _, term := range For("en").Read("Write to Harrow Inc. in Leeds, e.g. by post. See Art. 6 of v1.2! We answer.") {
		if term.First {
			n++
		}
	}
	if n != 3 {
		t.Errorf("%d sentences, want 3", n)
	}
}

// TestLists: every line of every list can be found again as it stands, and no
// list contradicts another.
func TestLists(t *testing.T) {
	l := For("en")
	for _, f := range files {
		for _, e := range l.entries(f.name, f.section) {
			found := false
			for _, term := range l.Read("We say " + e.word + " here.") {
				found = found || term.Is(f.class)
			}
			if !found && f.class != Dotted {
				t.Errorf("%s.txt: %q is not found in a sentence", f.name, e.word)
			}
		}
	}
	for _, e := range l.entries("empty", "") {
		key := keys(l, e.word)
		if c := l.classes[key]; c&(Flips|Party|Act|Distinct) != 0 {
			t.Errorf("empty.txt: %q also stands in a list of words that bind", e.word)
		}
	}
}

func TestLanguages(t *testing.T) {
	if !For("en").Known || For("xx").Known {
		t.Error("the folders of languages are not what is known")
	}
	if English("Wir speichern die Daten und löschen sie nicht von selbst, die Frist ist kurz und das Recht bleibt.") {
		t.Error("German passes for English")
	}
	if !English("We keep the data for a year.") || !English("") {
		t.Error("English does not pass for English")
	}
}

func FuzzRead(f *testing.F) {
	f.Add("We won’t — e.g. in the U.S. — share 1,000 e-mails (a@b.example), https://x.example/?a=b.")
	f.Fuzz(func(t *testing.T, s string) {
		at := 0
		for _, term := range For("en").Read(s) {
			if term.Start < at && term.End < at || term.End > len(s) || s[term.Start:term.End] != term.Text {
				t.Fatalf("%+v does not stand in %q", term, s)
			}
			at = max(at, term.Start)
		}
	})
}
