package delivery_test

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"proviso/account"
	"proviso/database"
	"proviso/delivery"
	"proviso/ledger"
	"proviso/notify/notifytest"
)

// BenchmarkMillion seals a million holders, settles a part of them, is killed
// and goes on, and says what that takes in time, memory and room.
//
//	PROVISO_SMTP_SINK=/usr/sbin/smtp-sink go test ./delivery -run '^$' -bench Million -benchtime 1x
//
// PROVISO_HOLDERS says how many (1,000,000). Peak memory is that of the whole
// process, so that the two sources are to be measured one by one (-bench
// Million/csv).
func BenchmarkMillion(b *testing.B) {
	n := 1_000_000
	if s := os.Getenv("PROVISO_HOLDERS"); s != "" {
		if _, err := fmt.Sscan(s, &n); err != nil {
			b.Fatal(err)
		}
	}
	for name, source := range map[string]func(b *testing.B, dir string, n int) account.Account{"csv": csvOf, "sqlite": tableOf} {
		b.Run(name, func(b *testing.B) { million(b, n, source) })
	}
}

func million(b *testing.B, n int, source func(b *testing.B, dir string, n int) account.Account) {
	dir := b.TempDir()
	accounts := account.Sources{Accounts: account.Accounts{source(b, dir, n)}, Dir: dir, Spool: filepath.Join(dir, "spool"),
		Known: account.Known{Products: []string{"kernelguard", "vault"}, Sites: []string{"northgate.example", "kernelguard.example"}}}
	m := &measure{b: b, n: n, connections: 16, notices: notifytest.Notices(b, notifytest.Subject()), addr: sink(b)}
	l := openIn(b, dir)
	s := m.sender(l, m.addr)
	s.Keys, s.Spool = ledger.Keys{Dir: filepath.Join(dir, "keys")}, accounts.Spool
	size := func() float64 {
		info, err := os.Stat(filepath.Join(dir, "ledger.db"))
		if err != nil {
			b.Fatal(err)
		}
		return float64(info.Size())
	}
	var pass *delivery.Pass
	sealed := measured(b, func() (err error) {
		h, err := accounts.Read(ctx)
		if err != nil {
			return err
		}
		defer h.Close()
		pass, err = s.Begin(ctx, m.notices, h, nil)
		return err
	})
	b.ReportMetric(sealed.rate(n), "sealed/s")
	b.ReportMetric(float64(sealed.cpu.Microseconds())/float64(n), "seal-cpu-us/holder")
	b.ReportMetric(peak(b), "MB-seal")
	killed(b, pass, l, filepath.Join(dir, "spool"))
	pending := size()
	b.ReportMetric(pending/float64(n), "B/pending")
	l = openIn(b, dir)
	part := n / 5
	settle(b, l, part)
	if err := l.Close(); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(pending/float64(n)+(size()-pending)/float64(part), "B/settled")
	b.ReportMetric(restart(b, m, s, dir).Seconds()*1000, "ms-to-first-mail")
	b.ReportMetric(peak(b), "MB-peak")
	b.ReportMetric(0, "ns/op")
}

func openIn(b *testing.B, dir string) *ledger.SQLite {
	b.Helper()
	l, err := ledger.Open(ctx, "sqlite:ledger.db", dir)
	if err != nil {
		b.Fatal(err)
	}
	return l
}

// peak returns the most memory that the process had, in megabytes.
func peak(b *testing.B) float64 {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return float64(u.Maxrss) / 1000
}

// killed ends a pass and leaves what a kill leaves.
func killed(b *testing.B, p *delivery.Pass, l *ledger.SQLite, spool string) {
	b.Helper()
	files, err := filepath.Glob(filepath.Join(spool, "*.audience"))
	if err != nil || len(files) != 1 {
		b.Fatal(files, err)
	}
	aside := files[0] + ".aside"
	if err := errors.Join(os.Rename(files[0], aside), p.Close(), l.Close(), os.Rename(aside, files[0])); err != nil {
		b.Fatal(err)
	}
}

