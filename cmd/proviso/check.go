package main

import (
	"encoding/json"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"proviso/change"
	"proviso/lint"
	"proviso/policy"
	"proviso/release"
	"proviso/site"
	"proviso/source"
)

func (p *program) check() *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "check",
		Short: "say everything that is wrong or risky in the sources",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			write, ok := findingFormats[format]
			if !ok {
				return misuse("--format: unknown format %q; write text, json, sarif or github", format)
			}
			f, ps, err := p.load()
			if err != nil {
				return err
			}
			ps = p.everything(f, ps)
			if err := write(p, ps); err != nil {
				return err
			}
			if n := len(ps.Errors()); n > 0 {
				return no("%s, %s", count(n, "error"), count(len(ps)-n, "warning"))
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&format, "format", "text", "text, json, sarif or github")
	return cmd
}

// everything is what check finds, with what was found while loading.
func (p *program) everything(f *policy.Folder, loaded source.Problems) source.Problems {
	c, ps := p.readConfig()
	ps = slices.Concat(loaded, ps)
	for _, e := range c.Publish {
		if domains := f.Organisation.Sites.Keys(); len(domains) > 0 && !slices.Contains(domains, e.Key) {
			ps.Errorf(e.Pos, "unknown-site", source.Suggest(e.Key, domains), "unknown site %q", e.Key)
		}
	}
	ps = append(ps, c.written()...)
	ps = append(ps, compared(loaded, p.findings(f))...)
	ps = append(ps, includesNobody(f, c)...)
	ps = append(ps, site.MissingWords(p.templates(), f)...)
	ps = append(ps, beside(ps, lint.Check(f, p.today(f)))...)
	ps.Sort()
	return ps
}

// findings is what check finds beyond loading: in texts, practices, decisions and seals.
func (p *program) findings(f *policy.Folder) source.Problems {
	ps := f.Check(p.today(f))
	for _, pol := range f.Policies {
		for _, v := range pol.Versions {
			if v.Sealed != nil {
				ps = append(ps, f.Verify(v)...)
			}
		}
		for _, v := range slices.Concat(pol.Versions, pol.Drafts) {
			if v.Sealed == nil {
				ps = append(ps, undecided(f, v)...)
			}
		}
		ps = append(ps, f.Drift(pol)...)
	}
	return ps
}

// includesNobody warns of a status under audience: that no accounts leave out, so
// that to include it tells nobody more.
func includesNobody(f *policy.Folder, c *config) (ps source.Problems) {
	if len(c.Accounts) == 0 {
		return nil // nothing is known of statuses
	}
	var left []string
	for _, a := range c.Accounts {
		left = append(left, a.Skipped()...)
	}
	for _, pol := range f.Policies {
		for _, v := range slices.Concat(pol.Versions, pol.Drafts) {
			words, _ := f.Changes(v)
			if v.Sealed != nil || words == nil {
				continue
			}
			for _, status := range words.Audience.Include {
				if !slices.ContainsFunc(left, func(x string) bool { return strings.EqualFold(x, status) }) {
					ps.Warnf(source.Position{File: v.ChangesFile()}, "audience", source.Suggest(status, left)+"; see skip: in proviso.yaml",
						"no accounts leave out the status %q, so that to include it tells nobody more", status)
				}
			}
		}
	}
	return ps
}

// compared leaves out how releases differ from what organisation.yaml and
// policy.yaml say now, where these cannot be read.
func compared(loaded, findings source.Problems) source.Problems {
	broken := map[string]bool{}
	for _, e := range loaded.Errors() {
		broken[e.File] = true
	}
	return slices.DeleteFunc(findings, func(x source.Problem) bool {
		policy := path.Join(path.Dir(path.Dir(x.File)), "policy.yaml")
		return x.Rule == "drift" && (broken["content/organisation.yaml"] || broken[policy])
	})
}

