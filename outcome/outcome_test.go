package outcome_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"proviso/account"
	"proviso/bounce"
	"proviso/courier"
	"proviso/delivery"
	"proviso/ledger"
	"proviso/mailbox"
	"proviso/notify"
	"proviso/notify/notifytest"
	"proviso/outcome"
	"proviso/relaylog"
)

var ctx = context.Background()

const notice = "privacy@2026-12-20"

// A world is a notice that was sent to p1 to p6 through a server.
type world struct {
	t       *testing.T
	box     *mailbox.Server
	ledger  *ledger.SQLite
	keys    ledger.Keys
	mail    notify.MailConfig
	notices []*notify.Notice
	now     time.Time
	more    string // lines of further holders
}

func newWorld(t *testing.T, faults map[string]mailbox.Fault) *world {
	t.Helper()
	box, err := mailbox.Start(mailbox.Options{Faults: mailbox.Faults{Always: faults}})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	l, err := ledger.Open(ctx, "sqlite:ledger.db", dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(l.Close(), box.Close()); err != nil {
			t.Error(err)
		}
	})
	w := &world{t: t, box: box, ledger: l, keys: ledger.Keys{Dir: filepath.Join(dir, "keys")}, now: time.Date(2026, 11, 3, 9, 0, 0, 0, time.UTC),
		mail:    notify.MailConfig{From: "legal@northgate.example", ReturnPath: "bounce@b.northgate.example", Ambiguous: "hold"},
		notices: notifytest.Notices(t, notifytest.Subject())}
	w.send()
	return w
}

func (w *world) holders() *account.Holders {
	csv := "id,email,name,products\n"
	for i := 1; i <= 6; i++ {
		csv += fmt.Sprintf("%d,p%d@x.example,Person %d,vault\n", i, i, i)
	}
	return notifytest.Holders(w.t, csv+"7,nobody,Seven,vault\n"+w.more)
}

func (w *world) send() {
	w.t.Helper()
	server, err := courier.ParseServer(w.box.URL())
	if err != nil {
		w.t.Fatal(err)
	}
	s := delivery.Sender{Ledger: w.ledger, Keys: w.keys, Mail: w.mail, Server: server, Templates: os.DirFS("../templates"), Now: func() time.Time { return w.now }}
	p, err := s.Begin(ctx, w.notices, w.holders(), nil)
	if err != nil {
		w.t.Fatal(err)
	}
	defer p.Close()
	if _, err := p.Run(ctx); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) desk() outcome.Desk {
	return outcome.Desk{Ledger: w.ledger, Keys: w.keys, Now: func() time.Time { return w.now }}
}

func (w *world) key() ledger.Key {
	w.t.Helper()
	key, err := w.keys.Get(notice)
	if err != nil {
		w.t.Fatal(err)
	}
	return key
}

// states lists the state of each holder, by the first letters: "1a 2b ...".
func (w *world) states() string {
	w.t.Helper()
	key := w.key()
	var out []string
	for i := 1; i <= 7; i++ {
		row, ok, err := w.ledger.Find(ctx, notice, key.Holder(fmt.Sprintf("shop:%d", i)), ledger.Hash{})
		if err != nil || !ok {
			w.t.Fatalf("holder %d: %v %v", i, ok, err)
		}
		out = append(out, fmt.Sprintf("%d:%s", i, string(row.State)[:2]))
	}
	return strings.Join(out, " ")
}

