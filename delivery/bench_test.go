package delivery_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	htmltemplate "html/template"
	"io"
	"iter"
	"net"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	texttemplate "text/template"
	"time"

	gomail "github.com/wneessen/go-mail"

	"proviso/account"
	"proviso/courier"
	"proviso/delivery"
	"proviso/ledger"
	"proviso/mailbox"
	"proviso/notify"
	"proviso/notify/notifytest"
	"proviso/policy"
)

// BenchmarkRatios sends the same mails in several ways to one server, in turns,
// and reports how they compare: absolute rates of a machine say little.
//
//	go test ./delivery -run '^$' -bench Ratios -benchtime 1x
//
// The server is Postfix's smtp-sink if it is installed or PROVISO_SMTP_SINK
// names it, else one inside this process, which then takes part in the CPU
// time. PROVISO_MAILS says how many mails (20,000).
func BenchmarkRatios(b *testing.B) {
	n := 20_000
	if s := os.Getenv("PROVISO_MAILS"); s != "" {
		if _, err := fmt.Sscan(s, &n); err != nil {
			b.Fatal(err)
		}
	}
	m := newMeasure(b, n)
	type way struct {
		name string
		send func() cost
	}
	ways := []way{{"ledger", m.withLedger}, {"bare", m.withoutLedger}, {"gomail", m.gomail}}
	if m.plain != "" {
		ways = append(ways, way{"plain", m.withoutPipelining})
	}
	costs := map[string][]cost{}
	for range 5 {
		for _, way := range ways {
			costs[way.name] = append(costs[way.name], way.send())
		}
	}
	for name, list := range costs {
		c := median(list)
		b.ReportMetric(c.rate(n), name+"-mails/s")
		b.ReportMetric(float64(c.cpu.Microseconds())/float64(n), name+"-cpu-us/mail")
	}
	// Rates are compared round by round: a machine that others use too is not as fast in the next.
	ratio := func(over, under string, of func(cost) time.Duration) float64 {
		var list []float64
		for i, c := range costs[over] {
			list = append(list, float64(of(c))/float64(of(costs[under][i])))
		}
		slices.Sort(list)
		return list[len(list)/2]
	}
	wall, cpu := func(c cost) time.Duration { return c.wall }, func(c cost) time.Duration { return c.cpu }
	b.ReportMetric(ratio("bare", "ledger", wall), "ledger/bare")
	b.ReportMetric(ratio("gomail", "ledger", wall), "ledger/gomail")
	b.ReportMetric(ratio("bare", "ledger", cpu), "bare-cpu/ledger-cpu")
	b.ReportMetric(ratio("ledger", "gomail", cpu), "ledger-cpu/gomail-cpu")
	if m.plain != "" {
		b.ReportMetric(ratio("plain", "gomail", cpu), "plain-cpu/gomail-cpu")
	}
	m.far(b)
	b.ReportMetric(0, "ns/op")
}

// A cost is what sending all mails took.
type cost struct{ wall, cpu time.Duration }

func (c cost) rate(n int) float64 { return float64(n) / c.wall.Seconds() }

func median(list []cost) cost {
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b cost) int { return int(a.wall - b.wall) })
	return list[len(list)/2]
}

// measured runs do and says what it took.
func measured(b *testing.B, do func() error) cost {
	b.Helper()
	cpu := func() time.Duration {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			b.Fatal(err)
		}
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	begin, used := time.Now(), cpu()
	if err := do(); err != nil {
		b.Fatal(err)
	}
	return cost{time.Since(begin), cpu() - used}
}

// A measure has what all ways of sending share.
type measure struct {
	b           *testing.B
	n           int
	holders     *account.Holders
	notices     []*notify.Notice
	addr        string
	plain       string // of a server without PIPELINING; empty: there is none
	connections int
	letter      courier.Letter
}

func newMeasure(b *testing.B, n int) *measure {
	b.Helper()
	rows := make([]string, n)
	for i := range rows {
		rows[i] = fmt.Sprintf("%d,p%d@x.example,Person %d,vault", i, i, i)
	}
	s := notifytest.Subject()
	s.Words.Summary = policy.Localised{"en": strings.Repeat("We keep the data that servers send us for longer than before, and say why. ", 12)}
	m := &measure{b: b, n: n, connections: 16, notices: notifytest.Notices(b, s), addr: sink(b),
		holders: notifytest.Holders(b, "id,email,name,products\n"+strings.Join(rows, "\n")+"\n")}
	m.plain = sink(b, "-p")
	m.letter = m.written()
	return m
}

