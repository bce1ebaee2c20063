package delivery_test

import (
	"context"
	"errors"
	"fmt"
	"net/mail"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"proviso/account"
	"proviso/courier"
	"proviso/delivery"
	"proviso/ledger"
	"proviso/mailbox"
	"proviso/notify"
	"proviso/notify/notifytest"
	"proviso/source"
)

var ctx = context.Background()

// A world is a folder with a ledger, a mail server, and a notice to send.
type world struct {
	t       *testing.T
	dir     string
	box     *mailbox.Server
	url     string // of the server
	config  notify.MailConfig
	now     time.Time
	slept   time.Duration // how long senders waited, without anybody waiting
	notices []*notify.Notice
	mu      sync.Mutex
}

func newWorld(t *testing.T, o mailbox.Options) *world {
	t.Helper()
	box, err := mailbox.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := box.Close(); err != nil {
			t.Error(err)
		}
	})
	return &world{t: t, dir: t.TempDir(), box: box, url: box.URL(), now: time.Date(2026, 11, 3, 9, 0, 0, 0, time.UTC),
		config:  notify.MailConfig{From: "Northgate Legal <legal@northgate.example>", ReplyTo: "privacy@northgate.example"},
		notices: notifytest.Notices(t, notifytest.Subject())}
}

// open opens the ledger, as every run of the program does anew.
func (w *world) open() *ledger.SQLite {
	w.t.Helper()
	l, err := ledger.Open(ctx, "sqlite:ledger.db", w.dir)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { l.Close() })
	return l
}

func (w *world) sender(l ledger.Ledger) *delivery.Sender {
	w.t.Helper()
	server, err := courier.ParseServer(w.url)
	if err != nil {
		w.t.Fatal(err)
	}
	return &delivery.Sender{Ledger: l, Keys: ledger.Keys{Dir: filepath.Join(w.dir, "keys")}, Mail: w.config, Server: server,
		Templates: os.DirFS("../templates"), Now: func() time.Time { return w.now },
		Sleep: w.sleep}
}

func (w *world) sleep(ctx context.Context, d time.Duration) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.slept += d
	return ctx.Err() == nil
}

// send makes one pass and returns how it went.
func (w *world) send(h *account.Holders) (delivery.Progress, error) {
	w.t.Helper()
	l := w.open()
	defer l.Close()
	p, err := w.sender(l).Begin(ctx, w.notices, h, nil)
	if err != nil {
		return delivery.Progress{}, err
	}
	defer p.Close()
	return p.Run(ctx)
}

// sent is send where nothing may go wrong.
func (w *world) sent(h *account.Holders) delivery.Progress {
	w.t.Helper()
	p, err := w.send(h)
	if err != nil {
		w.t.Fatal(err)
	}
	return p
}

// key is what the hashes of the notice are made with.
func (w *world) key() ledger.Key {
	w.t.Helper()
	key, err := ledger.Keys{Dir: filepath.Join(w.dir, "keys")}.Get("privacy@2026-12-20")
	if err != nil {
		w.t.Fatal(err)
	}
	return key
}

