package board_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/emersion/go-ical"
	"golang.org/x/net/html"

	"proviso/board"
	"proviso/policy"
)

func day(t *testing.T, s string) policy.Date {
	t.Helper()
	d, err := policy.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func harbour(t *testing.T) *board.Board {
	left := 3
	return &board.Board{Organisation: "Harbour <Tools>", Today: day(t, "2026-11-17"),
		Policies: []board.Policy{
			{ID: "privacy", Title: "Privacy & <b>co</b>", InForce: "2026-01-15", Upcoming: "2026-12-20", Deadline: day(t, "2026-11-20"),
				Notice: "1 of 3 accepted", Owed: []string{"privacy@2026-12-20: 2 holders were not told yet"}, Left: &left,
				Finish: "2026-11-17T12:30:00Z", Next: "proviso notify send privacy@2026-12-20", Overdue: true},
			{ID: "terms", Title: "Terms", InForce: "2025-01-01"},
		},
		Sites: []board.Site{{Domain: "harbour.example", Live: board.Outdated, Published: "2026-11-01T08:00:00Z", NextBuild: "2026-12-19T23:00:00Z"}},
		Dates: []board.Date{
			{UID: "deadline-privacy@2026-12-20@harbour.example", Day: day(t, "2026-11-20"), Title: "Privacy: told; before, today\nand \\ all", Since: day(t, "2026-11-02")},
			{UID: "review-terms@harbour.example", Day: day(t, "2027-02-28"), Title: "Terms: review", Text: "proviso check", Since: day(t, "2025-01-01")},
		}}
}

// A terminal shows one line for each policy and site, and what is owed.
func TestText(t *testing.T) {
	var out bytes.Buffer
	if err := harbour(t).WriteText(&out); err != nil {
		t.Fatal(err)
	}
	want := `policy   in force    upcoming    deadline    notice           days left  all told by        review by  next
privacy  2026-01-15  2026-12-20  2026-11-20  1 of 3 accepted  3          2026-11-17 12:30Z  -          proviso notify send privacy@2026-12-20
terms    2025-01-01  -           -           -                -          -                  -          -

site             live      published          next build
harbour.example  outdated  2026-11-01 08:00Z  2026-12-19 23:00Z
privacy owes: privacy@2026-12-20: 2 holders were not told yet
`
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
}

// The page stands alone: it asks for no other file, runs nothing, and words that
// try to be markup stay words.
func TestPageStandsAlone(t *testing.T) {
	var out bytes.Buffer
	if err := harbour(t).WriteHTML(&out); err != nil {
		t.Fatal(err)
	}
	doc, err := html.Parse(&out)
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	headed := 0
	for n := range doc.Descendants() {
		if n.Type == html.TextNode {
			text.WriteString(n.Data)
		}
		switch n.Data {
		case "script", "link", "img", "b", "iframe":
			if n.Type == html.ElementNode {
				t.Errorf("there is an element %s", n.Data)
			}
		}
		for _, a := range n.Attr {
			if a.Key == "src" || a.Key == "href" || strings.HasPrefix(a.Key, "on") {
				t.Errorf("there is %s=%q", a.Key, a.Val)
			}
			if a.Key == "scope" {
				headed++
			}
		}
	}
	for _, must := range []string{"Policies of Harbour <Tools>", "Something is overdue.", "Privacy & <b>co</b> (overdue)", "2 holders were not told yet", "outdated"} {
		if !strings.Contains(text.String(), must) {
			t.Errorf("the page does not say %q", must)
		}
	}
	if headed != 9+4+2+1 {
		t.Errorf("%d cells are headings of a row or column", headed)
	}
}

// The calendar is read by others as it was meant, and is the same every time.
func TestCalendar(t *testing.T) {
	var out, again bytes.Buffer
	b := harbour(t)
	if err := b.WriteCalendar(&out); err != nil {
		t.Fatal(err)
	}
	if err := b.WriteCalendar(&again); err != nil || again.String() != out.String() {
		t.Errorf("another time it is\n%s%v", again.String(), err)
	}
	cal, err := ical.NewDecoder(&out).Decode()
	if err != nil {
		t.Fatal(err)
	}
	events := cal.Events()
	if len(events) != 2 {
		t.Fatalf("%d events", len(events))
	}
	uid, _ := events[0].Props.Text(ical.PropUID)
	title, _ := events[0].Props.Text(ical.PropSummary)
	start, end := events[0].Props.Get(ical.PropDateTimeStart), events[0].Props.Get(ical.PropDateTimeEnd)
	if uid != b.Dates[0].UID || title != b.Dates[0].Title || start.Value != "20261120" || end.Value != "20261121" || start.ValueType() != ical.ValueDate {
		t.Errorf("%q %q %v %v", uid, title, start, end)
	}
	if end := events[1].Props.Get(ical.PropDateTimeEnd); end.Value != "20270301" {
		t.Errorf("the day after 28 February is %s", end.Value)
	}
	empty := &board.Board{Organisation: "Harbour"}
	out.Reset()
	if err := empty.WriteCalendar(&out); err != nil || !strings.HasSuffix(out.String(), "END:VCALENDAR\r\n") {
		t.Errorf("without dates: %q %v", out.String(), err)
	}
}
