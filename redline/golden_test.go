package redline

import (
	"bytes"
	"os"
	"testing"
)

const goldenOld = `# Privacy

## 1. What we collect {#data}

We collect *your* [name](https://old.example/name).

1. your name
2. your date of birth
3. your address

## 2. Who gets it {#sharing}

| Name | Purpose | Note |
|:---|---|---|
| Acme Mail | notices | none |
| Blue Cloud | hosting | none |

We never sell data. Nobody else may read what you keep with the service.

## 3. How long {#retention}

We delete logs after 12 months, see section 2.
`

const goldenNew = `# Privacy

## 1. What we collect {#data}

We collect *your* [name](https://new.example/name). Nobody else may read what you keep with the service.

1. your full name
2. your address
3. your telephone number

## 2. Security {#security}

Connections are encrypted.

## 3. How long {#retention}

We delete logs after 24 months, see section 4.

## 4. Who gets it {#sharing}

| Name | Country | Purpose |
|:---|---|---|
| Acme Mail | Ireland | notices |
| Corn Pay | France | payment |

We never sell data.
`

// The pages and the terminal's text of one redline that has a bit of everything.
func TestGolden(t *testing.T) {
	r := Compare(parse(goldenOld), parse(goldenNew))
	checkLaws(t, r)
	var inline, sides bytes.Buffer
	r.WriteHTML(&inline, Options{Labels: English()})
	r.WriteSides(&sides, Options{Labels: English(), Anchor: func(*Block) string { return "" }})
	for _, page := range []struct{ file, got string }{
		{"testdata/inline.html", inline.String()},
		{"testdata/sides.html", sides.String()},
		{"testdata/plain.txt", r.Text(Screen{Labels: English()})},
		{"testdata/colour.txt", r.Text(Screen{Labels: English(), Colour: true, Context: 2})},
	} {
		if *update {
			if err := os.WriteFile(page.file, []byte(page.got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(page.file)
		if err != nil {
			t.Fatal(err)
		}
		if page.got != string(want) {
			t.Errorf("%s: got\n%s", page.file, page.got)
		}
	}
}

// What a text holds is shown by a terminal, never obeyed.
func TestTerminalObeysNothing(t *testing.T) {
	r := Compare(parse("We keep it.\n"), parse("We \x1b[2Jsell \u202eit.\n"))
	if got := r.Text(Screen{Labels: English()}); bytes.ContainsAny([]byte(got), "\x1b\u202e") {
		t.Errorf("%q", got)
	}
}
