package main

import (
	"context"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"proviso/policy"
	"proviso/publish"
	"proviso/site"
)

// A live site says in policies.json which seals it shows.
type live struct {
	Site     policy.Domain `json:"site"`
	Policies []struct {
		ID       string `json:"id"`
		Versions []struct {
			Version string            `json:"version"`
			Seal    string            `json:"seal"`
			Later   map[string]string `json:"later_seals"`
		} `json:"versions"`
		InForce string `json:"in_force"`
	} `json:"policies"`
}

// verifyLive compares the seals and the texts of the folder with those of a
// live site.
func (p *program) verifyLive(ctx context.Context, f *policy.Folder, url string) error {
	site, err := fetchLive(ctx, strings.TrimSuffix(url, "/")+"/policies.json")
	if err != nil {
		return no("%v", err)
	}
	shown, later := map[string]string{}, map[string]string{}
	for _, pol := range site.Policies {
		for _, v := range pol.Versions {
			shown[pol.ID+"@"+v.Version] = v.Seal
			for file, seal := range v.Later {
				later[pol.ID+"@"+v.Version+" "+file] = seal
			}
		}
	}
	wrong, err := p.verifyPages(ctx, f, site, url)
	if err != nil {
		return err
	}
	for _, pol := range f.Policies {
		for _, v := range pol.Versions {
			if _, stands := f.Resolve(v).Sites.Get(site.Site); v.Sealed == nil || !stands {
				continue
			}
			switch seal, ok := shown[v.ID()]; {
			case !ok:
				wrong = append(wrong, v.ID()+" is not live on "+site.Site)
			case seal != v.Sealed.Hash:
				wrong = append(wrong, fmt.Sprintf("%s is live on %s with another seal: %s", v.ID(), site.Site, seal))
			}
			delete(shown, v.ID())
			for _, x := range v.Sealed.Supplements {
				if later[v.ID()+" "+x.File] != x.Hash {
					wrong = append(wrong, v.ID()+" is live on "+site.Site+" without "+x.File)
				}
				delete(later, v.ID()+" "+x.File)
			}
		}
	}
	for id, seal := range shown {
		if seal != "" {
			wrong = append(wrong, id+" is live on "+site.Site+", but not here")
		}
	}
	for id := range later {
		wrong = append(wrong, id+" is live on "+site.Site+", but not here")
	}
	slices.Sort(wrong)
	if len(wrong) > 0 {
		return no("%s", strings.Join(wrong, "\n"))
	}
	_, err = fmt.Fprintf(p.stdout, "%s shows these seals and texts\n", site.Site)
	return err
}

func fetchLive(ctx context.Context, url string) (*live, error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: the server says %s", url, resp.Status)
	}
	const limit = 64 << 20 // more than any list of versions
	site := &live{}
	if err := json.NewDecoder(io.LimitReader(resp.Body, limit)).Decode(site); err != nil {
		return nil, fmt.Errorf("%s: %w", url, err)
	}
	return site, nil
}

// verifyPages fetches the page of every sealed version in every locale, and
// the policies' own addresses, and says which of them are missing or have
// another text than the one that was released.
func (p *program) verifyPages(ctx context.Context, f *policy.Folder, l *live, url string) ([]string, error) {
	if _, ok := f.Organisation.Sites.Get(l.Site); !ok {
		return nil, no("%s shows the site %q, which is not one of this folder", url, l.Site)
	}
	out, err := os.MkdirTemp("", "proviso-verify-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(out)
	if _, err := p.buildSites(f, site.Options{Sites: []policy.Domain{l.Site}, Out: out, NoRedlines: true}); err != nil {
		return nil, err
	}
	pages, err := sealedPages(os.DirFS(path.Join(out, l.Site)), f, l)
	if err != nil {
		return nil, err
	}
	files := make([]string, len(pages))
	for i, x := range pages {
		files[i] = x.file
	}
	var wrong []string
	r := publish.Reader{Client: &http.Client{Timeout: 30 * time.Second}, URL: url}
	for i, got := range r.Pages(ctx, files) {
		switch at := strings.TrimSuffix(files[i], "index.html"); {
		case got.Err != nil:
			wrong = append(wrong, fmt.Sprintf("%s is not live on %s at %s: %v", pages[i].version, l.Site, at, got.Err))
		case words(got.Data) != words(pages[i].data):
			wrong = append(wrong, fmt.Sprintf("%s is live on %s at %s with another text than the one that was released", pages[i].version, l.Site, at))
		}
	}
	return wrong, ctx.Err()
}

// A sealedPage is a page that shows the text of a sealed version.
type sealedPage struct {
	version, file string
	data          []byte // as it was built
}

// sealedPages lists the pages of sealed versions in the tree of a site. What
// stands at a policy's own address is the version that the live site has in
// force: it may wait for a notice that is owed.
func sealedPages(tree fs.FS, f *policy.Folder, l *live) (out []sealedPage, err error) {
	inForce := map[string]string{}
	for _, pol := range l.Policies {
		inForce[pol.ID] = pol.InForce
	}
	err = fs.WalkDir(tree, ".", func(file string, _ fs.DirEntry, err error) error {
		if err != nil || path.Base(file) != "index.html" {
			return err
		}
		v := versionAt(f, l.Site, path.Dir(file))
		if v == nil {
			return nil
		}
		data, err := fs.ReadFile(tree, file)
		out = append(out, sealedPage{v.ID(), file, data})
		if v.Name == inForce[v.Policy.ID] {
			out = append(out, sealedPage{v.ID(), path.Join(path.Dir(path.Dir(file)), "index.html"), data})
		}
		return err
	})
	return out, err
}

// versionAt returns the sealed version whose page stands in a folder of a site.
func versionAt(f *policy.Folder, domain policy.Domain, dir string) *policy.Version {
	for _, pol := range f.Policies {
		for _, v := range pol.Versions {
			if at, stands := f.Resolve(v).Sites.Get(domain); stands && v.Sealed != nil && strings.HasSuffix("/"+dir, "/"+at.Path+"/"+v.Name) {
				return v
			}
		}
	}
	return nil
}

var (
	article = regexp.MustCompile(`(?s)<article class="?text.*</article>`)
	tag     = regexp.MustCompile(`<[^>]*>`)
)

// words are the words of the text that a page shows, if it shows one; a team's
// own template may do it otherwise. How the server or a cache in between has
// written the tags does not matter.
func words(page []byte) string {
	plain := tag.ReplaceAllString(string(article.Find(page)), " ")
	return strings.Join(strings.Fields(html.UnescapeString(plain)), " ")
}
