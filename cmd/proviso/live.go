package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"proviso/ledger"
	"proviso/notify"
	"proviso/policy"
)

// lookFor is how long a site may take to show a page.
const lookFor = 10 * time.Second

// A place is where an announced version has to stand: a mail leads there.
type place struct {
	site    policy.Domain
	version *policy.Version
	url     string
	target  bool // proviso publishes the site
}

// live makes sure that the versions stand on the sites that their notices lead
// to, before the first mail goes, and returns what to remark about it. Sites
// that proviso does not publish, and names that no server has, are only warned
// of. A reason for going on without looking is kept.
func (p *program) live(ctx context.Context, f *policy.Folder, notices []*notify.Notice, offline string) (*ledger.Remark, error) {
	if !owed(notices) {
		return nil, nil
	}
	c, err := p.config()
	if err != nil {
		return nil, err
	}
	if offline != "" {
		return &ledger.Remark{At: p.now(), Kind: ledger.Offline, Text: offline}, nil
	}
	places := placesOf(f, notices, c)
	seen, missing, unseen := []string{}, 0, false
	for i, err := range look(ctx, places) {
		at := places[i]
		switch {
		case err == nil:
			seen = append(seen, at.url)
		case errors.Is(err, errExample):
			unseen = unseen || at.target
			fmt.Fprintf(p.stderr, "warning: nobody has looked whether %s is live on %s: %v\n", at.version.ID(), at.site, err)
		case !at.target:
			fmt.Fprintf(p.stderr, "warning: %s is not live on %s, which has no target under publish: in proviso.yaml: %v\n", at.version.ID(), at.site, err)
		default:
			fmt.Fprintf(p.stderr, "%s is not live on %s: %v\n", at.version.ID(), at.site, err)
			missing++
		}
	}
	if missing > 0 {
		return nil, no("nothing was sent: the mails would lead to pages that are not there; run proviso publish, or say why not with --offline-ok REASON")
	}
	if unseen || len(seen) == 0 {
		return nil, nil
	}
	return &ledger.Remark{At: p.now(), Kind: ledger.Live, Text: strings.Join(seen, " ")}, nil
}

// placesOf lists where the versions of notices have to stand.
func placesOf(f *policy.Folder, notices []*notify.Notice, c *config) (out []place) {
	for _, n := range notices {
		for _, s := range n.Subjects {
			for _, domain := range n.Sites {
				at, stands := s.Resolution.Sites.Get(domain)
				site, known := f.Organisation.Sites.Get(domain)
				if !stands || !known || len(at.Locales) == 0 {
					continue
				}
				_, target := c.Publish.Get(domain)
				out = append(out, place{domain, s.Version, site.Address(domain) + at.Path + "/" + s.Version.Name + "/", target})
			}
		}
	}
	return out
}

// errExample is of a site whose name is kept for examples (RFC 2606, section 2
// and 3): there is no server that has it.
var errExample = errors.New("its name is kept for examples, and no server has it")

// isExample reports whether a host has a name that is kept for examples.
func isExample(host string) bool {
	labels := strings.Split(strings.ToLower(strings.TrimSuffix(host, ".")), ".")
	last := labels[len(labels)-1]
	second := len(labels) > 1 && labels[len(labels)-2] == "example" && slices.Contains([]string{"com", "net", "org"}, last)
	return last == "example" || last == "invalid" || second
}

// look fetches the pages side by side, and returns for each why the version is
// not there; nil: it is.
func look(ctx context.Context, places []place) []error {
	client := &http.Client{Timeout: lookFor}
	out := make([]error, len(places))
	var wg sync.WaitGroup
	for i, at := range places {
		wg.Go(func() { out[i] = at.look(ctx, client) })
	}
	wg.Wait()
	return out
}

// look fetches the page of a version, and finds the hash of its seal in it.
func (at place) look(ctx context.Context, client *http.Client) error {
	u, err := url.Parse(at.url)
	if err != nil {
		return err
	}
	if isExample(u.Hostname()) {
		return errExample
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, at.url, nil)
	if err != nil {
		return err
	}
	req.Header.Set("Cache-Control", "no-cache") // what is there now, and not what a cache between has kept
	resp, err := client.Do(req)
	if err != nil {
		return plainNetError(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: the server says %s", at.url, resp.Status)
	}
	const limit = 32 << 20 // more than any page
	page, err := io.ReadAll(io.LimitReader(resp.Body, limit))
	if err != nil {
		return plainNetError(err)
	}
	if !bytes.Contains(page, []byte(at.version.Sealed.Hash)) {
		return fmt.Errorf("%s: the page there is another one; it does not show the seal %s", at.url, at.version.Sealed.Hash)
	}
	return nil
}

// plainNetError says a network error without repeating itself.
func plainNetError(err error) error {
	if u := (*url.Error)(nil); errors.As(err, &u) {
		if u.Timeout() {
			return fmt.Errorf("%s: no answer within %s", u.URL, lookFor)
		}
		if op := (*net.OpError)(nil); errors.As(u.Err, &op) {
			return fmt.Errorf("%s: %w", u.URL, op.Err)
		}
		return fmt.Errorf("%s: %w", u.URL, u.Err)
	}
	return err
}

// remark notes what there is to say about every notice that is owed.
func remark(ctx context.Context, l ledger.Ledger, notices []*notify.Notice, remarks ...*ledger.Remark) error {
	for _, n := range notices {
		for _, r := range remarks {
			if r == nil || !n.Owed() {
				continue
			}
			if err := l.Remark(ctx, n.ID, *r); err != nil {
				return no("%v", err)
			}
		}
	}
	return nil
}
