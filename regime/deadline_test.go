package regime

import (
	"math/rand/v2"
	"slices"
	"testing"

	"proviso/policy"
)

// named returns regimes of the table.
func named(t testing.TB, ids ...string) []policy.Regime {
	t.Helper()
	var rs []policy.Regime
	for _, id := range ids {
		r, ok := Lookup(id)
		if !ok {
			t.Fatalf("no regime %q", id)
		}
		rs = append(rs, r)
	}
	return rs
}

func date(t testing.TB, s string) policy.Date {
	t.Helper()
	d, err := policy.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDeadline(t *testing.T) {
	for _, c := range []struct {
		why       string
		effective string
		regimes   []string
		want      string
	}{
		{"thirty days back from the first of a month", "2027-02-01", []string{"contract-30"}, "2027-01-02"},
		{"thirty days across a February of 28 days", "2027-03-15", []string{"contract-30"}, "2027-02-13"},
		{"thirty days across a February of 29 days", "2028-03-15", []string{"contract-30"}, "2028-02-14"},
		{"across the turn of the year", "2027-01-10", []string{"p2b"}, "2026-12-26"},
		{"a calendar month is the same day of the month before", "2027-03-15", []string{"eecc"}, "2027-02-15"},
		{"a month back from the 31st ends on the 30th", "2027-05-31", []string{"eecc"}, "2027-04-30"},
		{"a month back from 29 March, no leap year", "2027-03-29", []string{"eecc"}, "2027-02-28"},
		{"a month back from 29 March, leap year", "2028-03-29", []string{"eecc"}, "2028-02-29"},
		{"a month back from 31 March, leap year", "2028-03-31", []string{"eecc"}, "2028-02-29"},
		{"two months back from 30 April, no leap year", "2027-04-30", []string{"psd2"}, "2027-02-28"},
		{"two months across the turn of the year", "2027-01-31", []string{"psd2"}, "2026-11-30"},
		{"1900 was no leap year", "1900-03-30", []string{"eecc"}, "1900-02-28"},
		{"2000 was one", "2000-03-30", []string{"eecc"}, "2000-02-29"},
		{"in March a month is shorter than 30 days", "2027-03-20", []string{"eecc", "contract-30"}, "2027-02-18"},
		{"in August a month is longer than 30 days", "2027-08-20", []string{"eecc", "contract-30"}, "2027-07-20"},
		{"in May they are the same", "2027-05-20", []string{"eecc", "contract-30"}, "2027-04-20"},
		{"the longest of many binds", "2027-06-30", []string{"p2b", "gdpr", "psd2", "dsa"}, "2027-04-30"},
		{"no lead time: told before the day begins", "2027-06-30", []string{"dsa"}, "2027-06-30"},
		{"a gate does not move it", "2027-06-30", []string{"gdpr-purpose", "p2b"}, "2027-06-15"},
		{"sixty days after the change do not move it", "2027-06-30", []string{"hipaa-plan"}, "2027-06-30"},
		{"an own promise has no lead time in the table", "2027-06-30", []string{"caloppa"}, "2027-06-30"},
		{"no regime at all", "2027-06-30", nil, "2027-06-30"},
	} {
		if got := Deadline(date(t, c.effective), named(t, c.regimes...)); got.String() != c.want {
			t.Errorf("%s: deadline for %s under %v is %v, want %s", c.why, c.effective, c.regimes, got, c.want)
		}
	}
}

func TestEarliest(t *testing.T) {
	for _, c := range []struct {
		why      string
		released string
		regimes  []string
		want     string
	}{
		{"the day of notice does not count", "2027-01-01", []string{"contract-30"}, "2027-02-01"},
		{"fifteen days", "2026-12-20", []string{"p2b"}, "2027-01-05"},
		{"a month from the middle of one", "2027-01-15", []string{"eecc"}, "2027-02-16"},
		{"a month from 31 January ends with February", "2027-01-31", []string{"eecc"}, "2027-03-01"},
		{"so does one from 28 January, on the last day that does", "2027-01-28", []string{"eecc"}, "2027-03-01"},
		{"and from 31 January in a leap year", "2028-01-31", []string{"eecc"}, "2028-03-01"},
		{"counting forward says 29 March, counting back from it falls on the day of release", "2027-02-28", []string{"eecc"}, "2027-04-01"},
		{"in a leap year 28 February is an ordinary day", "2028-02-28", []string{"eecc"}, "2028-03-29"},
		{"and 29 February the last of its month", "2028-02-29", []string{"eecc"}, "2028-04-01"},
		{"from the last of a month of 30 days", "2027-04-30", []string{"eecc"}, "2027-06-01"},
		{"two months from 28 February", "2027-02-28", []string{"psd2"}, "2027-05-01"},
		{"two months from 31 December end with February", "2026-12-31", []string{"psd2"}, "2027-03-01"},
		{"a month is shorter than 30 days in February", "2027-02-10", []string{"eecc", "contract-30"}, "2027-03-13"},
		{"and longer in July", "2027-07-10", []string{"eecc", "contract-30"}, "2027-08-11"},
		{"no lead time: the next day", "2027-06-30", []string{"dsa"}, "2027-07-01"},
		{"a gate asks for no time", "2027-06-30", []string{"coppa"}, "2027-07-01"},
		{"nor does a notice due afterwards", "2027-06-30", []string{"hipaa-plan"}, "2027-07-01"},
		{"no regime at all", "2026-12-31", nil, "2027-01-01"},
	} {
		if got := Earliest(date(t, c.released), named(t, c.regimes...)); got.String() != c.want {
			t.Errorf("%s: released %s under %v, earliest is %v, want %s", c.why, c.released, c.regimes, got, c.want)
		}
	}
}

// A refusal names every regime that stands against it, and no other.
func TestUnmet(t *testing.T) {
	rs := named(t, "contract-30", "coppa", "dsa", "eecc", "hipaa-plan", "p2b")
	for _, c := range []struct {
		told, effective string
		want            []string
	}{
		{"2027-02-28", "2027-04-01", nil},
		{"2027-02-28", "2027-03-31", []string{"eecc"}},
		{"2027-02-28", "2027-03-20", []string{"contract-30", "eecc"}},
		{"2027-02-28", "2027-03-10", []string{"contract-30", "eecc", "p2b"}},
		{"2027-02-28", "2027-02-28", []string{"contract-30", "dsa", "eecc", "p2b"}},
		{"2027-02-28", "2026-02-28", []string{"contract-30", "dsa", "eecc", "p2b"}},
	} {
		var got []string
		for _, r := range Unmet(date(t, c.told), date(t, c.effective), rs) {
			got = append(got, r.ID)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("told %s of a change on %s: not kept %v, want %v", c.told, c.effective, got, c.want)
		}
	}
}

func TestGates(t *testing.T) {
	rs := named(t, "contract-30", "gdpr-purpose", "hipaa-plan", "lgpd")
	if got := Gates(rs); len(got) != 2 || got[0].ID != "gdpr-purpose" || got[1].ID != "lgpd" {
		t.Errorf("gates are %v", got)
	}
}

// laws holds for every day and every set of regimes.
func laws(t *testing.T, today policy.Date, rs []policy.Regime) {
	t.Helper()
	earliest := Earliest(today, rs)
	if !today.Before(Deadline(earliest, rs)) {
		t.Fatalf("%v under %v: a release for %v, the earliest, misses the deadline %v", today, rs, earliest, Deadline(earliest, rs))
	}
	if before := earliest.AddDays(-1); today.Before(Deadline(before, rs)) {
		t.Fatalf("%v under %v: %v is not the earliest, %v would do", today, rs, earliest, before)
	}
	for i := range 70 {
		if d := earliest.AddDays(i); Deadline(d.AddDays(1), rs).Before(Deadline(d, rs)) {
			t.Fatalf("under %v a later date than %v has an earlier deadline", rs, d)
		}
	}
	forward := today
	for _, r := range rs {
		if binds(r) {
			forward = later(forward, r.Lead.After(today))
		}
	}
	if late := forward.AddDays(1).DaysUntil(earliest); late < 0 || late > 3 {
		t.Fatalf("%v under %v: %v is %d days from what counting forward gives", today, rs, earliest, late)
	}
	if unmet := Unmet(today, earliest, rs); len(unmet) > 0 {
		t.Fatalf("%v under %v: %v is not kept by the earliest date", today, rs, unmet)
	}
	if d := earliest.AddDays(-1); len(Unmet(today, d, rs)) == 0 && today.Before(d) {
		t.Fatalf("%v under %v: nothing stands against %v", today, rs, d)
	}
}

func later(a, b policy.Date) policy.Date {
	if a.Before(b) {
		return b
	}
	return a
}

// Every day of four years with a leap day, under every lead time in use.
func TestLawsOnEveryDay(t *testing.T) {
	sets := [][]policy.Regime{nil, named(t, "eecc"), named(t, "psd2"), named(t, "contract-30"), named(t, "p2b"),
		named(t, "eecc", "contract-30"), named(t, "psd2", "gdpr", "coppa", "hipaa-plan", "dsa")}
	for d := date(t, "2026-01-01"); d.Before(date(t, "2030-01-01")); d = d.AddDays(1) {
		for _, rs := range sets {
			laws(t, d, rs)
		}
	}
}

// Lead times that nobody has thought of yet, on days far from today.
func TestLawsOnAnyDay(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		today := policy.Date{Year: 1890 + rnd.IntN(320), Month: 1, Day: 1}.AddDays(rnd.IntN(366))
		rs := make([]policy.Regime, rnd.IntN(4))
		for i := range rs {
			rs[i].Strength = []policy.Strength{policy.Floor, policy.Default, policy.Gate, policy.Own, policy.After}[rnd.IntN(5)]
			if rnd.IntN(2) == 0 {
				rs[i].Lead.Days = rnd.IntN(maxDays + 1)
			} else {
				rs[i].Lead.Months = rnd.IntN(maxMonths + 1)
			}
		}
		laws(t, today, rs)
	}
}

func FuzzEarliest(f *testing.F) {
	f.Add(422, uint16(30), uint8(1))
	f.Add(0, uint16(0), uint8(0))
	f.Fuzz(func(t *testing.T, day int, days uint16, months uint8) {
		today := date(t, "2026-01-01").AddDays(day % 200_000)
		laws(t, today, []policy.Regime{
			{Strength: policy.Floor, Lead: policy.Lead{Days: int(days) % maxDays}},
			{Strength: policy.Default, Lead: policy.Lead{Months: int(months) % maxMonths}},
		})
	})
}