// Reports are entered where they prove whose mail they are about.
func TestBouncesFindTheirRow(t *testing.T) {
	w := newWorld(t, map[string]mailbox.Fault{"p5@x.example": mailbox.Later})
	key := w.key()
	id := func(i int) ledger.Hash { return key.Holder(fmt.Sprintf("shop:%d", i)) }
	forged := ledger.Key("another key").Token(id(4))
	at := w.now.Add(time.Hour)
	reports := []bounce.Report{
		{Failed: true, Tokens: []string{key.Token(id(1))}, Status: "5.1.1", Code: 550, Text: "no such user", At: at},
		{Failed: true, Tokens: []string{key.Token(id(1))}, Status: "5.1.1"},
		{Failed: true, MessageIDs: []string{delivery.MessageID(notice, id(2), "northgate.example")}},
		{Failed: true, Address: "P3@x.example", Status: "5.2.2"},
		{Failed: true, Tokens: []string{forged}, MessageIDs: []string{delivery.MessageID(notice, id(4), "northgate.example")}},
		{Failed: false, Tokens: []string{key.Token(id(4))}, Status: "4.4.1"},
		{Failed: true, Tokens: []string{key.Token(id(5))}, Status: "5.1.1"}, // was never accepted
		{Failed: true, MessageIDs: []string{"security-2026-12-20." + id(4).String() + "@northgate.example"}},
		{Failed: true, Address: "stranger@x.example"},
	}
	w.now = w.now.Add(2 * time.Hour)
	got, err := w.desk().Bounces(ctx, reports)
	if err != nil {
		t.Fatal(err)
	}
	if want := (outcome.Returned{Bounced: 3, Known: 2, Passing: 1, Foreign: 3}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if s := w.states(); s != "1:bo 2:bo 3:bo 4:ac 5:de 6:ac 7:sk" {
		t.Error(s)
	}
	tries, err := w.ledger.Attempts(ctx, notice, id(1))
	if err != nil || len(tries) != 2 || tries[1].Text != "5.1.1 no such user" || tries[1].Code != 550 || !tries[1].Ended.Equal(at) {
		t.Errorf("%+v %v", tries, err)
	}
}

// log writes Postfix's log of what the server took, and of what else is said.
func (w *world) log(from, to time.Time, more ...string) *relaylog.Log {
	w.t.Helper()
	stamp := func(t time.Time) string { return t.Format(time.RFC3339) + " relay postfix/" }
	lines := []string{stamp(from) + "smtpd[1]: connect from app"}
	for i, m := range w.box.Messages() {
		r, err := m.Read()
		if err != nil {
			w.t.Fatal(err)
		}
		lines = append(lines, fmt.Sprintf("%scleanup[1]: Q%d: message-id=%s", stamp(w.now), i, r.Header.Get("Message-Id")),
			fmt.Sprintf("%sqmgr[1]: Q%d: from=<x>, size=1, nrcpt=1 (queue active)", stamp(w.now), i))
		for _, x := range more {
			if to, rest, _ := strings.Cut(x, " "); to == m.To {
				lines = append(lines, fmt.Sprintf("%ssmtp[1]: Q%d: to=<%s>, relay=mx[192.0.2.1]:25, %s", stamp(w.now), i, m.To, rest))
			}
		}
	}
	lines = append(lines, stamp(to)+"smtpd[1]: disconnect from app")
	l, err := relaylog.Read(strings.NewReader(strings.Join(lines, "\n")), w.desk().ReadLog(nil))
	if err != nil {
		w.t.Fatal(err)
	}
	return l
}

// A ledger that was lost is replaced by a copy from before the mails went. The
// relay's log says who was told: nobody is told twice, and nobody missed.
func TestReconcileSettlesWhatACopyDoesNotKnow(t *testing.T) {
	w := newWorld(t, map[string]mailbox.Fault{"p5@x.example": mailbox.Later, "p6@x.example": mailbox.Never})
	log := w.log(w.now.Add(-time.Hour), w.now.Add(time.Hour), "p2@x.example dsn=5.1.1, status=bounced (gone)")
	sent := len(w.box.Messages())
	lost := w.ledger
	w.ledger = w.copyFromBefore(lost)
	if s := w.states(); s != "1:pe 2:pe 3:pe 4:pe 5:pe 6:pe 7:sk" {
		t.Fatal(s)
	}
	got, err := w.desk().Reconcile(ctx, log)
	if err != nil || got.Accepted != 3 || got.Bounced != 1 {
		t.Errorf("%+v %v", got, err)
	}
	if s := w.states(); s != "1:ac 2:bo 3:ac 4:ac 5:pe 6:pe 7:sk" {
		t.Error(s)
	}
	w.box.Heal()
	w.send()
	if n := len(w.box.Messages()); n != sent+2 {
		t.Errorf("%d mails more; two were still to be told", n-sent)
	}
	tries, err := w.ledger.Attempts(ctx, notice, w.key().Holder("shop:1"))
	if err != nil || len(tries) != 1 || tries[0].QueueID == "" || !tries[0].Ended.Equal(w.now) {
		t.Errorf("%+v %v", tries, err)
	}
}

// copyFromBefore returns a ledger that knows the audience of another one, and
// nothing that was sent.
func (w *world) copyFromBefore(l *ledger.SQLite) *ledger.SQLite {
	w.t.Helper()
	before, err := ledger.Open(ctx, "sqlite:copy.db", w.t.TempDir())
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { before.Close() })
	notices, err := l.Notices(ctx)
	if err != nil {
		w.t.Fatal(err)
	}
	waves, err := l.Waves(ctx, notice)
	if err != nil {
		w.t.Fatal(err)
	}
	if err := before.Open(ctx, notices[0]); err != nil {
		w.t.Fatal(err)
	}
	_, err = before.Enrol(ctx, notice, waves[0], func(yield func(ledger.Entry) bool) {
		for row, err := range l.Rows(ctx, notice) {
			if err != nil {
				w.t.Error(err)
			}
			if !yield(ledger.Entry{Holder: row.Holder, Address: row.Address, Skip: row.Reason}) {
				return
			}
		}
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return before
}

// What nobody knew, the relay's log knows: nobody is missed and nobody told twice.
func TestReconcileSettlesWhatNobodyKnew(t *testing.T) {
	w := newWorld(t, map[string]mailbox.Fault{"p1@x.example": mailbox.CutTaken, "p2@x.example": mailbox.CutLost, "p3@x.example": mailbox.CutTaken})
	if s := w.states(); s != "1:am 2:am 3:am 4:ac 5:ac 6:ac 7:sk" {
		t.Fatal(s)
	}
	got, err := w.desk().Reconcile(ctx, w.log(w.now.Add(-time.Minute), w.now.Add(time.Minute),
		"p3@x.example dsn=5.1.1, status=bounced (host said: 550 no)", "p4@x.example dsn=2.0.0, status=sent (250 ok)"))
	if err != nil {
		t.Fatal(err)
	}
	if want := (outcome.Reconciled{Accepted: 1, Again: 1, Bounced: 1, Out: 1}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if s := w.states(); s != "1:ac 2:de 3:bo 4:ac 5:ac 6:ac 7:sk" {
		t.Error(s)
	}
	w.box.Heal()
	w.send()
	count := map[string]int{}
	for _, m := range w.box.Messages() {
		count[m.To]++
	}
	for i := 1; i <= 6; i++ {
		if n := count[fmt.Sprintf("p%d@x.example", i)]; n != 1 {
			t.Errorf("p%d was told %d times", i, n)
		}
	}
}

// A log proves that a mail was not taken only for the time of which it tells.
func TestReconcileLeavesOpenWhatTheLogDoesNotTell(t *testing.T) {
	w := newWorld(t, map[string]mailbox.Fault{"p2@x.example": mailbox.CutLost})
	for _, span := range [][2]time.Duration{{time.Second, time.Hour}, {-time.Hour, -time.Second}} {
		now := w.now
		w.now = now.Add(span[0]) // the lines of the other mails lie within the log, too
		log := w.log(now.Add(span[0]), now.Add(span[1]))
		w.now = now
		if span[1] < 0 {
			log.Last = now.Add(span[1])
		}
		got, err := w.desk().Reconcile(ctx, log)
		if err != nil || got.Ambiguous != 1 || got.Again != 0 {
			t.Errorf("%+v %v", got, err)
		}
	}
}

// With a relay of our own, accepted is not out: its log makes the notice complete.
func TestOwnRelayIsCompleteOnlyByItsLog(t *testing.T) {
	w := newWorld(t, nil)
	w.mail.Relay = delivery.Own
	_, err := w.desk().Close(ctx, w.notices, w.mail, outcome.Waiver{})
	var open *outcome.Incomplete
	if !errors.As(err, &open) || !strings.Contains(err.Error(), "6 accepted by our own relay and not known to be out; run notify reconcile") {
		t.Fatalf("got %v", err)
	}
	var sent []string
	for i := 1; i <= 6; i++ {
		sent = append(sent, fmt.Sprintf("p%d@x.example dsn=2.0.0, status=sent (250 ok)", i))
	}
	if got, err := w.desk().Reconcile(ctx, w.log(w.now, w.now, sent...)); err != nil || got.Out != 6 {
		t.Fatalf("%+v %v", got, err)
	}
	if _, err := w.desk().Close(ctx, w.notices, w.mail, outcome.Waiver{}); err != nil {
		t.Error(err)
	}
}

// The list for post: rejected, returned, without an address, and put off for
// five days; with what the server said.
func TestUnreachable(t *testing.T) {
	w := newWorld(t, map[string]mailbox.Fault{"p1@x.example": mailbox.Never, "p2@x.example": mailbox.Later, "p3@x.example": mailbox.CutLost})
	if _, err := w.desk().Bounces(ctx, []bounce.Report{{Failed: true, Address: "p4@x.example", Status: "5.1.1"}}); err != nil {
		t.Fatal(err)
	}
	list := func() string {
		t.Helper()
		lost, err := w.desk().Unreachable(ctx, w.holders())
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, l := range lost {
			out = append(out, l.Holder.ID+" "+string(l.State))
		}
		return strings.Join(out, ", ")
	}
	if got, want := list(), "shop:1 rejected, shop:4 bounced, shop:7 skipped"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	w.now = w.now.Add(5 * 24 * time.Hour)
	w.mail.Ambiguous = "resend"
	w.send()
	if got, want := list(), "shop:1 rejected, shop:2 deferred, shop:4 bounced, shop:7 skipped"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	// Somebody else has the address too, and was told by no other mail.
	w.more = "8,P1@x.example,Eight,vault\n9,p5@x.example,Nine,vault\n"
	if got, want := list(), "shop:1 rejected, shop:8 rejected, shop:2 deferred, shop:4 bounced, shop:7 skipped"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	none, err := w.desk().Unreachable(ctx, w.holders(), "security@2026-12-20")
	if err != nil || len(none) != 0 {
		t.Errorf("%+v %v", none, err)
	}
}

// Years later it can be shown what somebody was told, when, and what the server
// said; while the key is there.
func TestToldShowsTheVeryMail(t *testing.T) {
	w := newWorld(t, map[string]mailbox.Fault{"p1@x.example": mailbox.Later})
	w.box.Heal()
	w.now = w.now.Add(time.Hour)
	w.send()
	for _, by := range [][2]string{{"shop:1", ""}, {"", "P1@x.example"}, {"unknown", "p1@x.example"}} {
		told, err := w.desk().Told(ctx, by[0], by[1])
		if err != nil || len(told) != 1 || len(told[0].Attempts) != 2 || told[0].Row.State != ledger.Accepted {
			t.Fatalf("%v: %+v %v", by, told, err)
		}
		last := told[0].Attempts[1]
		mail, err := told[0].Mail(last, "Person 1", "p1@x.example")
		if err != nil {
			t.Fatal(err)
		}
		found := false
		for _, m := range w.box.Messages() {
			found = found || m.To == "p1@x.example" && string(m.Data) == string(mail)
		}
		if !found || last.QueueID == "" {
			t.Errorf("this is not what arrived: %+v\n%s", last, mail)
		}
	}
	for _, by := range [][2]string{{"shop:99", ""}, {"", "stranger@x.example"}, {"", ""}} {
		if told, err := w.desk().Told(ctx, by[0], by[1]); err != nil || len(told) != 0 {
			t.Errorf("%v: %+v %v", by, told, err)
		}
	}
	if err := os.RemoveAll(w.keys.Dir); err != nil {
		t.Fatal(err)
	}
	if told, err := w.desk().Told(ctx, "shop:1", ""); err != nil || len(told) != 0 {
		t.Errorf("without the key: %+v %v", told, err)
	}
}

// Closing names what is missing; when nothing is, the record says it all and
// names nobody. An exception is for those who could not be reached for five days.
func TestClose(t *testing.T) {
	w := newWorld(t, map[string]mailbox.Fault{"p1@x.example": mailbox.Later, "p2@x.example": mailbox.CutLost, "p3@x.example": mailbox.Never})
	waiver := outcome.Waiver{Reason: "told by post (2026-11-09)", By: "counsel"}
	for _, x := range []outcome.Waiver{{}, waiver} {
		_, err := w.desk().Close(ctx, w.notices, w.mail, x)
		if err == nil || !strings.Contains(err.Error(), "not complete: 1 ambiguous; settle them with notify reconcile") || !strings.Contains(err.Error(), "; 1 deferred; run notify send") {
			t.Errorf("got %v", err)
		}
	}
	if _, err := w.desk().Reconcile(ctx, w.log(w.now, w.now)); err != nil {
		t.Fatal(err)
	}
	w.now = w.now.Add(5 * 24 * time.Hour)
	w.send() // p2 has another try, and is lost again
	if _, err := w.desk().Reconcile(ctx, w.log(w.now.Add(-200*time.Hour), w.now)); err != nil {
		t.Fatal(err)
	}
	made, err := w.desk().Close(ctx, w.notices, w.mail, waiver)
	if err != nil || len(made) != 1 {
		t.Fatal(err)
	}
	data, err := made[0].Encode()
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	for _, must := range []string{"version: privacy@2026-12-20\n", "seal: sha256:5ea1\n", "closed: \"2026-11-08T09:00:00Z\"\n", "controller: Northgate Systems Inc.\n",
		"deadline: \"2026-11-20\"\n", "first: \"2026-11-03T09:00:00Z\"\n", "audience: 6\n", "no usable address: 1\n", "accepted: 3\n", "deferred: 2\n", "rejected: 1\n",
		"reason: told by post (2026-11-09)\n", "by: counsel\n", "holders: 2\n", "digest: sha256:", "chain: sha256:"} {
		if !strings.Contains(text, must) {
			t.Errorf("notice.yaml does not say %q:\n%s", must, text)
		}
	}
	if strings.Contains(text, "x.example") || strings.Contains(text, "shop:") {
		t.Errorf("notice.yaml names somebody:\n%s", text)
	}
	again, ps := outcome.ReadAnnouncement("notice.yaml", data)
	if len(ps) > 0 {
		t.Fatal(ps.Err())
	}
	twice, err := again.Encode()
	if err != nil || string(twice) != text {
		t.Errorf("read and written, it is\n%s %v", twice, err)
	}
	if _, ps := outcome.ReadAnnouncement("notice.yaml", append(data, "more: 1\n"...)); ps.Err() == nil {
		t.Error("an unknown key is taken")
	}
	if s, err := delivery.StatusOf(ctx, w.ledger, w.notices, w.mail, w.now); err != nil || !s.Complete {
		t.Errorf("%+v %v", s, err)
	}
}
