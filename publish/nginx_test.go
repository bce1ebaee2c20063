package publish_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"proviso/publish"
)

const nginxConfig = `
daemon off;
worker_processes 1;
error_log stderr;
pid %[1]s/nginx.pid;
events { worker_connections 512; }
http {
	access_log off;
	client_body_temp_path %[1]s/body; proxy_temp_path %[1]s/proxy; fastcgi_temp_path %[1]s/fastcgi;
	uwsgi_temp_path %[1]s/uwsgi; scgi_temp_path %[1]s/scgi;
	types { text/html html; text/css css; application/atom+xml atom; application/json json; }
	server { listen %[2]s; root %[3]s/current; }
}
%[4]s
`

// startNginx serves the live release of a folder and returns its address.
func startNginx(t *testing.T, dir string) string {
	t.Helper()
	name := program(t, "nginx")
	work := t.TempDir()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	address := l.Addr().String()
	must(t, l.Close())
	user := ""
	if os.Getuid() == 0 {
		user = "user root;"
	}
	config := filepath.Join(work, "nginx.conf")
	must(t, os.WriteFile(config, fmt.Appendf(nil, nginxConfig, work, address, dir, user), 0o644))
	var log bytes.Buffer
	cmd := exec.Command(name, "-p", work, "-e", "stderr", "-c", config)
	cmd.Stdout, cmd.Stderr = &log, &log
	must(t, cmd.Start())
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }()
	t.Cleanup(func() { _ = cmd.Process.Signal(os.Interrupt); <-ended })
	for {
		select {
		case <-ended:
			t.Fatalf("nginx ended:\n%s", log.String())
		default:
		}
		if conn, err := net.Dial("tcp", address); err == nil {
			must(t, conn.Close())
			return "http://" + address
		}
	}
}

// Readers read through nginx while fifty releases go by: no request fails, no
// page is a mix, and no reader is ever taken back to an older release.
func TestDirBehindNginx(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a web server")
	}
	d := &publish.Dir{Path: t.TempDir(), Keep: 2}
	_, err := put(t, d, 1)
	must(t, err)
	url := startNginx(t, d.Path)

	running, stop := context.WithCancel(ctx)
	var readers sync.WaitGroup
	var pages atomic.Int64
	for i := range 3 {
		readers.Go(func() {
			newest := 0
			for n := i; running.Err() == nil; n++ {
				release, err := fetch(url + "/" + changing[n%len(changing)])
				if err != nil {
					t.Error(err)
					return
				}
				if release < newest {
					t.Errorf("release %d after release %d", release, newest)
				}
				newest = release
				pages.Add(1)
			}
		})
	}
	wrk, report := startWrk(t, url+"/privacy/index.html")
	const releases = 50
	for n := 2; n <= releases; n++ {
		_, err := put(t, d, n)
		must(t, err)
	}
	stop()
	readers.Wait()
	must(t, wrk.Signal(os.Interrupt))
	got := report()
	if !regexp.MustCompile(`[1-9]\d* requests in`).MatchString(got) || strings.Contains(got, "Socket errors") || strings.Contains(got, "Non-2xx") {
		t.Errorf("wrk says:\n%s", got)
	}
	if pages.Load() < releases {
		t.Errorf("only %d pages were read; the test shows nothing", pages.Load())
	}
	t.Logf("%d pages by our readers; wrk: %s", pages.Load(), regexp.MustCompile(`\d+ requests in`).FindString(got))
}

// startWrk has wrk read a page until it is interrupted; report waits for what it says.
func startWrk(t *testing.T, url string) (wrk *os.Process, report func() string) {
	t.Helper()
	var out bytes.Buffer
	cmd := exec.Command(program(t, "wrk"), "-t", "1", "-c", "4", "-d", "600s", "--timeout", "60s", url)
	cmd.Stdout, cmd.Stderr = &out, &out
	must(t, cmd.Start())
	return cmd.Process, func() string { _ = cmd.Wait(); return out.String() }
}

// fetch reads a page and returns the number of its release.
func fetch(url string) (int, error) {
	resp, err := http.Get(url)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		return 0, fmt.Errorf("%s: %s, %v", url, resp.Status, err)
	}
	text, err := releaseOf(data)
	if err != nil {
		return 0, err
	}
	var n int
	_, err = fmt.Sscan(text, &n)
	return n, err
}

// What readers get is compared with what was published, file by file.
func TestReader(t *testing.T) {
	d := &publish.Dir{Path: t.TempDir(), Keep: 2}
	o, err := put(t, d, 1)
	must(t, err)
	r := publish.Reader{Client: http.DefaultClient, URL: startNginx(t, d.Path) + "/"}
	p, err := r.Pointer(ctx)
	must(t, err)
	if p.Release != o.Manifest.Release {
		t.Errorf("readers get %s", p.Release)
	}
	differ, err := r.Differ(ctx, o.Manifest)
	if err != nil || len(differ) != 0 {
		t.Error(differ, err)
	}
	must(t, os.WriteFile(filepath.Join(d.Path, "current/index.html"), []byte("hello"), 0o644))
	must(t, os.Remove(filepath.Join(d.Path, "current/privacy/feed.atom")))
	differ, err = r.Differ(ctx, o.Manifest)
	if err != nil || fmt.Sprint(differ) != "[{index.html content} {privacy/feed.atom missing}]" {
		t.Error(differ, err)
	}
}
