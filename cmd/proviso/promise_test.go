package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"proviso/ledger"
	"proviso/mailbox"
)

// A promise is a company that has told its account holders: we notify you by
// e-mail thirty days before a material change takes effect. Its days are the
// story's, its site is served over HTTP, its mail server is a real one.
type promise struct {
	*story
	box  *mailbox.Server
	site string // URL
}

const promised = "privacy@2031-03-20"

func newPromise(t *testing.T, holders int, o mailbox.Options) *promise {
	t.Helper()
	box, err := mailbox.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { box.Close() })
	p := &promise{story: &story{t: t, dir: t.TempDir()}, box: box}
	p.env = map[string]string{"PROVISO_SMTP": box.URL()}
	web := httptest.NewServer(http.FileServer(http.Dir(filepath.Join(p.dir, "www/current"))))
	t.Cleanup(web.Close)
	p.site = web.URL + "/"
	p.write("content/organisation.yaml", fmt.Sprintf(`name: Lantern
legal_name: Lantern Lighting Ltd.
address: 4 Wick Lane, Port
contacts: {privacy: privacy@lantern.example}
time_zone: Europe/Berlin
locales: [en]
sites: {lantern.example: {name: Lantern, url: "%s"}}
regimes: [contract-30]
`, p.site))
	p.write("proviso.yaml", `accounts: {name: shop, source: "csv:accounts.csv"}
mail: {smtp: "${PROVISO_SMTP}", from: "Lantern Legal <legal@lantern.example>", connections: 8}
publish: {lantern.example: "dir:www"}
`)
	accounts := "id,email,name,status,joined\n"
	for i := range holders {
		accounts += person(i+1, "2028-01-31")
	}
	// Someone who left, someone twice, and someone without a usable address.
	p.write("accounts.csv", accounts+"900001,gone@mail.example,Gone,closed,\n900002,P1@mail.example,Person 1,active,\n900003,nowhere,Nowhere,active,\n")
	return p
}

// person is a line of accounts.csv.
func person(id int, joined string) string {
	return fmt.Sprintf("%d,p%d@mail.example,Person %d,active,%s\n", id, id, id, joined)
}

// refused is a command that has to answer no, and what it says.
func (p *promise) refused(args ...string) string {
	p.t.Helper()
	status, out, errs := p.run(args...)
	if status != 1 {
		p.t.Fatalf("proviso %s on %s: status %d, want 1\n%s%s", strings.Join(args, " "), p.day, status, out, errs)
	}
	return out + errs
}

// says fails unless a text holds all of these.
func (p *promise) says(text string, wanted ...string) {
	p.t.Helper()
	for _, w := range wanted {
		if !strings.Contains(text, w) {
			p.t.Errorf("on %s: %q is not in:\n%.3000s", p.day, w, text)
		}
	}
}

// page is what a reader gets from the site.
func (p *promise) page(path string) string {
	p.t.Helper()
	resp, err := http.Get(p.site + path)
	if err != nil {
		p.t.Fatal(err)
	}
	defer resp.Body.Close()
	var page strings.Builder
	if err := resp.Write(&page); err != nil {
		p.t.Fatal(err)
	}
	if resp.StatusCode != http.StatusOK {
		p.t.Fatalf("on %s: /%s: %s", p.day, path, resp.Status)
	}
	return page.String()
}

// inForce looks at everything that tells readers which text holds.
func (p *promise) inForce(version string) {
	p.t.Helper()
	months := map[string]string{"2029-05-01": "12 months", "2031-03-20": "24 months"}[version]
	page := p.page("privacy/")
	p.says(page, "after "+months)
	if other := map[string]string{"12 months": "after 24 months", "24 months": "after 12 months"}[months]; strings.Contains(page, other) {
		p.t.Errorf("on %s the page in force says %q", p.day, other)
	}
	p.says(p.page("policies.json"), fmt.Sprintf(`"in_force": %q`, version))
	for _, v := range []string{"2029-05-01", "2031-03-20"} {
		p.page("privacy/" + v + "/") // every version stays at its address
	}
}

