package publish

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// A Reader looks at a site as readers do, over HTTP.
type Reader struct {
	Client *http.Client
	URL    string // of the top of the site
}

// Pointer returns which release readers see.
func (r Reader) Pointer(ctx context.Context) (*Pointer, error) {
	data, err := r.get(ctx, PointerFile)
	if err != nil {
		return nil, err
	}
	p, err := readPointer(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", r.address(PointerFile), err)
	}
	return p, nil
}

// Differ fetches every file of a release and returns what readers get otherwise.
func (r Reader) Differ(ctx context.Context, m *Manifest) ([]Difference, error) {
	out := make([]*Difference, len(m.Files))
	err := each(ctx, len(m.Files), func(ctx context.Context, i int) error {
		f := m.Files[i]
		if strings.HasPrefix(f.Path, "_") { // read by the host, not by readers
			return nil
		}
		switch data, err := r.get(ctx, strings.TrimSuffix(f.Path, "index.html")); {
		case err != nil && ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			out[i] = &Difference{f.Path, "missing"}
		case hashBytes(data) != f.SHA256:
			out[i] = &Difference{f.Path, "content"}
		}
		return nil
	})
	return some(out), err
}

// A Fetched is a file as readers get it, or why they do not.
type Fetched struct {
	Data []byte
	Err  error
}

// Pages fetches files of a site, some of them at a time, in their order.
func (r Reader) Pages(ctx context.Context, files []string) []Fetched {
	out := make([]Fetched, len(files))
	err := each(ctx, len(files), func(ctx context.Context, i int) error {
		out[i].Data, out[i].Err = r.get(ctx, strings.TrimSuffix(files[i], "index.html"))
		return ctx.Err()
	})
	for i := range out {
		if out[i].Data == nil && out[i].Err == nil {
			out[i].Err = err
		}
	}
	return out
}

func some(list []*Difference) []Difference {
	out := []Difference{}
	for _, d := range list {
		if d != nil {
			out = append(out, *d)
		}
	}
	return out
}

func (r Reader) address(file string) string {
	return strings.TrimSuffix(r.URL, "/") + "/" + (&url.URL{Path: file}).EscapedPath()
}

const biggest = 256 << 20 // bytes of a file; more than any page

func (r Reader) get(ctx context.Context, file string) ([]byte, error) {
	at := r.address(file)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, at, nil)
	if err != nil {
		return nil, err
	}
	resp, err := r.Client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: the server says %s", at, resp.Status)
	}
	return io.ReadAll(io.LimitReader(resp.Body, biggest))
}
