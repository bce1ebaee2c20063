package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"proviso/policy"
)

func (p *program) verify() *cobra.Command {
	var against string
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "prove that no released text was changed: recompute every seal and the chain",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			f, err := p.open()
			if err != nil {
				return err
			}
			if err := p.verifySeals(f); err != nil || against == "" {
				return err
			}
			return p.verifyLive(cmd.Context(), f, against)
		},
	}
	cmd.Flags().StringVar(&against, "against", "", "compare with the site that is live at this `URL`")
	return cmd
}

// verifySeals prints the hash of every seal that holds.
func (p *program) verifySeals(f *policy.Folder) error {
	bad, sealed := 0, 0
	for _, pol := range f.Policies {
		for _, v := range pol.Versions {
			if v.Sealed == nil {
				fmt.Fprintf(p.stderr, "%s: warning: not released, so nothing to verify\n", v.ID())
				continue
			}
			sealed++
			ps := f.Verify(v)
			for _, x := range ps {
				fmt.Fprintln(p.stderr, x.Error())
			}
			if ps.Err() != nil {
				bad++
				continue
			}
			fmt.Fprintf(p.stdout, "%s %s\n", v.Sealed.Hash, v.ID())
			for _, x := range v.Sealed.Supplements {
				fmt.Fprintf(p.stdout, "%s %s %s\n", x.Hash, v.ID(), x.File)
			}
		}
	}
	if bad > 0 {
		return no("of %s, %d broken", count(sealed, "seal"), bad)
	}
	return nil
}

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
	} `json:"policies"`
}

// verifyLive compares the seals of the folder with those of a live site.
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
	var wrong []string
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
	_, err = fmt.Fprintf(p.stdout, "%s shows these seals\n", site.Site)
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
