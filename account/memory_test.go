package account

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/metrics"
	"testing"
	"time"
)

// big writes a CSV file of n holders as a shop would have them, and returns how
// many letters of ids, addresses and names are in it.
func big(t testing.TB, file string, n int) (letters int) {
	t.Helper()
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w := bufio.NewWriter(f)
	fmt.Fprintln(w, "id,email,name,locale,status,products,sites,joined")
	locales, products := []string{"en", "de-AT", "fr", ""}, []string{"kernelguard", "kernelguard vault", "vault", ""}
	for i := range n {
		id, email, name := fmt.Sprintf("%08d", i), fmt.Sprintf("holder.%d@mail%d.example", i*7919%n, i%300), fmt.Sprintf("Holder %d of Many", i)
		letters += len("shop:") + len(id) + len(email) + len(name)
		fmt.Fprintf(w, "%s,%s,%s,%s,active,%s,,2026-01-%02dT10:00:00Z\n", id, email, name, locales[i%4], products[i/4%4], 1+i%28)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return letters
}

func readBig(t testing.TB, dir string, n int) *Holders {
	t.Helper()
	s := Sources{Accounts: Accounts{{Name: "shop", Source: "csv:big.csv"}}, Dir: dir, Known: known}
	h, err := s.Read(context.Background())
	if err != nil || h.Len() != n {
		t.Fatal(err)
	}
	return h
}

func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// Millions of holders must fit: each takes little beside its letters.
func TestHoldersAreSmall(t *testing.T) {
	const n, most = 100_000, 60
	dir := t.TempDir()
	letters := big(t, filepath.Join(dir, "big.csv"), n)
	before := heap()
	h := readBig(t, dir, n)
	each := (heap() - before - int64(letters)) / n
	if each > most {
		t.Errorf("%d bytes a holder beside the letters, at most %d", each, most)
	}
	runtime.KeepAlive(h)
}

// BenchmarkRead reads a million holders.
func BenchmarkRead(b *testing.B) {
	const n = 1_000_000
	dir := b.TempDir()
	letters := big(b, filepath.Join(dir, "big.csv"), n)
	for b.Loop() {
		before := heap()
		stop := watch()
		h := readBig(b, dir, n)
		peak := stop()
		b.ReportMetric(float64(heap()-before-int64(letters))/n, "B-kept/holder")
		b.ReportMetric(float64(peak-before-int64(letters))/n, "B-peak/holder")
		b.ReportMetric(float64(peak)/1e6, "MB-peak")
		b.ReportMetric(float64(letters)/n, "letters/holder")
		runtime.KeepAlive(h)
	}
}

// watch looks at the heap every few milliseconds until it is stopped, and
// returns the most it saw.
func watch() (stop func() int64) {
	end, most := make(chan struct{}), make(chan int64)
	go func() {
		look := time.NewTicker(5 * time.Millisecond)
		defer look.Stop()
		var peak int64
		sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
		for {
			select {
			case <-end:
				most <- peak
				return
			case <-look.C:
				metrics.Read(sample)
				peak = max(peak, int64(sample[0].Value.Uint64()))
			}
		}
	}()
	return func() int64 { close(end); return <-most }
}