// beside returns the findings in folders that have no error: what a text risks
// is judged once it can be read as it is meant.
func beside(errs, findings source.Problems) source.Problems {
	broken := map[string]bool{}
	for _, e := range errs.Errors() {
		broken[path.Dir(e.File)] = true
	}
	return slices.DeleteFunc(findings, func(x source.Problem) bool { return broken[path.Dir(x.File)] })
}

// undecided warns of changes of an open version that a person must decide on,
// of decisions that are void, and of words that readers would miss.
func undecided(f *policy.Folder, v *policy.Version) (ps source.Problems) {
	before := f.Before(v)
	if before == nil {
		return nil
	}
	c, cps := change.Versions(f, before, v)
	if cps.Err() != nil {
		return nil // Check reports what is wrong with the texts
	}
	file := source.Position{File: v.ChangesFile()}
	for _, x := range c.Undecided() {
		ps.Warnf(file, "undecided", fmt.Sprintf("decide with proviso decide %s %s material|editorial --reason … --by …", v.Policy.ID, x.Section),
			"the rules cannot tell whether the change of %q is material", x.Section)
	}
	words, _ := f.Changes(v)
	for _, d := range words.Decisions {
		if len(c.In(d.Key)) == 0 || change.Of(c.In(d.Key)) != d.Value.Of {
			ps.Warnf(d.Pos, "void-decision", "decide again, or remove it", "the decision on %q is void: the change is another one now", d.Key)
		}
	}
	return append(ps, release.Unsaid(v, c, words)...)
}

var findingFormats = map[string]func(*program, source.Problems) error{
	"text":   (*program).findingsText,
	"json":   (*program).findingsJSON,
	"sarif":  (*program).findingsSARIF,
	"github": (*program).findingsGitHub,
}

func (p *program) findingsText(ps source.Problems) error {
	for _, x := range ps {
		if _, err := fmt.Fprintln(p.stdout, x.Error()); err != nil {
			return err
		}
	}
	return nil
}

func (p *program) findingsJSON(ps source.Problems) error {
	if ps == nil {
		ps = source.Problems{}
	}
	return p.json(ps)
}

// json prints a result as indented JSON.
func (p *program) json(v any) error { return writeJSON(p.stdout, v) }

func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// findingsGitHub prints workflow commands, which GitHub shows beside the lines.
func (p *program) findingsGitHub(ps source.Problems) error {
	escape := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	property := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
	for _, x := range ps {
		words := x.Message
		if x.Hint != "" {
			words += "; " + x.Hint
		}
		at := "file=" + property.Replace(x.File)
		if x.Line > 0 {
			at += fmt.Sprintf(",line=%d,col=%d", x.Line, max(x.Column, 1))
		}
		if _, err := fmt.Fprintf(p.stdout, "::%s %s,title=%s::%s\n", x.Severity, at, property.Replace(x.Rule), escape.Replace(words)); err != nil {
			return err
		}
	}
	return nil
}

// findingsSARIF prints the Static Analysis Results Interchange Format 2.1.0.
func (p *program) findingsSARIF(ps source.Problems) error {
	type object = map[string]any
	results, rules, seen := []object{}, []object{}, map[string]bool{}
	for _, x := range ps {
		if !seen[x.Rule] {
			seen[x.Rule] = true
			rules = append(rules, object{"id": x.Rule})
		}
		place := object{"artifactLocation": object{"uri": x.File}}
		if x.Line > 0 {
			place["region"] = object{"startLine": x.Line, "startColumn": max(x.Column, 1)}
		}
		words := x.Message
		if x.Hint != "" {
			words += "; " + x.Hint
		}
		results = append(results, object{"ruleId": x.Rule, "level": string(x.Severity), "message": object{"text": words},
			"locations": []object{{"physicalLocation": place}}})
	}
	return p.json(object{"version": "2.1.0", "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
		"runs": []object{{"tool": object{"driver": object{"name": "proviso", "rules": rules}}, "results": results}}})
}
