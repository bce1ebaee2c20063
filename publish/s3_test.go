package publish_test

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"proviso/publish"
)

// A store is a real S3 server with a proxy before it that fails on demand.
type store struct {
	t     testing.TB
	root  string // what the server keeps, as plain files
	proxy *httptest.Server

	mu    sync.Mutex
	count int
	fault func(n int, r *http.Request) fault // may be nil
}

// A fault is what happens to a request.
type fault int

const (
	fine   fault = iota
	failed       // it never reaches the server
	cut          // the server does it, and the answer is lost
)

// startStore starts versitygw on a folder of its own.
func startStore(t testing.TB) *store {
	t.Helper()
	if testing.Short() {
		t.Skip("starts an S3 server")
	}
	name := program(t, "versitygw")
	s := &store{t: t, root: t.TempDir()}
	must(t, os.Mkdir(filepath.Join(s.root, bucketName), 0o755))
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	address := l.Addr().String()
	must(t, l.Close())
	var said strings.Builder
	cmd := exec.Command(name, "--access", key, "--secret", secret, "--port", address, "--quiet", "posix", s.root)
	cmd.Stdout, cmd.Stderr = &said, &said
	must(t, cmd.Start())
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }()
	t.Cleanup(func() { _ = cmd.Process.Kill(); <-ended })
	for up := false; !up; {
		select {
		case <-ended:
			t.Fatalf("versitygw ended:\n%s", said.String())
		default:
		}
		conn, err := net.Dial("tcp", address)
		if up = err == nil; up {
			must(t, conn.Close())
		}
	}
	proxy := &httputil.ReverseProxy{
		Rewrite:  func(r *httputil.ProxyRequest) { r.Out.URL.Scheme, r.Out.URL.Host = "http", address }, // Host stays: it is signed
		ErrorLog: log.New(io.Discard, "", 0),                                                            // of clients that were killed
	}
	s.proxy = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.pass(w, r, proxy) }))
	t.Cleanup(s.proxy.Close)
	return s
}

func (s *store) pass(w http.ResponseWriter, r *http.Request, proxy http.Handler) {
	s.mu.Lock()
	s.count++
	what := fine
	if s.fault != nil {
		what = s.fault(s.count, r)
	}
	s.mu.Unlock()
	switch what {
	case failed:
		_, _ = io.Copy(io.Discard, r.Body)
		w.WriteHeader(http.StatusInternalServerError)
	case cut:
		proxy.ServeHTTP(httptest.NewRecorder(), r)
		panic(http.ErrAbortHandler)
	default:
		proxy.ServeHTTP(w, r)
	}
}

// on sets what happens from now on, and begins to count again.
func (s *store) on(f func(n int, r *http.Request) fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.count, s.fault = 0, f
}

func (s *store) requests() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.count
}

func (s *store) target(owner string) *publish.S3 { return bucketAt(s.proxy.URL, owner) }

// file reads an object from the server's disk, past everything.
func (s *store) file(name string) ([]byte, error) {
	return os.ReadFile(filepath.Join(s.root, bucketName, "legal", filepath.FromSlash(name)))
}

// empty begins again with an empty bucket.
func (s *store) empty() {
	s.t.Helper()
	must(s.t, os.RemoveAll(filepath.Join(s.root, bucketName, "legal")))
}

// save keeps the bucket as it is, with what the server has in extended
// attributes, and returns what puts it back.
func (s *store) save() (restore func()) {
	s.t.Helper()
	now, saved := filepath.Join(s.root, bucketName, "legal"), filepath.Join(s.t.TempDir(), "legal")
	s.copy(now, saved)
	return func() {
		s.empty()
		s.copy(saved, now)
	}
}

func (s *store) copy(from, to string) {
	s.t.Helper()
	if out, err := exec.Command("cp", "-a", from, to).CombinedOutput(); err != nil {
		s.t.Fatalf("%v\n%s", err, out)
	}
}

// pointed follows the pointer: the release, its manifest, each content by its
// hash. It returns the one release that this reader sees.
func (s *store) pointed() string {
	s.t.Helper()
	data, err := s.file(publish.PointerFile)
	must(s.t, err)
	var p publish.Pointer
	must(s.t, json.Unmarshal(data, &p))
	data, err = s.file(".proviso/releases/" + p.Release + ".json")
	must(s.t, err)
	var m publish.Manifest
	must(s.t, json.Unmarshal(data, &m))
	release := ""
	for _, f := range m.Files {
		data, err := s.file(".proviso/objects/" + f.SHA256)
		must(s.t, err)
		if n, err := releaseOf(data); err == nil {
			if release != "" && release != n {
				s.t.Fatalf("a mix of releases %s and %s behind the pointer", release, n)
			}
			release = n
		}
	}
	return release
}