// sink starts a server that takes every mail and returns its address, which is
// empty where only smtp-sink has the options.
func sink(b testing.TB, options ...string) string {
	b.Helper()
	program := os.Getenv("PROVISO_SMTP_SINK")
	if program == "" {
		program, _ = exec.LookPath("smtp-sink")
	}
	if program == "" && len(options) > 0 {
		return ""
	}
	if program == "" {
		b.Log("there is no smtp-sink; the server is inside this process, and its CPU time counts too")
		box, err := mailbox.Start(mailbox.Options{})
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { box.Close() })
		return box.Addr()
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	addr := l.Addr().String()
	l.Close()
	if os.Getuid() == 0 {
		options = append(options, "-u", "root")
	}
	cmd := exec.Command(program, append(options, addr, "200")...)
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	for range 100 {
		if c, err := net.Dial("tcp", addr); err == nil {
			c.Close()
			return addr
		}
		time.Sleep(20 * time.Millisecond)
	}
	b.Fatalf("%s does not answer at %s", program, addr)
	return ""
}

func (m *measure) sender(l ledger.Ledger, addr string) *delivery.Sender {
	server, err := courier.ParseServer("smtp://" + addr + "?tls=off")
	if err != nil {
		m.b.Fatal(err)
	}
	return &delivery.Sender{Ledger: l, Keys: ledger.Keys{Dir: m.b.TempDir()}, Server: server, Templates: os.DirFS("../templates"), Now: time.Now,
		Mail: notify.MailConfig{From: "legal@northgate.example", Connections: m.connections}}
}

// pass sends all mails through a ledger; only the sending is measured.
func (m *measure) pass(l ledger.Ledger, addr string) cost {
	p, err := m.sender(l, addr).Begin(context.Background(), m.notices, m.holders, nil)
	if err != nil {
		m.b.Fatal(err)
	}
	defer p.Close()
	return measured(m.b, func() error {
		done, err := p.Run(context.Background())
		if err == nil && done.Accepted != m.n {
			err = fmt.Errorf("%+v", done)
		}
		return err
	})
}

func (m *measure) withLedger() cost { return m.through(m.addr) }

func (m *measure) withoutPipelining() cost { return m.through(m.plain) }

func (m *measure) through(addr string) cost {
	l, err := ledger.Open(context.Background(), "sqlite:ledger.db", m.b.TempDir())
	if err != nil {
		m.b.Fatal(err)
	}
	defer l.Close()
	return m.pass(l, addr)
}

func (m *measure) withoutLedger() cost { return m.pass(&forgetful{}, m.addr) }

// gomail is the best loop that the mail library offers: one client for each
// connection, without the commands that can be left out, templates executed.
func (m *measure) gomail() cost {
	options := []gomail.Option{gomail.WithoutNoop(), gomail.WithoutRset()}
	return measured(m.b, func() error { return m.loop(m.addr, m.connections, m.n, options...) })
}

