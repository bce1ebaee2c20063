package account

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"runtime/metrics"
	"slices"
	"strings"
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

func readBig(t testing.TB, s Sources, n int) *Holders {
	t.Helper()
	s.Accounts, s.Known = Accounts{{Name: "shop", Source: "csv:big.csv"}}, known
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

// Millions of holders must not fit into memory: what is kept there is what was
// asked for and little more, however many there are.
func TestHoldersTakeNoMemory(t *testing.T) {
	const n, memory = 100_000, 1 << 20
	dir := t.TempDir()
	letters := big(t, filepath.Join(dir, "big.csv"), n)
	before := heap()
	h := readBig(t, Sources{Dir: dir, Spool: filepath.Join(dir, "spool"), Memory: memory}, n)
	defer h.Close()
	kept := heap() - before
	if kept > 2*memory || letters < 2*memory {
		t.Errorf("%d bytes for %d letters", kept, letters)
	}
	groups := 0
	for _, err := range h.ByAddress() {
		if err != nil {
			t.Fatal(err)
		}
		groups++
	}
	if groups != n {
		t.Errorf("%d addresses", groups)
	}
	runtime.KeepAlive(h)
}

// Whatever the order of the rows, and however few of them fit into memory: the
// same holders come together under the same addresses.
func TestHoldersInAnyOrder(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var rows []string
	for i := range 500 {
		rows = append(rows, fmt.Sprintf("%d,P%d@x.example,Person %d,de,active,vault,,", i, random.IntN(300), i))
	}
	rows = append(rows, "a,no address,A,,active,,,", "b,no address,B,,active,,,", "c,,C,,active,,,", "d,zoë@münchen.example,D,,closed,,,")
	got := func(memory int) map[string][]string {
		dir := t.TempDir()
		csv := "id,email,name,locale,status,products,sites,joined\n" + strings.Join(rows, "\n") + "\n"
		if err := os.WriteFile(filepath.Join(dir, "big.csv"), []byte(csv), 0o600); err != nil {
			t.Fatal(err)
		}
		h := readBig(t, Sources{Dir: dir, Spool: dir, Memory: memory}, len(rows))
		defer h.Close()
		out, last := map[string][]string{}, ""
		for g, err := range h.ByAddress() {
			if err != nil || g.Address <= last {
				t.Fatalf("%q after %q: %v", g.Address, last, err)
			}
			last = g.Address
			for _, x := range g.Holders {
				out[g.Address] = append(out[g.Address], fmt.Sprint(x.ID, x.Email, x.Name, x.Locale, x.Products, x.Skip))
			}
			slices.Sort(out[g.Address])
		}
		return out
	}
	want := got(0)
	if len(want) < 100 || len(want["shop:c"]) != 1 {
		t.Fatalf("%d addresses", len(want))
	}
	for _, memory := range []int{1, 100, 1000, 10_000} {
		random.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
		if again := got(memory); !reflect.DeepEqual(again, want) {
			t.Errorf("with %d bytes of memory and in another order: %d addresses", memory, len(again))
		}
	}
}

// A holder with two addresses is found however far apart the rows are.
func TestTwoAddressesFarApart(t *testing.T) {
	dir := t.TempDir()
	big(t, filepath.Join(dir, "big.csv"), 5000)
	f, err := os.OpenFile(filepath.Join(dir, "big.csv"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintln(f, "00000007,other@x.example,,,,,,\n00004000,HOLDER.@x.example,,,,,,\n00000007,third@x.example,,,,,,")
	f.Close()
	_, err = Sources{Accounts: Accounts{{Name: "shop", Source: "csv:big.csv"}}, Known: known, Dir: dir, Spool: dir, Memory: 1000}.Read(context.Background())
	want := "big.csv:5002:1: holder \"00000007\" has two addresses; give every holder one\n" +
		"big.csv:5003:1: holder \"00004000\" has two addresses; give every holder one\nbig.csv:5004:1: holder \"00000007\" has two"
	if err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
}

// BenchmarkRead reads a million holders.
func BenchmarkRead(b *testing.B) {
	const n = 1_000_000
	dir := b.TempDir()
	big(b, filepath.Join(dir, "big.csv"), n)
	for b.Loop() {
		stop := watch()
		h := readBig(b, Sources{Dir: dir, Spool: filepath.Join(dir, "spool")}, n)
		b.ReportMetric(float64(stop())/1e6, "MB-peak")
		h.Close()
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