// whole reads every page in place: each must be a whole page of one of two
// releases, and as long as nobody claimed the pointer, of one of them only.
func (s *store) whole(old, next string) {
	s.t.Helper()
	data, err := s.file(publish.PointerFile)
	must(s.t, err)
	var p publish.Pointer
	must(s.t, json.Unmarshal(data, &p))
	found := map[string]bool{}
	for _, name := range changing {
		data, err := s.file(name)
		must(s.t, err)
		n, err := releaseOf(data)
		must(s.t, err)
		if n != old && n != next {
			s.t.Errorf("%s is of release %s", name, n)
		}
		found[n] = true
	}
	if p.Next == nil && len(found) != 1 {
		s.t.Errorf("a mix of releases in place: %v", found)
	}
	if _, err := s.file("privacy/2026-01-02/index.html"); err != nil && found[next] {
		s.t.Errorf("pages of release %s are there before what they lead to", next)
	}
}

func (s *store) live() string {
	s.t.Helper()
	release := s.pointed()
	s.whole(release, release)
	return release
}

// Objects have the headers of the manifest, what is the same does not travel,
// and what is gone is deleted by a later publish only.
func TestS3Publish(t *testing.T) {
	s := startStore(t)
	target := s.target("one")
	_, err := put(t, target, 1)
	must(t, err)
	o, err := put(t, target, 2)
	must(t, err)
	must(t, o.Left)
	if s.live() != "2" {
		t.Error("release 2 is not live")
	}
	head, err := target.Bucket.Head(ctx, "legal/privacy/index.html")
	must(t, err)
	if head.Type != "text/html; charset=utf-8" || head.Cache != "public, max-age=0, must-revalidate" || len(head.SHA256) != 64 {
		t.Errorf("%+v", head)
	}
	if differ, err := target.Differ(ctx, o.Manifest); err != nil || len(differ) != 0 {
		t.Error(differ, err)
	}

	var written []string
	s.on(func(_ int, r *http.Request) fault {
		if r.Method == http.MethodPut {
			written = append(written, r.URL.Path)
		}
		return fine
	})
	dir := writeSite(t, t.TempDir(), 2)
	must(t, os.Remove(filepath.Join(dir, "style.css")))
	must(t, os.WriteFile(filepath.Join(dir, "index.html"), []byte(page("another index", 2)), 0o644))
	_, err = putTree(target, dir, at(3))
	must(t, err)
	if len(written) != 5 { // content, manifest, claim, page, pointer
		t.Errorf("%d objects were written: %v", len(written), written)
	}
	if _, err := s.file("style.css"); err == nil { // grace 0: the next one may delete it at once
		t.Error("style.css is still there")
	}

	// Somebody else's object in the same place of the bucket stays.
	if _, err := s.file("_headers"); err != nil {
		t.Error(err)
	}
}

// Files that a release no more has stay for the grace.
func TestS3Grace(t *testing.T) {
	s := startStore(t)
	target := s.target("one")
	target.Grace = 90e9 // ninety seconds; releases are a minute apart
	_, err := put(t, target, 1)
	must(t, err)
	dir := writeSite(t, t.TempDir(), 1)
	must(t, os.Remove(filepath.Join(dir, "style.css")))
	for n, there := range []bool{true, true, false} {
		must(t, os.WriteFile(filepath.Join(dir, "index.html"), []byte(page(fmt.Sprint("index ", n), 1)), 0o644))
		_, err = putTree(target, dir, at(2+n))
		must(t, err)
		if _, err := s.file("style.css"); (err == nil) != there {
			t.Errorf("publish %d: %v", n, err)
		}
	}
}

// Whatever request fails, or is done and its answer lost, readers see the old
// site or the new one, and the next run finishes.
func TestS3EveryRequestFails(t *testing.T) {
	s := startStore(t)
	next := writeSite(t, t.TempDir(), 2)
	_, err := put(t, s.target("one"), 1)
	must(t, err)
	restore := s.save()
	for _, c := range []struct {
		kind  fault
		after bool // all later requests fail too
	}{{failed, true}, {cut, false}} {
		for n, reached := 1, true; reached; n++ {
			restore()
			s.on(func(i int, _ *http.Request) fault {
				if i == n || c.after && i > n {
					return c.kind
				}
				return fine
			})
			_, err := putTree(s.target("one"), next, at(2))
			reached = s.requests() >= n
			s.on(nil)
			live := s.pointed()
			if s.whole("1", "2"); live != "1" && live != "2" || err == nil && live != "2" {
				t.Errorf("request %d: release %s is live, %v", n, live, err)
			}
			s.finished(next, n)
		}
	}
}

