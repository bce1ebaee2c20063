package main

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"proviso/policy"
	"proviso/publish"
)

func (p *program) publishStatus(sites *[]string, format *string) *cobra.Command {
	var url string
	cmd := &cobra.Command{
		Use:   "status",
		Short: "compare what is live with what should be",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if *format != "text" && *format != "json" {
				return misuse("--format: unknown format %q; write text or json", *format)
			}
			if url != "" && len(*sites) != 1 {
				return misuse("--url is the address of one site; name it with --site")
			}
			j, err := p.publishing(*sites)
			if err != nil {
				return err
			}
			defer j.unlock()
			if err := j.build(cmd.Context()); err != nil {
				return err
			}
			states := []liveState{}
			for _, e := range j.sites {
				states = append(states, j.liveState(cmd.Context(), e, url))
			}
			return j.printLive(states, *format)
		},
	}
	cmd.Flags().StringVar(&url, "url", "", "fetch the site from this `URL` too, as readers do")
	return cmd
}

// A liveState compares one site with what should be live.
type liveState struct {
	Site      policy.Domain        `json:"site"`
	Target    string               `json:"target"`
	Release   string               `json:"release"`   // empty: nothing is live
	Published *time.Time           `json:"published"` // nil: never
	Right     bool                 `json:"right"`     // all is as it should be
	Differ    []publish.Difference `json:"differ"`
	Held      []string             `json:"held"`
	Error     string               `json:"error,omitempty"`
}

func (j *job) liveState(ctx context.Context, e errand, url string) liveState {
	s := liveState{Site: e.site, Target: e.dest.String(), Differ: []publish.Difference{}, Held: j.heldOn(e.site)}
	if err := j.look(ctx, e, url, &s); err != nil {
		s.Error = err.Error()
	}
	s.Right = s.Error == "" && s.Release != "" && len(s.Differ) == 0
	return s
}

// look finds in what a site differs: what should be from what was published
// last, and that from what lies there and from what readers get.
func (j *job) look(ctx context.Context, e errand, url string, s *liveState) error {
	files, err := publish.Scan(e.site, j.tree(e.site))
	if err != nil {
		return err
	}
	state, err := e.target.State(ctx)
	if err != nil || state.Live == nil {
		return err
	}
	s.Release, s.Published = state.Live.Release, &state.Live.Published
	plan := publish.Compare(state.Live, files)
	for why, list := range map[string][]publish.File{"not published": plan.New, "outdated": plan.Changed, "to be removed": plan.Removed} {
		for _, f := range list {
			s.Differ = append(s.Differ, publish.Difference{Path: f.Path, Why: why})
		}
	}
	there, err := e.target.Differ(ctx, state.Live)
	if err != nil {
		return err
	}
	s.Differ = append(s.Differ, there...)
	if state.Unfinished {
		s.Differ = append(s.Differ, publish.Difference{Path: publish.PointerFile, Why: "a publisher was killed, or is at work"})
	}
	if url != "" {
		err = j.fetched(ctx, url, state.Live, s)
	}
	slices.SortFunc(s.Differ, func(a, b publish.Difference) int { return strings.Compare(a.Path+a.Why, b.Path+b.Why) })
	s.Differ = slices.Compact(s.Differ)
	return err
}

// fetched compares a release with what readers get.
func (j *job) fetched(ctx context.Context, url string, live *publish.Manifest, s *liveState) error {
	r := publish.Reader{Client: &http.Client{Timeout: 30 * time.Second}, URL: url}
	p, err := r.Pointer(ctx)
	if err != nil {
		return err
	}
	if p.Release != live.Release {
		s.Differ = append(s.Differ, publish.Difference{Path: publish.PointerFile, Why: "readers get " + orNothing(p.Release)})
	}
	differ, err := r.Differ(ctx, live)
	for _, d := range differ {
		s.Differ = append(s.Differ, publish.Difference{Path: d.Path, Why: "readers: " + d.Why})
	}
	return err
}

func (j *job) printLive(states []liveState, format string) error {
	if format == "json" {
		if err := j.json(states); err != nil {
			return err
		}
	} else {
		w := tabwriter.NewWriter(j.stdout, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "site\tlive\tpublished\tdifferent")
		for _, s := range states {
			when := "-"
			if s.Published != nil {
				when = s.Published.Format(time.RFC3339)
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%d\n", s.Site, orNothing(s.Release), when, len(s.Differ))
		}
		if err := w.Flush(); err != nil {
			return err
		}
		for _, s := range states {
			for _, d := range s.Differ {
				fmt.Fprintf(j.stdout, "%s: %s: %s\n", s.Site, d.Path, d.Why)
			}
		}
	}
	wrong := 0
	for _, s := range states {
		if s.Error != "" {
			fmt.Fprintf(j.stderr, "%s: %s\n", s.Site, s.Error)
		}
		if !s.Right {
			wrong++
		}
	}
	for _, line := range j.owed {
		fmt.Fprintln(j.stderr, line)
	}
	if wrong > 0 {
		return no("%s not as it should be; proviso publish", count(wrong, "site"))
	}
	return nil
}
