package main

import (
	"bytes"
	"crypto/rand"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"net"
	"net/http"
	"net/url"
	"path"
	"path/filepath"
	"strings"
	"sync"

	"proviso"
	"proviso/desk"
	"proviso/policy"
	"proviso/site"
	"proviso/source"
)

//go:embed stage
var stageFiles embed.FS

var stagePages = template.Must(template.ParseFS(stageFiles, "stage/*.html"))

// A stage is what serve answers with: the sites of a folder as they are at each
// request. Published pages go out as they are; a browser gets them in a frame
// that is loaded again when a source has changed.
type stage struct {
	*program
	mu       sync.Mutex
	seen     map[string]stamp // the files as they were when the folder was read
	day      policy.Date      // on which it was read
	folder   *policy.Folder
	problems source.Problems                 // of reading the folder
	sites    map[policy.Domain]*site.Preview // made when asked for
	watchers map[chan struct{}]struct{}      // browsers that wait for a change
	desk     http.Handler
}

// newStage sets the stage. Editor is as in desk.Desk.
func (p *program) newStage(editor string) (*stage, error) {
	s := &stage{program: p, watchers: map[chan struct{}]struct{}{}}
	style, err := proviso.Templates.ReadFile("templates/style.css")
	if err != nil {
		return nil, err
	}
	root, err := filepath.Abs(p.dir)
	if err != nil {
		return nil, err
	}
	s.desk = (&desk.Desk{Office: s, Token: rand.Text(), Style: style, Editor: editor, Root: root}).Handler()
	return s, nil
}

// open reads the folder anew.
func (s *stage) open() {
	s.sites = map[policy.Domain]*site.Preview{}
	read := s.loadAgain
	if s.folder != nil && s.folder.FS != nil {
		read = func() (*policy.Folder, source.Problems, error) { return s.regimes(s.folder.Reload()) }
	}
	f, ps, err := read()
	if err != nil {
		f = &policy.Folder{Organisation: &policy.Organisation{}}
		ps.Errorf(source.Position{}, "folder", "", "%v", err)
	}
	s.folder, s.problems, s.day = f, ps.Errors(), s.today(f)
}

// preview returns a site as the sources are now.
func (s *stage) preview(domain policy.Domain) (*site.Preview, error) {
	if err := s.problems.Err(); err != nil {
		return nil, err
	}
	if v := s.sites[domain]; v != nil {
		return v, nil
	}
	v, err := site.NewPreview(s.folder, site.Options{Templates: s.templates(), Today: s.day, Sites: []string{domain}})
	if err == nil {
		s.sites[domain] = v
	}
	return v, err
}

// ServeHTTP answers requests to localhost and its subdomains; any other name
// is one that somebody else made lead here.
func (s *stage) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	host, _, err := net.SplitHostPort(r.Host)
	if err != nil {
		host = r.Host
	}
	domain, isSite := strings.CutSuffix(host, ".localhost")
	ip := net.ParseIP(strings.Trim(host, "[]"))
	switch {
	case !isSite && host != "localhost" && (ip == nil || !ip.IsLoopback()):
		http.Error(w, "this preview is for http://localhost and http://DOMAIN.localhost", http.StatusForbidden)
	case !isSite && !strings.HasPrefix(r.URL.Path, "/~stage/"):
		s.desk.ServeHTTP(w, r)
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		http.Error(w, "there is nothing to send here", http.StatusMethodNotAllowed)
	case r.URL.Path == "/~stage/events":
		s.events(w, r)
	case r.URL.Path == "/~stage/stage.js", r.URL.Path == "/~stage/stage.css":
		http.ServeFileFS(w, r, stageFiles, "stage/"+path.Base(r.URL.Path))
	case r.URL.Path == "/~stage/draft":
		s.show(w, http.StatusOK, "draft.html", pairOf(r.URL.Query()))
	case r.Header.Get("Sec-Fetch-Dest") == "document":
		s.show(w, http.StatusOK, "frame.html", r.URL.Path)
	default:
		s.file(w, r, domain)
	}
}

// A pair holds the addresses of a draft and of its redline, below the site.
type pair struct{ Text, Changes string }

func pairOf(q url.Values) pair {
	below := func(name string) string { return strings.TrimLeft(q.Get(name), `/\`) }
	return pair{below("text"), below("changes")}
}

// events tells a browser of every change until it goes.
func (s *stage) events(w http.ResponseWriter, r *http.Request) {
	changed := make(chan struct{}, 1)
	s.mu.Lock()
	s.watchers[changed] = struct{}{}
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.watchers, changed)
	}()
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	flush := http.NewResponseController(w)
	_, err := fmt.Fprint(w, ": waiting\n\n")
	for err == nil && flush.Flush() == nil {
		select {
		case <-r.Context().Done():
			return
		case <-changed:
			_, err = fmt.Fprint(w, "data: changed\n\n")
		}
	}
}

// file answers with a file of a site, as it would be published.
func (s *stage) file(w http.ResponseWriter, r *http.Request, domain string) {
	s.look()
	s.mu.Lock()
	defer s.mu.Unlock()
	name := strings.TrimPrefix(path.Clean(r.URL.Path), "/")
	if strings.HasSuffix(r.URL.Path, "/") {
		name = path.Join(name, "index.html")
	}
	v, err := s.preview(domain)
	var data []byte
	var found bool
	if err == nil {
		data, found, err = v.File(domain, name)
	}
	if err == nil && !found && path.Ext(name) == "" {
		if _, isFolder, _ := v.File(domain, name+"/index.html"); isFolder {
			http.Redirect(w, r, r.URL.Path+"/", http.StatusFound)
			return
		}
	}
	switch {
	case err != nil:
		s.show(w, http.StatusInternalServerError, "problems.html", lines(err))
	case !found:
		s.show(w, http.StatusNotFound, "problems.html", []string{fmt.Sprintf("%s has no page %s", domain, r.URL.Path)})
	default:
		w.Header().Set("Content-Type", contentType(name))
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"+desks(r))
		_, _ = w.Write(data) // the browser has gone
	}
}

// desks are the addresses of the desk, which shows pages of sites in frames.
func desks(r *http.Request) string {
	port := ""
	if _, p, err := net.SplitHostPort(r.Host); err == nil {
		port = ":" + p
	}
	return " http://localhost" + port + " http://127.0.0.1" + port
}

// lines returns what is wrong, one finding a line.
func lines(err error) []string {
	var ps source.Problems
	if !errors.As(err, &ps) {
		return []string{err.Error()}
	}
	var out []string
	for _, p := range ps {
		out = append(out, p.Error())
	}
	return out
}

var contentTypes = map[string]string{".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8",
	".json": "application/json", ".xml": "application/xml", ".atom": "application/atom+xml", ".svg": "image/svg+xml", ".png": "image/png",
	".webp": "image/webp", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".gif": "image/gif"}

func contentType(name string) string {
	if t := contentTypes[path.Ext(name)]; t != "" {
		return t
	}
	return "text/plain; charset=utf-8"
}

// show answers with a page of the stage's own.
func (s *stage) show(w http.ResponseWriter, status int, name string, data any) {
	var out bytes.Buffer
	if err := stagePages.ExecuteTemplate(&out, name, data); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Security-Policy", "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'")
	w.WriteHeader(status)
	_, _ = w.Write(out.Bytes()) // the browser has gone
}