// finished publishes once more, and all must be well.
func (s *store) finished(next string, request int) {
	s.t.Helper()
	_, err := putTree(s.target("one"), next, at(3))
	must(s.t, err)
	if live := s.live(); live != "2" {
		s.t.Errorf("request %d: the next run leaves release %s live", request, live)
	}
}

// The same when the publisher is killed at a request.
func TestS3KilledAtEveryRequest(t *testing.T) {
	s := startStore(t)
	next := writeSite(t, t.TempDir(), 2)
	_, err := put(t, s.target("one"), 1)
	must(t, err)
	restore := s.save()
	for n, killed := 1, true; killed; n++ {
		restore()
		cmd := child{Endpoint: s.proxy.URL, Tree: next, Now: at(2)}.command(t)
		s.on(func(i int, _ *http.Request) fault {
			if i < n {
				return fine
			}
			_ = cmd.Process.Kill()
			return failed
		})
		var out strings.Builder
		cmd.Stdout, cmd.Stderr = &out, &out
		s.mu.Lock() // the first request waits until there is a process to kill
		err := cmd.Start()
		s.mu.Unlock()
		must(t, err)
		err = cmd.Wait()
		killed = cmd.ProcessState.ExitCode() == -1
		if !killed && err != nil {
			t.Fatalf("%v\n%s", err, out.String())
		}
		s.on(nil)
		live := s.pointed()
		if s.whole("1", "2"); live != "1" && live != "2" {
			t.Errorf("request %d: release %s is live", n, live)
		}
		s.finished(next, n)
	}
}

// Sixteen publishers from different folders: one wins, and nothing of the
// others is in place.
func TestS3Race(t *testing.T) {
	s := startStore(t)
	for range 3 {
		s.empty()
		_, err := put(t, s.target("first"), 1)
		must(t, err)
		race(t, 16, func(i int) publish.Target { return s.target(fmt.Sprint("publisher ", i)) }, s.live)
	}
}

// Whoever finds the claim of another folder waits until it is old; then it is
// taken over, and what the dead one put in place is put right.
func TestS3Claim(t *testing.T) {
	s := startStore(t)
	_, err := put(t, s.target("one"), 1)
	must(t, err)
	s.on(func(_ int, r *http.Request) fault { // dies with some pages in place
		if r.Method == http.MethodPut && strings.HasSuffix(r.URL.Path, "/legal/index.html") {
			return failed
		}
		return fine
	})
	if _, err = put(t, s.target("one"), 2); err == nil {
		t.Fatal("it did not fail")
	}
	s.on(nil)
	_, err = put(t, s.target("two"), 3)
	if err == nil || !strings.Contains(err.Error(), "a claim of theirs from 2026-12-20T12:02:00Z holds until 2026-12-20T12:17:00Z, if they died") {
		t.Errorf("%v", err)
	}
	if live := s.pointed(); live != "1" {
		t.Errorf("release %s is live", live)
	}
	dir := writeSite(t, t.TempDir(), 1) // what is live: only what the dead one replaced differs
	_, err = putTree(s.target("two"), dir, at(2).Add(publish.Lease))
	must(t, err)
	if live := s.live(); live != "1" {
		t.Errorf("release %s is live", live)
	}
}

// The way back needs no tree; the versions that came since stay.
func TestS3Rollback(t *testing.T) {
	s := startStore(t)
	for n := 1; n <= 2; n++ {
		_, err := put(t, s.target("one"), n)
		must(t, err)
	}
	o, err := s.target("one").Rollback(ctx, at(3))
	must(t, err)
	if differ, err := s.target("one").Differ(ctx, o.Manifest); err != nil || len(differ) > 0 {
		t.Error(differ, err)
	}
	for name, want := range map[string]string{"index.html": "1", "privacy/2026-01-01/index.html": "1", "privacy/2026-01-02/index.html": "2"} {
		data, err := s.file(name)
		must(t, err)
		if n, _ := releaseOf(data); n != want {
			t.Errorf("%s is of release %s", name, n)
		}
	}
	if _, err := s.target("one").Rollback(ctx, at(4)); err == nil {
		t.Error("there is nothing before release 1 to go back to")
	}
}

// What is wrong with the server or the keys is said.
func TestS3Refused(t *testing.T) {
	s := startStore(t)
	target := s.target("one")
	must(t, os.RemoveAll(filepath.Join(s.root, bucketName)))
	if _, err := put(t, target, 1); err == nil || !strings.Contains(err.Error(), `there is no bucket "policies"; make it first`) {
		t.Errorf("%v", err)
	}
}