// settle settles n rows as 16 connections do, and leaves some that nobody knows of.
func settle(b *testing.B, l ledger.Ledger, n int) {
	b.Helper()
	const notice = "privacy@2026-12-20"
	claims := make([]ledger.Claim, 0, n)
	for row, err := range l.Rows(ctx, notice, ledger.Pending) {
		if err != nil {
			b.Fatal(err)
		}
		if claims = append(claims, ledger.Claim{Holder: row.Holder, Letter: 1}); len(claims) == n {
			break
		}
	}
	for from := 0; from < n; from += 256 {
		batch := claims[from:min(from+256, n)]
		if _, err := l.Claim(ctx, notice, len(batch), batch); err != nil {
			b.Fatal(err)
		}
		if from+256 >= n {
			return
		}
		var wg sync.WaitGroup
		for i := range 16 {
			wg.Go(func() {
				for j := i; j < len(batch); j += 16 {
					at := time.Now()
					name := fmt.Sprintf("4XyZ%06d", from+j)
					if err := l.Record(ctx, notice, ledger.Attempt{Holder: batch[j].Holder, State: ledger.Accepted, Code: 250,
						Text: "2.0.0 Ok: queued as " + name, QueueID: name, Server: "mx.example:25", TLS: "TLS 1.3", Started: at, Ended: at}); err != nil {
						b.Error(err)
					}
				}
			})
		}
		wg.Wait()
	}
}

// restart returns how long it is from opening the ledger to the first mail that
// a server took.
func restart(b *testing.B, m *measure, s *delivery.Sender, dir string) time.Duration {
	b.Helper()
	begin := time.Now()
	l := openIn(b, dir)
	defer l.Close()
	again := *s
	again.Ledger = l
	stopped := errors.New("enough")
	first := make(chan time.Duration, 1)
	var stop func() error
	again.Progress = func(delivery.Progress) {
		select {
		case first <- time.Since(begin):
			if err := stop(); err != nil {
				b.Error(err)
			}
		default:
		}
	}
	stop = func() error { return l.Hold(ctx, ledger.Stop{At: time.Now(), Reason: stopped.Error()}) }
	p, err := again.Resume(ctx, m.notices)
	if err != nil || p == nil {
		b.Fatal(p, err)
	}
	defer p.Close()
	if _, err := p.Run(ctx); !errors.Is(err, ledger.ErrHeld) {
		b.Fatal(err)
	}
	return <-first
}

func csvOf(b *testing.B, dir string, n int) account.Account {
	b.Helper()
	f, err := os.Create(filepath.Join(dir, "big.csv"))
	if err != nil {
		b.Fatal(err)
	}
	w := bufio.NewWriter(f)
	fmt.Fprintln(w, "id,email,name,locale,status,products,sites,joined")
	each(n, func(id, email, name, locale, products, joined string) {
		fmt.Fprintf(w, "%s,%s,%s,%s,active,%s,,%s\n", id, email, name, locale, products, joined)
	})
	if err := errors.Join(w.Flush(), f.Close()); err != nil {
		b.Fatal(err)
	}
	return account.Account{Name: "shop", Source: "csv:big.csv"}
}

func tableOf(b *testing.B, dir string, n int) account.Account {
	b.Helper()
	db, err := database.Open("sqlite:shop.db", dir, database.ReadWrite)
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	tx, err := db.Begin()
	if err == nil {
		_, err = tx.Exec("CREATE TABLE holders (id TEXT, email TEXT, name TEXT, locale TEXT, products TEXT, joined TEXT)")
	}
	if err != nil {
		b.Fatal(err)
	}
	insert, err := tx.Prepare("INSERT INTO holders VALUES (?, ?, ?, ?, ?, ?)")
	if err != nil {
		b.Fatal(err)
	}
	each(n, func(id, email, name, locale, products, joined string) {
		if _, err := insert.Exec(id, email, name, locale, products, joined); err != nil {
			b.Fatal(err)
		}
	})
	if err := tx.Commit(); err != nil {
		b.Fatal(err)
	}
	return account.Account{Name: "shop", Source: "sqlite:shop.db", Query: "SELECT id, email, name, locale, products, joined FROM holders"}
}

// each makes up holders as a shop would have them, in no order of their addresses.
func each(n int, do func(id, email, name, locale, products, joined string)) {
	locales, products := []string{"en", "de-AT", "fr", ""}, []string{"kernelguard", "kernelguard vault", "vault", "vault"}
	for i := range n {
		do(fmt.Sprintf("%08d", i), fmt.Sprintf("holder.%d@mail%d.example", i*7919%n, i%300), fmt.Sprintf("Holder %d of Many", i),
			locales[i%4], products[i/4%4], fmt.Sprintf("2026-01-%02dT10:00:00Z", 1+i%28))
	}
}