// announce takes the policy in, changes it, and puts the change where readers
// see it coming.
func (p *promise) announce() {
	p.day = "2031-01-10"
	p.write("old/privacy.html", `<!DOCTYPE html><html lang="en"><title>Privacy Policy | Lantern</title><body>
<nav><a href="/">Home</a><a href="/shop">Shop</a></nav>
<main><h1>Privacy Policy</h1><p>Effective as of 1 May 2029.</p>
<h2>What we collect</h2><p>We collect the name and the postal address that you give when you order a lamp.</p>
<h2>How long we keep it</h2><p>We delete orders after 12 months. Our office keeps the paper.</p></main>
<footer>© Lantern</footer></body></html>`)
	p.must("import", filepath.Join(p.dir, "old/privacy.html"), "--policy", "privacy")
	p.must("publish")
	if page := p.page("privacy/"); strings.Contains(page, "Shop") {
		p.t.Error("what stood around the text was imported with it")
	}

	p.day = "2031-02-01"
	p.must("draft", "privacy")
	p.edit("content/privacy/draft/en.md", "12 months", "24 months")
	p.edit("content/privacy/draft/en.md", "the name and", "the full name and")
	p.write("content/privacy/draft/changes.yaml", `summary: {en: "We keep orders for two years."}
why: {en: "The law asks us to."}
choices: {en: "You may close your account."}
`)
	p.says(p.must("diff", "privacy"), "12 months → 24 months")
	p.says(p.refused("release", "privacy", "--effective", "2031-02-15"), "the earliest date that the lead times allow is 2031-03-04")
	p.must("decide", "privacy", "what-we-collect", "editorial", "--reason", "the form asked for it before", "--by", "counsel")
	p.says(p.must("release", "privacy", "--effective", "2031-03-20"), "before 2031-02-18 begins")
	p.must("verify")
}

// publishUpcoming puts the released version where readers see it coming.
func (p *promise) publishUpcoming() {
	p.must("publish")
	p.inForce("2029-05-01")
	p.says(p.page("privacy/"), "20 March 2031")
	p.says(p.page("privacy/2031-03-20/"), "after 24 months", "This version takes effect on 20 March 2031. It is not in force yet.")
	p.says(p.page("privacy/2031-03-20/changes/"), "We keep orders for two years.", "<del>", "<ins>")
	for _, page := range []string{"privacy/2031-03-20/", "privacy/2031-03-20/changes/", "policies.json"} {
		if text := p.page(page); strings.Contains(text, "counsel") || strings.Contains(text, "the form asked") {
			p.t.Errorf("%s gives away who decided, or why", page)
		}
	}
}

// killed sends in a process of its own, which is killed without warning when
// the mail server has taken as many mails as the test wants.
func (p *promise) killed(kill <-chan bool) {
	p.t.Helper()
	var out strings.Builder
	cmd := exec.Command("proviso-on", "-C", p.dir, "notify", "send", "privacy", "--yes")
	cmd.Env = append(os.Environ(), "PROVISO_SMTP="+p.box.URL(), dayVariable+"="+p.day)
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case <-kill:
		_ = cmd.Process.Kill()
		<-ended
	case err := <-ended:
		p.t.Fatalf("the sender ended before it was killed: %v\n%s", err, &out)
	}
}

const dayVariable = "PROVISO_TEST_DAY"

// onDay is the program in a process of its own, on the day of a story.
func onDay() {
	day, err := time.Parse(time.DateOnly, os.Getenv(dayVariable))
	if err != nil {
		panic(err)
	}
	begun := time.Now()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	p := &program{stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, env: os.LookupEnv,
		now: func() time.Time { return day.Add(17*time.Hour + time.Since(begun)) }}
	os.Exit(p.run(ctx, os.Args[1:]))
}

// mailsTo counts the mails to each address, and fails if two mails to one
// address have different ids, or one does not say what has to be said.
func (p *promise) mailsTo() map[string]int {
	p.t.Helper()
	times, ids := map[string]int{}, map[string]string{}
	for i, m := range p.box.Messages() {
		r, err := m.Read()
		if err != nil {
			p.t.Fatal(err)
		}
		id := r.Get("Message-ID")
		if before, twice := ids[m.To]; twice && before != id {
			p.t.Errorf("%s has mails with the ids %s and %s", m.To, before, id)
		}
		ids[m.To] = id
		if times[m.To]++; i%500 == 0 {
			p.says(r.Text, "12 months → 24 months", "20 March 2031", "We keep orders for two years.", "You may close your account.", p.site+"privacy/2031-03-20/", "sha256:")
			p.says(r.Text, "Hello Person "+strings.TrimSuffix(strings.TrimPrefix(m.To, "p"), "@mail.example"))
		}
	}
	return times
}