func (w *world) status() *delivery.Status {
	w.t.Helper()
	l := w.open()
	defer l.Close()
	s, err := delivery.StatusOf(ctx, l, w.notices, w.config, w.now)
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

func (w *world) counts(want ledger.Counts) {
	w.t.Helper()
	got := w.status().Counts
	want.Waiting = got.Waiting
	if got != want {
		w.t.Errorf("counts %+v, want %+v", got, want)
	}
}

// told lists who has how many mails, and checks that each mail is whole.
func (w *world) told() map[string]int {
	w.t.Helper()
	out, ids := map[string]int{}, map[string]string{}
	for _, m := range w.box.Messages() {
		r, err := m.Read()
		if err != nil || !strings.Contains(r.HTML, "</html>") {
			w.t.Fatalf("a torso arrived at %s: %v", m.To, err)
		}
		id := r.Header.Get("Message-Id")
		if old, ok := ids[m.To]; ok && old != id {
			w.t.Errorf("%s got one notice under two ids, %s and %s", m.To, old, id)
		}
		ids[m.To] = id
		out[m.To]++
	}
	return out
}

func holders(t *testing.T, rows ...string) *account.Holders {
	return notifytest.Holders(t, "id,email,name,status,products,joined\n"+strings.Join(rows, "\n")+"\n")
}

// many returns n holders p1@x.example, p2@x.example, ...
func many(t *testing.T, n int) *account.Holders {
	rows := make([]string, n)
	for i := range rows {
		rows[i] = fmt.Sprintf("%d,p%d@x.example,Person %d,active,vault,", i+1, i+1, i+1)
	}
	return holders(t, rows...)
}

func TestSendTellsEveryoneOnce(t *testing.T) {
	w := newWorld(t, mailbox.Options{})
	h := holders(t, "1,jo@x.example,Jo,active,vault,", "2,an@x.example,An,suspended,kernelguard,", "3,cy@x.example,Cy,closed,vault,",
		"4,di@x.example,Di,deleted,vault,", "5,JO@x.example,Jo again,active,kernelguard,", "6,nobody,Ed,active,vault,")
	if p := w.sent(h); p.ToTry != 2 || p.Accepted != 2 || p.Done() != 2 {
		t.Errorf("%+v", p)
	}
	if got := w.told(); len(got) != 2 || got["jo@x.example"] != 1 || got["an@x.example"] != 1 {
		t.Errorf("told %v", got)
	}
	for _, m := range w.box.Messages() {
		r, err := m.Read()
		if err != nil {
			t.Fatal(err)
		}
		if m.To == "an@x.example" && strings.Contains(r.Text, "Backups") || m.To == "jo@x.example" && !strings.Contains(r.Text, "Backups") {
			t.Errorf("%s reads\n%s", m.To, r.Text)
		}
	}
	// Again, nobody is mailed; who joined since is.
	if p := w.sent(h); p.ToTry != 0 || w.box.Tries() != 2 {
		t.Errorf("%+v, %d tries", p, w.box.Tries())
	}
	w.sent(holders(t, "1,jo@x.example,Jo,active,vault,", "2,moved@x.example,An,suspended,kernelguard,", "7,new@x.example,Flo,active,,"))
	if got := w.told(); len(got) != 3 || got["new@x.example"] != 1 {
		t.Errorf("told %v", got)
	}
	w.counts(ledger.Counts{Accepted: 3, Skipped: 3})
	if s := w.status(); !s.Complete || s.ProjectedFinish != "" || s.Policy != "privacy" || s.Deadline.String() != "2026-11-20" {
		t.Errorf("%+v", s)
	}
}

// Every way in which one mail can fail, and what the next pass makes of it.
func TestSendSortsFailures(t *testing.T) {
	w := newWorld(t, mailbox.Options{Faults: mailbox.Faults{Always: map[string]mailbox.Fault{
		"p1@x.example": mailbox.Later, "p2@x.example": mailbox.Never, "p3@x.example": mailbox.CutTaken, "p4@x.example": mailbox.CutLost,
		"p5@x.example": mailbox.LaterAtEnd, "p6@x.example": mailbox.NeverAtEnd}}})
	h := many(t, 9)
	if p := w.sent(h); p.Accepted != 3 || p.Deferred != 2 || p.Rejected != 2 || p.Ambiguous != 2 {
		t.Errorf("%+v", p)
	}
	w.counts(ledger.Counts{Accepted: 3, Deferred: 2, Rejected: 2, Ambiguous: 2})
	if s := w.status(); s.Complete {
		t.Error("complete while some are left")
	}
	w.box.Heal()
	if p := w.sent(h); p.ToTry != 4 || p.Accepted != 4 {
		t.Errorf("%+v", p)
	}
	told := w.told()
	for i := 1; i <= 9; i++ {
		want := map[int]int{2: 0, 6: 0, 3: 2}[i]
		if i != 2 && i != 6 && i != 3 {
			want = 1
		}
		if got := told[fmt.Sprintf("p%d@x.example", i)]; got != want {
			t.Errorf("p%d was told %d times, want %d", i, got, want)
		}
	}
	w.counts(ledger.Counts{Accepted: 7, Rejected: 2})
	if !w.status().Complete {
		t.Error("not complete")
	}
}

// What the server said is kept for each try.
func TestSendRemembersEveryTry(t *testing.T) {
	w := newWorld(t, mailbox.Options{Faults: mailbox.Faults{Always: map[string]mailbox.Fault{"p1@x.example": mailbox.Later}}})
	w.sent(many(t, 1))
	w.box.Heal()
	first := w.now
	w.now = w.now.Add(time.Hour)
	w.sent(many(t, 1))
	key, err := ledger.Keys{Dir: filepath.Join(w.dir, "keys")}.Get("privacy@2026-12-20")
	if err != nil {
		t.Fatal(err)
	}
	tries, err := w.open().Attempts(ctx, "privacy@2026-12-20", key.Holder("shop:1"))
	if err != nil || len(tries) != 2 {
		t.Fatalf("%+v %v", tries, err)
	}
	a, b := tries[0], tries[1]
	if a.State != ledger.Deferred || a.Code != 450 || !strings.Contains(a.Text, "busy") || !a.Due.Equal(first.Add(5*time.Minute)) || a.Server != w.box.Addr() {
		t.Errorf("%+v", a)
	}
	if b.State != ledger.Accepted || b.Code != 250 || b.QueueID != "M000001" || !b.Ended.Equal(w.now) {
		t.Errorf("%+v", b)
	}
}

// Under hold nobody is told twice: who may have been is left to a person.
func TestSendHoldsAmbiguousMails(t *testing.T) {
	w := newWorld(t, mailbox.Options{Faults: mailbox.Faults{Always: map[string]mailbox.Fault{"p1@x.example": mailbox.CutTaken}}})
	w.config.Ambiguous = "hold"
	w.sent(many(t, 3))
	w.box.Heal()
	l := w.open()
	p, err := w.sender(l).Begin(ctx, w.notices, many(t, 3), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if p.ToTry != 0 || p.Held != 1 {
		t.Errorf("%+v", p)
	}
	w.counts(ledger.Counts{Accepted: 2, Ambiguous: 1})
}

func TestOnlyOneSends(t *testing.T) {
	w := newWorld(t, mailbox.Options{})
	p, err := w.sender(w.open()).Begin(ctx, w.notices, many(t, 3), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.send(many(t, 3)); !errors.Is(err, ledger.ErrLocked) || !strings.Contains(err.Error(), "wait until it has ended") {
		t.Errorf("got %v", err)
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	w.sent(many(t, 3))
	if len(w.told()) != 3 {
		t.Errorf("told %v", w.told())
	}
}

// When there is no server nothing is lost: it is said, and everyone is still to be told.
func TestSendWithoutAServer(t *testing.T) {
	w := newWorld(t, mailbox.Options{})
	w.box.Close()
	p, err := w.send(many(t, 200))
	if err == nil || !strings.Contains(err.Error(), w.box.Addr()) || !strings.Contains(err.Error(), "is it running") || p.Done() != 0 {
		t.Errorf("%+v %v", p, err)
	}
	w.counts(ledger.Counts{Pending: 200})
}

// A server that takes nothing at present is not asked for each of a million mails.
func TestSendEndsWhenTheServerTakesNothing(t *testing.T) {
	w := newWorld(t, mailbox.Options{Faults: mailbox.Faults{Odds: map[mailbox.Fault]float64{mailbox.Shut: 1}}})
	_, err := w.send(many(t, 400))
	if err == nil || !strings.Contains(err.Error(), "takes nothing at present: 421") {
		t.Errorf("got %v", err)
	}
	if c := w.status().Counts; c.Deferred == 0 || c.Pending+c.Deferred != 400 || c.Pending < 300 {
		t.Errorf("%+v", c)
	}
	w.box.Heal()
	w.sent(many(t, 400))
	if got := w.told(); len(got) != 400 {
		t.Errorf("%d told", len(got))
	}
}

// Nor is everybody marked as rejected because the server rejects us.
func TestSendEndsWhenAllAreRejected(t *testing.T) {
	w := newWorld(t, mailbox.Options{Faults: mailbox.Faults{Odds: map[mailbox.Fault]float64{mailbox.Never: 1}}})
	_, err := w.send(many(t, 400))
	if err == nil || !strings.Contains(err.Error(), "in a row") {
		t.Errorf("got %v", err)
	}
	if c := w.status().Counts; c.Pending < 250 || c.Pending+c.Rejected != 400 {
		t.Errorf("%+v", c)
	}
}

// A pass that is stopped ends its mails, writes down what came of them, and
// leaves nothing in doubt.
func TestStopLeavesNothingInDoubt(t *testing.T) {
	stopped, stop := context.WithCancel(ctx)
	w := newWorld(t, mailbox.Options{Taken: func(n int) {
		if n == 20 {
			stop()
		}
	}})
	l := w.open()
	p, err := w.sender(l).Begin(ctx, w.notices, many(t, 300), nil)
	if err != nil {
		t.Fatal(err)
	}
	progress, err := p.Run(stopped)
	if !errors.Is(err, context.Canceled) || progress.Accepted != len(w.told()) || progress.Accepted >= 300 {
		t.Errorf("%+v %v", progress, err)
	}
	if err := errors.Join(p.Close(), l.Close()); err != nil {
		t.Fatal(err)
	}
	w.counts(ledger.Counts{Accepted: progress.Accepted, Pending: 300 - progress.Accepted})
	w.sent(many(t, 300))
	for who, n := range w.told() {
		if n != 1 {
			t.Errorf("%s was told %d times", who, n)
		}
	}
	w.counts(ledger.Counts{Accepted: 300})
}

// An audience that shrank is more often a broken query than the truth.
func TestBeginDoubtsSmallAudiences(t *testing.T) {
	w := newWorld(t, mailbox.Options{})
	begin := func(h *account.Holders, expect int) error {
		t.Helper()
		l := w.open()
		defer l.Close()
		e := &expect
		if expect < 0 {
			e = nil
		}
		p, err := w.sender(l).Begin(ctx, w.notices, h, e)
		if err == nil {
			p.Close()
		}
		return err
	}
	want := func(err error, words string) {
		t.Helper()
		if words == "" && err != nil || words != "" && (err == nil || !strings.Contains(err.Error(), words)) {
			t.Errorf("got %v, want %q", err, words)
		}
	}
	want(begin(many(t, 0), -1), "nobody would be told; check the accounts in proviso.yaml, and if it is right say --expect 0")
	want(begin(many(t, 0), 3), "the audience is 0, not the expected 3")
	want(begin(many(t, 100), -1), "")
	want(begin(many(t, 95), -1), "")
	want(begin(many(t, 90), -1), "90 holders would be told of privacy@2026-12-20, after 95 the last time")
	want(begin(many(t, 90), 90), "")
	later := notifytest.Subject() // the next version is compared with the last one
	version := *later.Version
	later.Version, version.Name = &version, "2027-02-01"
	w.notices = notifytest.Notices(t, later)
	want(begin(many(t, 80), -1), "after 90 the last time")
	want(begin(many(t, 89), -1), "")
}

// Who is gone from the source is not waited for.
func TestSendSkipsWhoIsGone(t *testing.T) {
	w := newWorld(t, mailbox.Options{Faults: mailbox.Faults{Always: map[string]mailbox.Fault{"p2@x.example": mailbox.Later}}})
	w.sent(many(t, 40))
	w.sent(holders(t, slices.DeleteFunc(rows(40), func(r string) bool { return strings.HasPrefix(r, "2,") })...))
	w.counts(ledger.Counts{Accepted: 39, Skipped: 1})
}

func rows(n int) (out []string) {
	for i := range n {
		out = append(out, fmt.Sprintf("%d,p%d@x.example,,active,vault,", i+1, i+1))
	}
	return out
}

// After the deadline everyone is still told; who joined after it is not late.
func TestSendAfterTheDeadline(t *testing.T) {
	w := newWorld(t, mailbox.Options{Faults: mailbox.Faults{Always: map[string]mailbox.Fault{"c@x.example": mailbox.Later}}})
	w.now = time.Date(2026, 11, 20, 5, 0, 0, 0, time.UTC) // the day begins at 00:00 in New York
	w.sent(holders(t, "1,a@x.example,,active,vault,2026-01-01", "2,b@x.example,,active,vault,2026-11-21", "3,c@x.example,,active,vault,2026-11-21"))
	w.counts(ledger.Counts{Accepted: 2, Deferred: 1, Late: 1})
	if !w.status().Complete {
		t.Error("who joined after the deadline holds the notice open")
	}
}

// The quota is kept over passes, and what is left goes another day.
func TestSendKeepsTheQuota(t *testing.T) {
	w := newWorld(t, mailbox.Options{})
	w.config.Quota = notify.Rate{Mails: 5, Per: 24 * time.Hour}
	l := w.open()
	p, err := w.sender(l).Begin(ctx, w.notices, many(t, 8), nil)
	if err != nil {
		t.Fatal(err)
	}
	if p.ToTry != 5 || !p.Quota {
		t.Errorf("%+v", p)
	}
	if _, err := p.Run(ctx); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(p.Close(), l.Close()); err != nil {
		t.Fatal(err)
	}
	w.now = w.now.Add(time.Minute)
	if got := w.status().ProjectedFinish; got != "2026-11-04T09:00:00Z" { // when the first five are a day old
		t.Errorf("projected finish %s", got)
	}
	if _, err := w.send(many(t, 8)); err == nil || !strings.Contains(err.Error(), "send again after 2026-11-04T09:00:00Z") {
		t.Errorf("got %v", err)
	}
	w.now = w.now.Add(24 * time.Hour)
	w.sent(many(t, 8))
	if len(w.told()) != 8 {
		t.Errorf("told %v", w.told())
	}
}

// Message-ID and return path follow from notice and holder and show no address.
func TestMailsCanBeTracedOnlyWithTheKey(t *testing.T) {
	w := newWorld(t, mailbox.Options{})
	w.config.ReturnPath = "bounce@bounce.northgate.example"
	w.sent(many(t, 2))
	key, err := ledger.Keys{Dir: filepath.Join(w.dir, "keys")}.Get("privacy@2026-12-20")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range w.box.Messages() {
		r, err := m.Read()
		if err != nil {
			t.Fatal(err)
		}
		holder := key.Holder("shop:" + strings.TrimPrefix(strings.TrimSuffix(m.To, "@x.example"), "p"))
		if want := "<privacy-2026-12-20." + holder.String() + "@northgate.example>"; r.Header.Get("Message-Id") != want {
			t.Errorf("Message-ID %s, want %s", r.Header.Get("Message-Id"), want)
		}
		if want := "bounce+" + key.Token(holder) + "@bounce.northgate.example"; m.From != want {
			t.Errorf("return path %s, want %s", m.From, want)
		}
		if date, err := mail.ParseDate(r.Header.Get("Date")); err != nil || !date.Equal(w.now) {
			t.Errorf("Date: %s", r.Header.Get("Date"))
		}
	}
	raw, err := os.ReadFile(filepath.Join(w.dir, "ledger.db"))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(raw), "p1@x.example") || strings.Contains(string(raw), "Person 1") || strings.Contains(string(raw), "shop:1") {
		t.Error("the ledger holds who was told")
	}
}

// Without its key the ledger knows nobody; telling everyone again is refused.
func TestSendNeedsTheKey(t *testing.T) {
	w := newWorld(t, mailbox.Options{})
	w.sent(many(t, 2))
	if err := os.RemoveAll(filepath.Join(w.dir, "keys")); err != nil {
		t.Fatal(err)
	}
	if _, err := w.send(many(t, 2)); err == nil || !strings.Contains(err.Error(), "restore") || len(w.told()) != 2 {
		t.Errorf("got %v", err)
	}
}

// Two legal entities: two notices, two mails, each from its own.
func TestSendForTwoControllers(t *testing.T) {
	w := newWorld(t, mailbox.Options{})
	s := notifytest.Subject()
	for i := range s.Resolution.Sites[1].Value.Locales {
		s.Resolution.Sites[1].Value.Locales[i].Value.Values[0] = source.Entry[string]{Key: "org.legal_name", Value: "KernelGuard GmbH"}
	}
	w.notices = notifytest.Notices(t, s)
	h := holders(t, "1,jo@x.example,Jo,active,kernelguard,", "2,an@x.example,An,active,vault,")
	if p := w.sent(h); p.ToTry != 3 || p.Accepted != 3 {
		t.Errorf("%+v", p)
	}
	from := map[string]bool{}
	for _, m := range w.box.Messages() {
		from[m.From+" → "+m.To] = true
	}
	if len(from) != 3 || !from["legal@kernelguard.example → jo@x.example"] || !from["legal@northgate.example → jo@x.example"] {
		t.Errorf("%v", from)
	}
	if s := w.status(); s.Counts.Accepted != 3 || !s.Complete {
		t.Errorf("%+v", s)
	}
}

// A letter that cannot be written is known before the first mail goes.
func TestBeginWritesEveryLetterFirst(t *testing.T) {
	w := newWorld(t, mailbox.Options{})
	w.config.From = ""
	if _, err := w.send(many(t, 2)); err == nil || !strings.Contains(err.Error(), "set mail.from") || w.box.Tries() != 0 {
		t.Errorf("got %v", err)
	}
}

// What was put off is not done before it is tried again, and what is held for a
// person is not waited for.
func TestProjectedFinish(t *testing.T) {
	w := newWorld(t, mailbox.Options{Faults: mailbox.Faults{Always: map[string]mailbox.Fault{"p1@x.example": mailbox.Later, "p2@x.example": mailbox.CutLost}}})
	w.config.Rate, w.config.Ambiguous = notify.Rate{Mails: 100, Per: time.Second}, "hold"
	w.sent(many(t, 20))
	w.now = w.now.Add(time.Minute)
	if got := w.status().ProjectedFinish; got != "2026-11-03T09:05:00Z" {
		t.Errorf("one is due in five minutes: projected finish %s", got)
	}
	w.box.Heal()
	w.sent(many(t, 20))
	if s := w.status(); s.ProjectedFinish != "" || s.Counts.Ambiguous != 1 {
		t.Errorf("one is held: %+v", s)
	}
}

func TestStatusBeforeAnythingWasSent(t *testing.T) {
	w := newWorld(t, mailbox.Options{})
	if s := w.status(); s.Complete || s.Counts != (ledger.Counts{}) {
		t.Errorf("%+v", s)
	}
	s, err := delivery.StatusOf(ctx, nil, w.notices, w.config, w.now)
	if err != nil || s.Complete {
		t.Errorf("%+v %v", s, err)
	}
	editorial := notifytest.Subject()
	editorial.Comparisons["en"].Changes = nil
	w.notices = notifytest.Notices(t, editorial)
	if s := w.status(); !s.Complete {
		t.Error("a notice that nobody is owed is not complete")
	}
}
