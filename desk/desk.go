// Package desk is where a legal team reviews a draft in a browser: what changed
// and what the rules make of it, decisions with their reasons, the words for
// readers, the mail as it would be sent, what check found, and the release.
//
// # What it is
//
// A Desk answers HTTP requests with pages of its own. It keeps nothing: all
// that is decided or written is in the folder's files at once, by the same ways
// as on the command line (Office), and every page shows the files as they are.
// Pages are forms and links, and work without a script; the one script there is
// shows a page anew when a file has changed, unless words were typed into it.
//
// # Two people at once
//
// A form says what its reader saw: the hash of the changes that are judged, the
// words that are replaced, the state of the draft that is released. If that is
// no longer so the answer is 409 and what was typed is still there; nothing is
// overwritten unseen.
//
// # Who may use it
//
// Whoever reaches it may release, so it must be served on the loopback address
// only, and only under names of this machine: its caller looks at Host, since a
// foreign name can be made to lead here. The desk itself takes forms from its
// own pages alone (same Origin, and a token that other pages cannot read), lets
// no page frame it, and allows no script or style but its own files. The mail
// is shown in a frame without rights. Nothing of the desk is in published output.
package desk

import (
	"bytes"
	"context"
	"crypto/subtle"
	"embed"
	"html/template"
	"net"
	"net/http"
	"path"
	"strings"

	"proviso/notify"
	"proviso/policy"
	"proviso/site"
	"proviso/source"
)

// An Office does what the desk asks for. Errors of type Refusal say why not.
type Office interface {
	// Folder returns the folder as it is now, and what is wrong with it.
	Folder() (*policy.Folder, source.Problems)
	Today(*policy.Folder) policy.Date
	// Pages lists where the drafts stand on the sites.
	Pages() []site.DraftPage
	// Findings is all that check finds.
	Findings() source.Problems
	// Copy makes a draft of the newest version of a policy.
	Copy(ctx context.Context, policy string) error
	// Decide records a decision. Of is the hash of what its maker saw.
	Decide(ctx context.Context, ref string, d policy.Decision) error
	// Amend changes changes.yaml of a draft, unless edit fails.
	Amend(ctx context.Context, ref string, edit func(changes []byte) ([]byte, error)) error
	// Consider finds what stands against releasing a draft on a date; the zero
	// Date is the earliest lawful one.
	Consider(ctx context.Context, ref string, date policy.Date) (*Release, error)
	// Release releases a draft that is in the state that was considered, and
	// returns POLICY@VERSION.
	Release(ctx context.Context, ref string, date policy.Date, state string) (string, error)
	// Notices returns the notices of a version, a draft's as if it were released
	// now for a date, and who writes them.
	Notices(ctx context.Context, ref string, date policy.Date) ([]*notify.Notice, notify.Writer, error)
}

// A Release is what the office says of releasing a draft on a date.
type Release struct {
	Date     policy.Date
	Earliest policy.Date // zero: it cannot be told
	Deadline policy.Date // for the notice; zero: none is owed
	Refusals []string
	Problems source.Problems
	State    string // another one as soon as anything that was considered changes
}

// A Refusal says why something is not done, one reason a line. Changed means
// that it is not as it was when its reader saw it.
type Refusal struct {
	Reasons []string
	Changed bool
}

func (r *Refusal) Error() string { return strings.Join(r.Reasons, "\n") }

// A Desk answers the requests of one server.
type Desk struct {
	Office Office
	Token  string // what a form must bring; secret, and another one for every server
	Style  []byte // the stylesheet of the built-in pages
	// Editor is the address that opens a source in an editor, with {file} and
	// {line}; empty: none.
	Editor string
	Root   string // the folder's absolute path, for Editor
}

//go:embed pages
var files embed.FS

var pages = template.Must(template.New("").Funcs(template.FuncMap{"say": say, "words": marked}).ParseFS(files, "pages/*.html"))

// maxForm is the size of the largest form in bytes.
const maxForm = 1 << 20

