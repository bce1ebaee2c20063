package ledgertest

import (
	"errors"
	"slices"
	"testing"
	"time"

	"proviso/ledger"
)

// What was done about a notice besides mailing it stays as it was said, also
// after the notice was purged.
func remarks(t *testing.T, open func() ledger.Ledger) {
	l := open()
	begin(t, l, "a")
	said := []ledger.Remark{
		{At: noon, Kind: ledger.Offline, Text: "the host is down"},
		{At: noon.Add(time.Hour), Kind: ledger.Live, Text: "https://northgate.example/privacy/2026-12-20/"},
		{At: noon, Kind: ledger.Posted, Holders: 3},
	}
	for _, r := range said {
		must(t, l.Remark(ctx, notice, r))
	}
	must(t, l.Purge(ctx, noon, notice))
	got, err := l.Remarks(ctx, notice)
	must(t, err)
	if !slices.Equal(got, said) {
		t.Errorf("said %+v, kept %+v", said, got)
	}
	if err := l.Remark(ctx, "privacy@2030-01-01", said[0]); !errors.Is(err, ledger.ErrUnknown) {
		t.Errorf("a remark on an unknown notice: %v", err)
	}
}