// row is what the ledger has of a holder.
func (p *promise) row(l *ledger.SQLite, key ledger.Key, id int) (ledger.Row, []ledger.Attempt) {
	p.t.Helper()
	holder := key.Holder(fmt.Sprintf("shop:%d", id))
	row, ok, err := l.Find(p.t.Context(), promised, holder, ledger.Hash{})
	tries, err2 := l.Attempts(p.t.Context(), promised, holder)
	if err := errors.Join(err, err2); err != nil || !ok {
		p.t.Fatalf("shop:%d is in the ledger: %v, %v", id, ok, err)
	}
	return row, tries
}

// A whole life, in which the promise is kept: an old page is taken in, changed,
// decided on, released, announced, and told to everybody through a mail server
// that fails in every way it can and a sender that is killed; some join late,
// some cannot be reached. On its day, and not before, the version goes in force,
// and years later it can be proven.
func TestPromiseKept(t *testing.T) {
	n := 5000
	if testing.Short() {
		n = 400
	}
	var mu sync.Mutex
	kill, left := make(chan bool, 1), n/3
	p := newPromise(t, n, mailbox.Options{
		Taken: func(int) {
			mu.Lock()
			defer mu.Unlock()
			if left--; left == 0 {
				kill <- true
			}
		},
		Faults: mailbox.Faults{Seed: 31, Delay: 5 * time.Millisecond, Always: map[string]mailbox.Fault{"p7@mail.example": mailbox.Never, "p9@mail.example": mailbox.Later}, Odds: map[mailbox.Fault]float64{
			mailbox.CutInside: .005, mailbox.CutTaken: .005, mailbox.CutLost: .005, mailbox.Shut: .002, mailbox.Later: .01, mailbox.LaterAtEnd: .005,
			mailbox.Never: .005, mailbox.Slow: .01}}})
	p.announce()

	// Nobody is led to a page that is not there.
	p.says(p.refused("notify", "send", "privacy", "--yes"), promised+" is not live on lantern.example", "nothing was sent")
	p.publishUpcoming()
	p.says(p.must("notify", "plan", "privacy"), fmt.Sprint(n))
	if len(p.box.Messages()) > 0 {
		t.Fatal("somebody was told already")
	}

	// The sender is killed; another one goes on, and one more after the server is well.
	p.killed(kill)
	p.says(p.refused("notify", "status", "privacy"), "pending")
	p.says(p.refused("notify", "send", "privacy", "--yes"), "left to try; run it again")
	p.day = "2031-02-02"
	p.box.Heal()
	p.must("notify", "send", "privacy", "--yes")
	p.says(p.must("notify", "send", "privacy", "--yes"), "nobody is left to tell")
	told := len(p.box.Messages())

	// Two join in time, and only they are told.
	p.day = "2031-02-10"
	p.edit("accounts.csv", "900003,", person(n+1, "2031-02-09")+person(n+2, "2031-02-10")+"900003,")
	p.says(p.must("notify", "send", "privacy", "--yes"), "2 accepted, 0 deferred, 0 rejected, 0 ambiguous")
	if got := len(p.box.Messages()) - told; got != 2 {
		t.Errorf("%d mails to 2 who joined", got)
	}

	// A mail comes back. Who cannot be reached is owed a letter, and until the list for it is written nothing is done.
	p.day = "2031-02-12"
	p.write("back.csv", "email,event,reason\np3@mail.example,bounce,550 5.1.1 gone\nstranger@mail.example,bounce,550 5.1.1 gone\n")
	p.says(p.must("notify", "bounce", filepath.Join(p.dir, "back.csv")), "1 bounced", "1 not ours")
	p.says(p.must("notify", "status", "privacy"), "complete:", "1 bounced", "2 skipped")
	status, out, _ := p.run("status")
	if p.says(out, "2029-05-01", "2031-03-20", "2031-02-18"); status != 0 {
		t.Errorf("status %d before the deadline with the notice out:\n%s", status, out)
	}
	p.says(p.must("notify", "unreachable", "-o", filepath.Join(p.dir, "post.csv"), promised), "holders in")
	post := p.read("post.csv")
	p.says(post, "shop:3,p3@mail.example,Person 3,,bounced", "shop:7,p7@mail.example,Person 7,,rejected", "shop:900003,nowhere")
	p.must("notify", "close", promised)
	notice := p.read("content/privacy/2031-03-20/notice.yaml")
	if p.says(notice, "bounced: 1", "live: ", "posted:"); strings.Contains(notice, "mail.example") {
		t.Error("notice.yaml names people")
	}

	// After the deadline somebody joins. They are told, and hold nothing up.
	p.day = "2031-02-25"
	p.edit("accounts.csv", "900003,", person(n+3, "2031-02-24")+"900003,")
	p.must("notify", "send", "privacy", "--yes")
	p.must("publish")

	p.keptToEveryHolder(n, post)

	// The day before, the old text holds; on the day the new one.
	p.day = "2031-03-19"
	p.must("publish")
	p.inForce("2029-05-01")
	p.day = "2031-03-20"
	p.says(p.must("publish"), "is live: ")
	p.inForce("2031-03-20")
	p.says(p.page("privacy/feed.atom"), "2031-03-20")
	if strings.Contains(p.page("notice.json"), "2031-03-20") {
		t.Error("what is in force is still announced")
	}
	p.must("publish", "status")
	p.must("verify", "--against", p.site)
	status, out, errs := p.run("status")
	if status != 0 {
		t.Errorf("everything is done, and status answers %d\n%s%s", status, out, errs)
	}

	// Three years later.
	p.day = "2034-06-01"
	zip := filepath.Join(p.dir, "proof.zip")
	p.must("evidence", promised, "-o", zip)
	p.says(p.must("evidence", "verify", zip), "everything that was checked holds", "first accepted before the deadline: ", "the audience of "+promised+" is the one that was sealed before the first mail")
	p.says(p.must("evidence", "verify", zip, "--holder", "shop:42"), "shop:42 in "+promised+": accepted")
	p.says(p.must("notify", "show", "--holder", "shop:42"), "Hello Person 42", "12 months → 24 months", "queued as M")
	p.says(p.refused("evidence", "verify", zip, "--holder", "shop:4711000"), "no row is that of shop:4711000")
}