// Handler returns what answers requests to the desk. See the package's words
// on who may use it.
func (d *Desk) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", d.home)
	mux.HandleFunc("GET /findings", d.findings)
	mux.HandleFunc("GET /source", d.source)
	mux.HandleFunc("POST /desk/{ref}/draft", d.begin)
	mux.HandleFunc("GET /desk/{ref}/review", d.review)
	mux.HandleFunc("POST /desk/{ref}/review", d.decide)
	mux.HandleFunc("GET /desk/{ref}/words", d.words)
	mux.HandleFunc("POST /desk/{ref}/words", d.amend)
	mux.HandleFunc("GET /desk/{ref}/mail", d.mail)
	mux.HandleFunc("GET /desk/{ref}/letter", d.letter)
	mux.HandleFunc("GET /desk/{ref}/release", d.release)
	mux.HandleFunc("POST /desk/{ref}/release", d.confirm)
	mux.HandleFunc("GET /~desk/{file}", d.file)
	mux.HandleFunc("GET /favicon.ico", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		d.fail(w, r, http.StatusNotFound, say("no-page", "path", r.URL.Path))
	})
	return d.guarded(mux)
}

// guarded lets through what this desk's own pages ask for.
func (d *Desk) guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Cache-Control", "no-store")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "+
			"frame-src 'self' http://*.localhost"+port(r)+"; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
		switch r.Method {
		case http.MethodGet, http.MethodHead:
		case http.MethodPost:
			if status, why := d.refuses(w, r); why != "" {
				d.fail(w, r, status, say(why))
				return
			}
		default:
			d.fail(w, r, http.StatusMethodNotAllowed, say("no-method"))
			return
		}
		next.ServeHTTP(w, r)
	})
}

// refuses says why a form is not taken: it came from another page than ours.
func (d *Desk) refuses(w http.ResponseWriter, r *http.Request) (status int, why string) {
	from := r.Header.Get("Sec-Fetch-Site")
	if r.Header.Get("Origin") != "http://"+r.Host || from != "" && from != "same-origin" {
		return http.StatusForbidden, "foreign-origin"
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		return http.StatusBadRequest, "bad-form"
	}
	if d.Token == "" || subtle.ConstantTimeCompare([]byte(r.PostForm.Get("token")), []byte(d.Token)) != 1 {
		return http.StatusForbidden, "no-token"
	}
	return 0, ""
}

// port is the port of a request with its colon, or "".
func port(r *http.Request) string {
	if _, p, err := net.SplitHostPort(r.Host); err == nil {
		return ":" + p
	}
	return ""
}

// file answers with the script or a stylesheet.
func (d *Desk) file(w http.ResponseWriter, r *http.Request) {
	switch name := r.PathValue("file"); name {
	case "base.css":
		w.Header().Set("Content-Type", "text/css; charset=utf-8")
		_, _ = w.Write(d.Style) // the browser has gone
	case "desk.css", "desk.js":
		http.ServeFileFS(w, r, files, path.Join("pages", name))
	default:
		d.fail(w, r, http.StatusNotFound, say("no-page", "path", r.URL.Path))
	}
}

// A page is what every page shows.
type page struct {
	Title   string
	Place   string // of the navigation
	Token   string
	Port    string
	By      string // who decided last in this browser
	Said    string // what was just done
	Refused []string
}

func (d *Desk) page(r *http.Request, place, title string) page {
	p := page{Title: title, Place: place, Token: d.Token, Port: port(r)}
	if c, err := r.Cookie("by"); err == nil {
		p.By = unescape(c.Value)
	}
	return p
}

// show answers with a page.
func (d *Desk) show(w http.ResponseWriter, status int, name string, data any) {
	var out bytes.Buffer
	if err := pages.ExecuteTemplate(&out, name, data); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(out.Bytes()) // the browser has gone
}

// fail answers that something cannot be shown or done.
func (d *Desk) fail(w http.ResponseWriter, r *http.Request, status int, why ...string) {
	p := d.page(r, "", say("cannot"))
	p.Refused = why
	d.show(w, status, "fail.html", p)
}