func (m *measure) loop(addr string, connections, n int, options ...gomail.Option) error {
	replace := strings.NewReplacer(courier.MarkName, "{{.Name}}", courier.MarkAddress, "{{.Email}}")
	text := texttemplate.Must(texttemplate.New("").Parse(replace.Replace(m.letter.Text)))
	html := htmltemplate.Must(htmltemplate.New("").Parse(replace.Replace(m.letter.HTML)))
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return err
	}
	var number int
	if _, err := fmt.Sscan(port, &number); err != nil {
		return err
	}
	var wg sync.WaitGroup
	errs := make([]error, connections)
	for i := range connections {
		wg.Go(func() {
			c, err := gomail.NewClient(host, append([]gomail.Option{gomail.WithPort(number), gomail.WithTLSPolicy(gomail.NoTLS)}, options...)...)
			if err == nil {
				err = c.DialWithContext(context.Background())
			}
			for j := i; j < n && err == nil; j += connections {
				msg := gomail.NewMsg()
				to := struct{ Name, Email string }{fmt.Sprintf("Person %d", j), fmt.Sprintf("p%d@x.example", j)}
				msg.Subject(m.letter.Subject)
				err = errors.Join(msg.From("legal@northgate.example"), msg.AddToFormat(to.Name, to.Email),
					msg.SetBodyTextTemplate(text, to), msg.AddAlternativeHTMLTemplate(html, to))
				if err == nil {
					err = c.Send(msg)
				}
			}
			errs[i] = errors.Join(err, c.Close())
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

// written is the letter as its readers see it, for the mail library to write.
func (m *measure) written() courier.Letter {
	n := m.notices[0]
	c, err := notify.Writer{Templates: os.DirFS("../templates"), From: "legal@northgate.example"}.Compose(n, notifytest.Audience(m.b, n, m.holders)[0].Variant)
	if err != nil {
		m.b.Fatal(err)
	}
	mail := c.Skeleton.For(courier.Recipient{Name: courier.MarkName, Address: courier.MarkAddress + "@x.example", MessageID: "x@y", Date: time.Now()})
	r, err := mailbox.Message{Data: mail}.Read()
	if err != nil {
		m.b.Fatal(err)
	}
	m.b.Logf("mails of %d bytes, %d of them, %d connections", len(mail), m.n, m.connections)
	strip := strings.NewReplacer(courier.MarkAddress+"@x.example", courier.MarkAddress, "\r\n", "\n")
	return courier.Letter{Subject: r.Get("Subject"), Text: strip.Replace(r.Text), HTML: strip.Replace(r.HTML)}
}

// far measures what one connection does when each reply takes 10 ms.
func (m *measure) far(b *testing.B) {
	addr := slow(b, m.addr, 10*time.Millisecond)
	near, all := *m, m.n
	near.n, near.connections = min(all, 500), 1
	rows := make([]string, near.n)
	for i := range rows {
		rows[i] = fmt.Sprintf("%d,p%d@x.example,Person %d,vault", i, i, i)
	}
	near.holders = notifytest.Holders(b, "id,email,name,products\n"+strings.Join(rows, "\n")+"\n")
	l, err := ledger.Open(context.Background(), "sqlite:ledger.db", b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	ours := near.pass(l, addr).rate(near.n)
	theirs := measured(b, func() error { return near.loop(addr, 1, near.n/5) }).rate(near.n / 5)
	b.ReportMetric(ours, "10ms-mails/s")
	b.ReportMetric(ours/theirs, "10ms-ledger/gomail-default")
}

// slow passes connections on to addr, with each reply later by d.
func slow(b *testing.B, addr string, d time.Duration) string {
	b.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { l.Close() })
	go func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			out, err := net.Dial("tcp", addr)
			if err != nil {
				in.Close()
				return
			}
			go func() { _, _ = io.Copy(out, in); out.Close() }()
			go delay(in, out, d)
		}
	}()
	return l.Addr().String()
}

// delay copies what comes from out to in, each piece d after it came.
func delay(in, out net.Conn, d time.Duration) {
	type piece struct {
		at   time.Time
		data []byte
	}
	pieces := make(chan piece, 1000)
	go func() {
		defer in.Close()
		for p := range pieces {
			time.Sleep(time.Until(p.at.Add(d)))
			if _, err := in.Write(p.data); err != nil {
				return
			}
		}
	}()
	defer close(pieces)
	buffer := make([]byte, 4096)
	for {
		n, err := out.Read(buffer)
		if n > 0 {
			pieces <- piece{time.Now(), bytes.Clone(buffer[:n])}
		}
		if err != nil {
			return
		}
	}
}

// A forgetful ledger keeps nothing but whom it was told of: what is left of
// sending without one.
type forgetful struct {
	ledger.Ledger
	opened  bool
	entries []ledger.Entry
}

func (f *forgetful) Lock() (func() error, error)               { return func() error { return nil }, nil }
func (f *forgetful) Open(context.Context, ledger.Notice) error { f.opened = true; return nil }
func (f *forgetful) Counts(context.Context, string) (ledger.Counts, error) {
	return ledger.Counts{}, ledger.ErrUnknown
}
func (f *forgetful) Waves(context.Context, string) ([]ledger.Wave, error) {
	if !f.opened {
		return nil, ledger.ErrUnknown
	}
	return nil, nil
}
func (f *forgetful) LastAudience(context.Context, string) (int, bool, error)   { return 0, false, nil }
func (f *forgetful) TakeOver(context.Context, string, time.Time) (int, error)  { return 0, nil }
func (f *forgetful) Skip(context.Context, string, []ledger.Hash, string) error { return nil }
func (f *forgetful) Keep(context.Context, string, []byte) (int, error)         { return 1, nil }
func (f *forgetful) Held(context.Context) (ledger.Stop, bool, error) {
	return ledger.Stop{}, false, nil
}
func (f *forgetful) Claim(_ context.Context, _ string, most int, claims []ledger.Claim) ([]ledger.Claim, error) {
	return claims[:min(most, len(claims))], nil
}
func (f *forgetful) Record(context.Context, string, ...ledger.Attempt) error { return nil }
func (f *forgetful) TriedSince(context.Context, time.Time) (int, time.Time, error) {
	return 0, time.Time{}, nil
}
func (f *forgetful) Enrol(_ context.Context, _ string, _ ledger.Wave, entries iter.Seq[ledger.Entry]) (int, error) {
	f.entries = slices.Collect(entries)
	return len(f.entries), nil
}

func (f *forgetful) Rows(context.Context, string, ...ledger.State) iter.Seq2[ledger.Row, error] {
	return func(yield func(ledger.Row, error) bool) {
		for _, e := range f.entries {
			if !yield(ledger.Row{Holder: e.Holder, Address: e.Address, State: ledger.Pending}, nil) {
				return
			}
		}
	}
}