// keptToEveryHolder looks at the mails and at the ledger of a life with one
// kill: whom no server refused was told, nobody more often than a kill or a
// lost answer excuses, and the ledger knows of each mail before it went and
// what came of it.
func (p *promise) keptToEveryHolder(n int, post string) {
	p.t.Helper()
	times := p.mailsTo()
	key, err := ledger.Keys{Dir: filepath.Join(p.dir, ".proviso/keys")}.Get(promised)
	if err != nil {
		p.t.Fatal(err)
	}
	l, err := ledger.Open(p.t.Context(), "sqlite:.proviso/ledger.db", p.dir)
	if err != nil {
		p.t.Fatal(err)
	}
	defer l.Close()
	twice, rejected := 0, 0
	for id := 1; id <= n+3; id++ {
		row, tries := p.row(l, key, id)
		got := times[fmt.Sprintf("p%d@mail.example", id)]
		switch {
		case row.State == ledger.Rejected:
			if rejected++; got > 0 {
				// a try that nobody answered was taken, and the next one refused
				twice++
			}
			p.says(post, fmt.Sprintf("shop:%d,", id))
		case got == 0:
			p.t.Errorf("shop:%d was missed; the ledger says %s", id, row.State)
		case row.State != ledger.Accepted && row.State != ledger.Bounced:
			p.t.Errorf("shop:%d is %s", id, row.State)
		case got > 1:
			twice++
			if !unanswered(tries) {
				p.t.Errorf("shop:%d has %d mails, though every try was answered: %v", id, got, tries)
			}
		}
		if late := id == n+3; row.Late != late {
			p.t.Errorf("shop:%d: joined after the deadline: %v", id, row.Late)
		}
		if last := tries[len(tries)-1]; !last.News && (last.Text == "" || last.Ended.Before(last.Started)) {
			p.t.Errorf("shop:%d: the last try is %+v", id, last)
		}
	}
	for _, nobody := range []string{"gone@mail.example", "P1@mail.example", "nowhere"} {
		if times[nobody] > 0 {
			p.t.Errorf("%s was told", nobody)
		}
	}
	bound := 8*16 + p.box.Met(mailbox.CutTaken)
	p.t.Logf("%d holders: %d mails, %d rejected, %d told more than once (at most %d)", n, len(p.box.Messages()), rejected, twice, bound)
	if twice > bound || rejected == 0 || rejected > n/20 {
		p.t.Errorf("%d told twice of at most %d, %d rejected", twice, bound, rejected)
	}
	for _, f := range []mailbox.Fault{mailbox.CutInside, mailbox.CutTaken, mailbox.CutLost, mailbox.Shut, mailbox.Later, mailbox.LaterAtEnd, mailbox.Never} {
		if p.box.Met(f) == 0 && !testing.Short() {
			p.t.Errorf("the server never failed with %d", f)
		}
	}
}

