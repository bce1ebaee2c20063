package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"proviso/intake"
	"proviso/intake/accession"
	"proviso/intake/history"
	"proviso/intake/lineage"
	"proviso/policy"
	"proviso/release"
)

func (p *program) imports() *cobra.Command {
	im := &importing{program: p}
	var effective string
	cmd := &cobra.Command{
		Use:   "import PATH",
		Short: "take in a policy that exists: a page, a Word file, Markdown, or its whole history",
		Long: `PATH is a web page (.html), a Word file (.docx), Markdown or plain text; or a file in a git
repository, whose history is then taken in: one version for each date that the text declares.
Of a repository, or a folder of one, every policy is taken in; --policy chooses one of several.

Imported versions are sealed as imported. They owe no notice. What was left out, and why, is
in content/POLICY/provenance.yaml. Running it again adds what is new and changes nothing else.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			im.path = args[0]
			if effective != "" {
				date, err := policy.ParseDate(effective)
				if err != nil {
					return misuse("--effective: %v", err)
				}
				im.effective = date
			}
			return im.each(cmd.Context())
		},
	}
	cmd.Flags().StringVar(&im.policy, "policy", "", "the `id` of the policy; left out: guessed from the file's name and the title")
	cmd.Flags().BoolVar(&im.draft, "draft", false, "put the text into draft/ instead of sealing it")
	cmd.Flags().StringVar(&effective, "effective", "", "the `date` from which a single file holds, if its text does not say it")
	return cmd
}

// An importing is one run of import.
type importing struct {
	*program
	path, policy string
	effective    policy.Date
	draft        bool

	origin  string // where the records come from, in words
	records []*lineage.Record
}

// each imports a file; of a folder of a repository, every policy in it.
func (im *importing) each(ctx context.Context) error {
	at, err := os.Stat(im.path)
	root, inside, ferr := history.Find(im.path)
	if err != nil || !at.IsDir() || ferr != nil {
		return im.run(ctx)
	}
	files, err := history.Documents(root, inside)
	if err != nil {
		return no("%v", err)
	}
	if files, err = im.distinct(files); err != nil {
		return err
	}
	if len(files) == 0 {
		return im.run(ctx) // which says what is wrong
	}
	for _, file := range files {
		one := *im
		one.path = filepath.Join(root, filepath.FromSlash(file))
		if err := one.run(ctx); err != nil {
			return err
		}
	}
	return nil
}

// distinct returns the files to import: with --policy the one that is meant,
// else all if each is a policy of its own.
func (im *importing) distinct(files []string) ([]string, error) {
	byID := map[string][]string{}
	for _, file := range files {
		id, _ := intake.Guess(file, "")
		byID[id] = append(byID[id], file)
	}
	if im.policy != "" && len(files) > 1 {
		files = byID[im.policy]
	}
	if im.policy != "" && len(files) == 1 {
		return files, nil
	}
	for id, same := range byID {
		if id == "" || len(same) > 1 || im.policy != "" {
			return nil, nil
		}
	}
	return files, nil
}

func (im *importing) run(ctx context.Context) error {
	f, _, err := im.load()
	if err != nil {
		return err
	}
	if len(f.Organisation.Locales) == 0 {
		return im.working(ctx, func(*release.Desk) error { return nil }) // says what is wrong with organisation.yaml
	}
	if err := im.read(ctx); err != nil {
		return err
	}
	newest, err := im.newest()
	if err != nil {
		return err
	}
	if err := im.language(f, newest.Text); err != nil {
		return err
	}
	to := accession.Policy{ID: im.policy, Title: newest.Text.Title}
	id, kind := intake.Guess(filepath.ToSlash(im.path), newest.Text.Title)
	if to.Type = kind; to.ID == "" {
		to.ID = id
	}
	if to.ID == "" {
		return misuse("%s: the policy's id cannot be guessed from its name or title; name it with --policy", im.path)
	}
	return im.working(ctx, func(d *release.Desk) error {
		desk := &accession.Desk{Dir: d.Dir, Folder: d.Folder, Today: d.Today}
		if im.draft {
			return im.putDraft(desk, to, newest.Text)
		}
		return im.add(desk, to)
	})
}

// newest returns the newest record with a text.
func (im *importing) newest() (*lineage.Record, error) {
	lost := ""
	for i := len(im.records) - 1; i >= 0; i-- {
		if im.records[i].Text != nil {
			return im.records[i], nil
		}
		lost = im.records[i].Lost
	}
	return nil, no("%s: no record of it can be read: %s", im.path, lost)
}

// language refuses a translation: texts are taken in for the source locale.
func (im *importing) language(f *policy.Folder, t *intake.Text) error {
	first := f.Organisation.Locales[0]
	is, _, _ := strings.Cut(strings.ToLower(t.Language), "-")
	want, _, _ := strings.Cut(strings.ToLower(first), "-")
	if is == "" || is == want || len(f.Organisation.Locales) == 1 {
		return nil
	}
	return no("%s: the page says that it is in %q, and texts are imported in the source locale %q; import that one, then put this beside it as %s.md",
		im.path, t.Language, first, t.Language)
}

// read reads a document, or the history of one.
func (im *importing) read(ctx context.Context) error {
	if own, err := filepath.Abs(im.program.path("content")); err == nil {
		if at, err := filepath.Abs(im.path); err == nil && strings.HasPrefix(at, own+string(filepath.Separator)) {
			return misuse("%s lies in content/ already; edit it there, or copy it elsewhere first", im.path)
		}
	}
	at, err := os.Stat(im.path)
	missing := errors.Is(err, fs.ErrNotExist)
	if err != nil && !missing {
		return no("%v", err)
	}
	root, inside, ferr := history.Find(im.path)
	switch {
	case missing && ferr != nil:
		return no("%s: there is no such file", im.path)
	case missing, at.IsDir() && ferr == nil:
		return im.history(ctx, root, inside)
	case at.IsDir():
		return no("%s is a folder and no git repository; name one file", im.path)
	case !im.draft && ferr == nil && history.Tracked(root, inside):
		return im.history(ctx, root, inside)
	}
	return im.document(at)
}

// document reads a single file.
func (im *importing) document(at os.FileInfo) error {
	if !at.Mode().IsRegular() {
		return no("%s is no file that can be read; name a page, a Word file or a text", im.path)
	}
	if at.Size() > intake.MaxBytes {
		return no("%s has %d MB; save the text alone, without pictures", im.path, at.Size()>>20)
	}
	data, err := os.ReadFile(im.path)
	if err != nil {
		return no("%v", err)
	}
	text, err := intake.Read(im.path, data)
	if err != nil {
		return no("%s: %v", im.path, err)
	}
	if !im.effective.IsZero() {
		text.Declared = im.effective
	}
	name := filepath.Base(im.path)
	im.origin = name
	im.records = []*lineage.Record{{Name: name + " " + policy.Hash(data), When: im.now(), Text: text}}
	return nil
}

// history reads every revision of a file.
func (im *importing) history(ctx context.Context, root, inside string) error {
	if !im.effective.IsZero() {
		return misuse("--effective is for a single file; the versions of a history have dates of their own")
	}
	file, err := history.Read(ctx, root, inside, intake.MaxBytes)
	if err != nil {
		return no("%v", err)
	}
	im.origin = "git " + filepath.Base(root) + ", " + inside
	if file.Archive {
		im.origin += " (Open Terms Archive)"
	}
	if n := len(file.Revisions); n > 50 {
		fmt.Fprintf(im.stderr, "reading %s\n", count(n, "revision"))
	}
	known := map[string]*lineage.Record{}
	for i := range file.Revisions {
		if err := ctx.Err(); err != nil {
			return no("stopped; nothing was written")
		}
		r := &file.Revisions[i]
		key := filepath.Ext(r.Path) + r.Content()
		if known[key] == nil {
			known[key] = &lineage.Record{}
			known[key].Text, known[key].Lost = revision(file, r)
		}
		x := &lineage.Record{Name: r.Commit, When: r.When, Note: r.Subject, Technical: r.Technical, Lost: known[key].Lost}
		if t := known[key].Text; t != nil {
			own := *t
			x.Text = &own
		}
		im.records = append(im.records, x)
	}
	return nil
}

// revision reads the text of a revision, or says why there is none.
func revision(file *history.File, r *history.Revision) (*intake.Text, string) {
	switch {
	case r.Gone:
		return nil, "the file was removed"
	case r.Odd != "":
		return nil, "the file is " + r.Odd
	}
	data, err := file.Data(r)
	if err != nil {
		return nil, err.Error()
	}
	text, err := intake.Read(r.Path, data)
	if err != nil {
		return nil, "it cannot be read: " + err.Error()
	}
	return text, ""
}

func (im *importing) add(d *accession.Desk, to accession.Policy) error {
	standing, err := d.Standing(to.ID)
	if err != nil {
		return no("%v", err)
	}
	versions, fates := lineage.Work(im.records, lineage.Options{Zone: d.Folder.Organisation.Location(), Today: d.Today, Standing: standing})
	if len(versions) == 0 {
		if single := len(fates) == 1 && fates[0].Version == ""; single || len(standing) == 0 {
			for _, f := range fates[max(0, len(fates)-5):] {
				fmt.Fprintf(im.stderr, "%s: %s\n", f.Record.Name, f.Reason)
			}
			return no("%s: nothing was imported", im.path)
		}
	}
	added, err := d.Add(to, versions, im.origin, fates)
	if err != nil {
		return no("%v; nothing was imported from %s", err, im.path)
	}
	return im.printAdded(to, versions, added, fates)
}

func (im *importing) printAdded(to accession.Policy, versions []*lineage.Version, added []*policy.Version, fates []lineage.Fate) error {
	dropped := 0
	for _, f := range fates {
		if f.Version == "" {
			dropped++
		}
	}
	if len(added) == 0 {
		_, err := fmt.Fprintf(im.stdout, "%s has all of it already; nothing was changed\n", to.ID)
		return err
	}
	fmt.Fprintf(im.stdout, "%s: %s imported from %s\n", to.ID, count(len(added), "version"), im.origin)
	for i, v := range added {
		note := ""
		if versions[i].Inferred {
			note = "  first seen on that day; the text gives no date of its own"
		}
		fmt.Fprintf(im.stdout, "  %s%s\n", v.Name, note)
	}
	newest := versions[len(versions)-1]
	printRepairs(im, added[len(added)-1].Dir, newest.Text)
	if pol := added[0].Policy; len(pol.Drafts) > 0 {
		fmt.Fprintf(im.stdout, "%s was there before and is compared with what was imported now; to begin with the imported text instead, move it away, then: proviso draft %s\n",
			pol.Drafts[0].Dir, to.ID)
	}
	if dropped > 0 {
		fmt.Fprintf(im.stdout, "%s left out; content/%s/provenance.yaml says why\n", count(dropped, "record"), to.ID)
	}
	_, err := fmt.Fprintln(im.stdout, "next: proviso check")
	return err
}

func printRepairs(im *importing, dir string, t *intake.Text) {
	if len(t.Repairs) == 0 {
		return
	}
	fmt.Fprintf(im.stdout, "repaired in %s:\n", dir)
	for _, r := range t.Repairs {
		fmt.Fprintf(im.stdout, "  %s\n", r)
	}
}

func (im *importing) putDraft(d *accession.Desk, to accession.Policy, t *intake.Text) error {
	dir, err := d.Draft(to, t)
	if errors.Is(err, accession.ErrDraft) {
		return no("%s is there already; release it, or move it away", dir)
	} else if err != nil {
		return no("%v; nothing was imported from %s", err, im.path)
	}
	fmt.Fprintf(im.stdout, "%s, from %s\n", dir, im.origin)
	printRepairs(im, dir, t)
	date := "DATE"
	if !t.Declared.IsZero() {
		date = t.Declared.String()
		fmt.Fprintf(im.stdout, "the text gives %s as its date\n", date)
	}
	_, err = fmt.Fprintf(im.stdout, "next: proviso diff %s, then proviso release %s --effective %s\n", to.ID, to.ID, date)
	return err
}
