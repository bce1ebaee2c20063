package change

import (
	"io/fs"
	"os"
	"path"
	"strings"
	"testing"
	"unicode"

	"proviso/policy"
)

// turns are edits that change what any sentence promises.
var turns = [][2]string{
	{" may ", " will "}, {" must ", " may "}, {" not ", " "}, {" only ", " "}, {" never ", " "}, {" at least ", " "}, {" with ", " without "},
	{" all ", " some "}, {" your ", " our "}, {" we ", " you "}, {" you ", " we "}, {" collect ", " sell "}, {" before ", " after "},
	{" share ", " sell "}, {" can ", " must "}, {" days", " weeks"}, {" months", " years"}, {" keep ", " share "}, {" delete ", " publish "},
	{" unless ", " if "}, {" any ", " certain "}, {" EU ", " US "}, {" email ", " post "}, {" access ", " sell "},
}

// TestTurnsAreNeverEditorial makes one edit after another in every paragraph of
// the example organisation and expects that none is called editorial.
func TestTurnsAreNeverEditorial(t *testing.T) {
	tried := 0
	for _, p := range paragraphs(t) {
		for _, turn := range turns {
			turned := strings.Replace(p, turn[0], turn[1], 1)
			if turned == p {
				continue
			}
			tried++
			c := Texts(plain("old.md", p), plain("new.md", turned), Options{Locale: "en"})
			if c.Verdict == policy.Editorial || c.Verdict == policy.None {
				t.Errorf("%q for %q is called %s: %v\n%s", turn[1], turn[0], c.Verdict, reasons(c), p)
			}
		}
	}
	if tried < 300 {
		t.Errorf("only %d edits tried", tried)
	}
}

// TestLooksAreNeverMaterial rewrites every paragraph in ways a reader would not
// call a change of meaning.
func TestLooksAreNeverMaterial(t *testing.T) {
	looks := map[string]func(string) string{
		"blanks":      func(s string) string { return strings.ReplaceAll(s, " ", "  ") },
		"quotes":      strings.NewReplacer("'", "’", `"`, "“").Replace,
		"emphasis":    func(s string) string { return strings.Replace(s, "we ", "*we* ", 1) },
		"contraction": strings.NewReplacer("do not ", "don't ", "cannot ", "can't ").Replace,
		"shall":       strings.NewReplacer(" will ", " shall ").Replace,
		"case":        func(s string) string { return strings.Replace(s, " data ", " Data ", 1) },
	}
	for _, p := range paragraphs(t) {
		for name, look := range looks {
			c := Texts(plain("old.md", p), plain("new.md", look(p)), Options{Locale: "en"})
			if c.Verdict != policy.Editorial && c.Verdict != policy.None {
				t.Errorf("%s: called %s: %v\n%s", name, c.Verdict, reasons(c), p)
			}
			same := Texts(plain("new.md", look(p)), plain("new.md", look(p)), Options{})
			if same.Verdict != policy.None {
				t.Errorf("%s: a text differs from itself: %v", name, same.Changes)
			}
		}
	}
}

// paragraphs returns those of the example organisation that are whole sentences.
func paragraphs(t *testing.T) []string {
	t.Helper()
	var out []string
	root := os.DirFS("../content")
	err := fs.WalkDir(root, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || path.Base(name) != "en.md" {
			return err
		}
		data, err := fs.ReadFile(root, name)
		for p := range strings.SplitSeq(string(data), "\n\n") {
			p = strings.TrimSpace(p)
			if p != "" && unicode.IsUpper(rune(p[0])) && !strings.ContainsAny(p, "[{|") {
				out = append(out, p)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestForeignText: without word lists, numbers and structure are judged and
// wording is left to a person.
func TestForeignText(t *testing.T) {
	const before = "## Protokolle\n\nWir bewahren die Protokolle 30 Tage auf.\n\n- Name\n- Anschrift\n"
	for after, want := range map[string]policy.Verdict{
		strings.Replace(before, "30 Tage", "60 Tage", 1):                  policy.Material,
		strings.Replace(before, "- Anschrift", "- Anschrift\n- Alter", 1): policy.Material,
		strings.Replace(before, "bewahren", "heben", 1):                   policy.Review,
		strings.Replace(before, "auf.", "nicht auf.", 1):                  policy.Review,
		strings.Replace(before, "auf.", "**auf**.", 1):                    policy.Editorial,
	} {
		if c := Texts(plain("alt.md", before), plain("neu.md", after), Options{Locale: "de"}); c.Verdict != want {
			t.Errorf("verdict %s, want %s: %v", c.Verdict, want, reasons(c))
		}
	}
}

// FuzzTexts holds any two texts to what every comparison promises.
func FuzzTexts(f *testing.F) {
	f.Add("## A\n\nWe may share data.\n\n- one\n- two\n", "## B\n\nWe will share data (the \"Data\").\n\n| a | b |\n|---|---|\n| 1 | 2 |\n")
	f.Add("See section 4(b).", "See [below](#x) © 2024.")
	f.Fuzz(func(t *testing.T, before, after string) {
		old, new := plain("old.md", before), plain("new.md", after)
		c := Texts(old, new, Options{})
		worst := policy.None
		for _, x := range c.Changes {
			worst = worst.Graver(x.Verdict)
			if x.Verdict == policy.None || len(x.Reasons) == 0 || x.Section == "" {
				t.Errorf("a change without verdict, reason or section: %+v", x)
			}
			if x.Verdict != policy.Editorial && len(x.Categories) == 0 {
				t.Errorf("a change that matters without a category: %+v", x)
			}
			if x.Line() == "" {
				t.Errorf("no line for %+v", x)
			}
		}
		if c.Verdict != worst {
			t.Errorf("verdict %s, gravest change %s", c.Verdict, worst)
		}
		if old.Normal() != new.Normal() && len(c.Changes) == 0 {
			t.Errorf("texts differ and nothing is listed:\n%q\n%q", old.Normal(), new.Normal())
		}
		if same := Texts(old, old, Options{}); len(same.Changes) > 0 {
			t.Errorf("a text differs from itself: %+v", same.Changes)
		}
	})
}
