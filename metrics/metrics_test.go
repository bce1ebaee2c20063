package metrics_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"proviso/metrics"
)

func visit(t *testing.T, s *metrics.Server) (int, string) {
	t.Helper()
	r, err := http.Get("http://" + s.Addr() + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r.StatusCode, string(body)
}

func TestServe(t *testing.T) {
	var broken error
	s, err := metrics.Serve("127.0.0.1:0", func(context.Context) ([]metrics.Standing, error) {
		return []metrics.Standing{
			{Notice: "privacy@2026-12-20", Rows: map[string]int{"accepted": 7, "pending": 2}, Deadline: time.Unix(1_800_000_000, 0), Finish: time.Unix(1_790_000_000, 0)},
			{Notice: "terms@2027-01-01", Rows: map[string]int{"accepted": 1}, Complete: true},
		}, broken
	})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	s.Tried("accepted", 3)
	s.Tried("accepted", 4)
	s.Tried("rejected", 1)
	s.Rate(12.5)
	status, body := visit(t, s)
	for _, line := range []string{
		`proviso_rows{notice="privacy@2026-12-20",state="accepted"} 7`,
		`proviso_rows{notice="privacy@2026-12-20",state="pending"} 2`,
		`proviso_notice_complete{notice="privacy@2026-12-20"} 0`,
		`proviso_notice_complete{notice="terms@2027-01-01"} 1`,
		`proviso_deadline_timestamp_seconds{notice="privacy@2026-12-20"} 1.8e+09`,
		`proviso_projected_finish_timestamp_seconds{notice="privacy@2026-12-20"} 1.79e+09`,
		`proviso_mails_total{outcome="accepted"} 7`,
		`proviso_mails_total{outcome="rejected"} 1`,
		`proviso_mails_per_second 12.5`,
	} {
		if !strings.Contains(body, line+"\n") {
			t.Errorf("no %s in status %d\n%s", line, status, body)
		}
	}
	if strings.Contains(body, `deadline_timestamp_seconds{notice="terms`) {
		t.Error("a deadline that there is not")
	}
	broken = errors.New("the ledger's database cannot be reached")
	if status, body := visit(t, s); status != http.StatusInternalServerError || !strings.Contains(body, "cannot be reached") {
		t.Errorf("%d %s", status, body)
	}
}

// Figures are nobody's business who was not meant: the address is always named.
func TestServeRefuses(t *testing.T) {
	for _, addr := range []string{"", ":9464", "9464", "127.0.0.1", "no such host.example:1"} {
		if s, err := metrics.Serve(addr, nil); err == nil {
			t.Errorf("%q is served on %s", addr, s.Addr())
		}
	}
}