// unanswered reports whether nobody could know of one of the tries whether it went.
func unanswered(tries []ledger.Attempt) bool {
	for _, a := range tries {
		if a.State == ledger.Ambiguous {
			return true
		}
	}
	return false
}

var earliest = regexp.MustCompile(`the earliest lawful date now is (\S+)`)

// The same life with a send that comes too late. On its day the site does not
// change: readers, feeds and programs are told what they were told before, and
// the answer says what is owed. It changes when the last one told has had
// thirty days, and not a day before.
func TestPromiseLate(t *testing.T) {
	p := newPromise(t, 30, mailbox.Options{})
	p.announce()
	p.publishUpcoming()

	// The deadline passes, and nobody has sent.
	p.day = "2031-02-19"
	p.says(p.refused("status"), "nobody was told of it: 30 holders to tell", "proviso reschedule "+promised+" 2031-03-22")
	p.must("publish") // the upcoming page may stand there
	p.day = "2031-02-25"
	p.must("notify", "send", "privacy", "--yes")
	if times := p.mailsTo(); len(times) != 30 || len(p.box.Messages()) != 30 {
		t.Errorf("%d of 30 holders have %d mails", len(times), len(p.box.Messages()))
	}
	p.says(p.must("notify", "status", "privacy"), "30 late")
	p.must("notify", "unreachable", "-o", filepath.Join(p.dir, "post.csv"))
	p.must("notify", "close", promised)

	// Its day comes, and the next, and the old text stays in force. The record
	// of the closed notice says the same as the ledger.
	for _, p.day = range []string{"2031-03-20", "2031-03-21", "2031-03-27"} {
		for _, without := range []string{"", ".proviso/ledger.db"} {
			if without != "" {
				p.rename(without, without+".away")
			}
			said := p.refused("publish")
			p.says(said, promised+" does not go in force; privacy@2029-05-01 stays in force", "30 holders", "1 version not in force: "+promised)
			if m := earliest.FindStringSubmatch(said); m == nil || m[1] != "2031-03-28" {
				t.Errorf("on %s, without %q: the earliest date is %q", p.day, without, m)
			}
			if without != "" {
				p.rename(without+".away", without)
			}
		}
		p.inForce("2029-05-01")
		p.says(p.page("privacy/2031-03-20/"), "after 24 months")
		p.says(p.refused("status"), "2029-05-01")
	}
	p.day = "2031-03-28"
	p.must("publish")
	p.inForce("2031-03-20")
	p.must("verify", "--against", p.site)
	if status, out, errs := p.run("status"); status != 0 {
		t.Errorf("status answers %d\n%s%s", status, out, errs)
	}
}

func (p *promise) rename(from, to string) {
	p.t.Helper()
	if err := os.Rename(filepath.Join(p.dir, from), filepath.Join(p.dir, to)); err != nil {
		p.t.Fatal(err)
	}
}
