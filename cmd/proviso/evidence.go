package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"proviso/evidence"
	"proviso/evidence/signature"
	"proviso/evidence/timestamp"
	"proviso/ledger"
	"proviso/policy"
)

func (p *program) evidence() *cobra.Command {
	var o proofOptions
	cmd := &cobra.Command{
		Use:   "evidence POLICY@VERSION -o FILE.zip",
		Short: "put what proves that account holders were told into one file",
		Long: `evidence writes one zip with the texts, seals, decisions, deadline, audience, mails
and outcomes of a released version. It names no holder and needs no proviso to be
checked: the README inside says how. Without a ledger it has what the folder has.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if o.file == "" {
				return misuse("say where to: -o FILE.zip")
			}
			return p.writeEvidence(cmd.Context(), args[0], o)
		},
	}
	cmd.Flags().StringVarP(&o.file, "output", "o", "", "write to this `file`, which must not be there yet")
	cmd.Flags().StringVar(&o.sign, "sign", "", "sign the manifest with this private SSH `key` file")
	cmd.Flags().StringVar(&o.authority, "timestamp", "", "have the manifest stamped by the RFC 3161 authority at this `URL`")
	cmd.AddCommand(p.evidenceVerify())
	return cmd
}

type proofOptions struct{ file, sign, authority string }

// writeEvidence writes evidence under another name and checks it; only then it
// gets its own.
func (p *program) writeEvidence(ctx context.Context, ref string, o proofOptions) error {
	f, err := p.open()
	if err != nil {
		return err
	}
	if !strings.Contains(ref, "@") {
		return misuse("evidence is of one version; write %s@VERSION", ref)
	}
	v, err := p.announced(f, ref)
	if err != nil {
		return err
	}
	if err := p.refuse(f.Verify(v)); err != nil {
		return err
	}
	c := evidence.Case{Folder: f, Version: v}
	if err := p.vouchers(ctx, &c, o); err != nil {
		return err
	}
	if c.Files, err = p.exhibits(f, v); err != nil {
		return err
	}
	done, err := p.atHand(ctx, &c)
	if err != nil {
		return err
	}
	defer done()
	return plainly(p.store(ctx, c, o.file))
}

// store writes a case to a file that is not there yet.
func (p *program) store(ctx context.Context, c evidence.Case, file string) error {
	if !filepath.IsAbs(file) {
		file = p.path(file)
	}
	if _, err := os.Lstat(file); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s is there already; evidence is never replaced, so name another file", file)
	}
	out, err := os.CreateTemp(filepath.Dir(file), ".evidence-*")
	if err != nil {
		return unwritten(file, err)
	}
	defer os.Remove(out.Name())
	defer out.Close()
	if err := evidence.Write(ctx, out, c); err != nil {
		if at := (&fs.PathError{}); errors.As(err, &at) && at.Path == out.Name() {
			return unwritten(file, err)
		}
		return err
	}
	size, err := out.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	r, err := evidence.Verify(out, size, evidence.Trust{}, nil)
	if err != nil {
		return err
	}
	if broken := r.Broken(); len(broken) > 0 {
		return fmt.Errorf("the evidence does not hold, so it was not written: %s; if the ledger was written to meanwhile, run it again", strings.Join(broken, "; "))
	}
	if err := errors.Join(out.Chmod(0o644), out.Sync(), out.Close()); err != nil {
		return err
	}
	if err := os.Rename(out.Name(), file); err != nil {
		return err
	}
	for _, n := range r.Notes {
		fmt.Fprintln(p.stderr, n)
	}
	_, err = fmt.Fprintf(p.stdout, "%s: evidence of %s, seal %s\n", file, r.Version, r.Seal)
	return err
}

// vouchers prepares who vouches for the manifest.
func (p *program) vouchers(ctx context.Context, c *evidence.Case, o proofOptions) error {
	if o.sign != "" {
		key, err := os.ReadFile(o.sign)
		if err != nil {
			return misuse("--sign: %v", err)
		}
		signer, err := signature.NewSigner(key)
		if err != nil {
			return misuse("--sign: %s: %v", o.sign, err)
		}
		c.Sign = signer.Sign
	}
	if o.authority != "" {
		client := &http.Client{Timeout: time.Minute}
		c.Stamp = func(manifest []byte) ([]byte, error) { return timestamp.Request(ctx, client, o.authority, manifest) }
	}
	return nil
}

// atHand opens the ledger for a case, if there is one, and keeps senders away
// from it: what is written meanwhile would not fit together.
func (p *program) atHand(ctx context.Context, c *evidence.Case) (done func(), err error) {
	conf, err := p.config()
	if err != nil {
		return nil, err
	}
	at, err := p.expand("ledger", conf.Ledger.URL)
	if err != nil {
		return nil, misuse("%v", err)
	}
	if file, ok := strings.CutPrefix(at, "sqlite:"); ok {
		if !filepath.IsAbs(file) {
			file = p.path(file)
		}
		if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
			c.Missing = append(c.Missing, "a ledger: there was none where the evidence was made, so it has no audience, mails and outcomes")
			return func() {}, nil
		}
	}
	l, err := p.ledger(ctx, conf)
	if err != nil {
		return nil, err
	}
	unlock, err := l.Lock()
	if err != nil {
		return nil, errors.Join(no("%v", err), l.Close())
	}
	c.Ledger = l
	return func() { _ = errors.Join(unlock(), l.Close()) }, nil
}

// exhibits are the files of evidence that come from elsewhere: redlines, the
// templates of mails, and what publishing noted.
func (p *program) exhibits(f *policy.Folder, v *policy.Version) ([]evidence.File, error) {
	var out []evidence.File
	if before := f.Before(v); before != nil && v.Sealed.State != policy.Imported {
		for _, locale := range v.Locales {
			d, err := p.compareVersions(f, before, v, diffOptions{locale: locale})
			if err != nil {
				return nil, err
			}
			for _, format := range []string{"html", "docx"} {
				var b bytes.Buffer
				if err := diffFormats[format](p, &b, d); err != nil {
					return nil, no("%v", err)
				}
				out = append(out, evidence.File{Name: "redline/" + locale + "." + format, Data: b.Bytes()})
			}
		}
	}
	mail, err := filesOf(p.templates(), "mail", "mail")
	if err != nil {
		return nil, no("%v", err)
	}
	published, err := filesOf(os.DirFS(p.path(".proviso")), "publish", "publish")
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, no("%v", err)
	}
	published = slices.DeleteFunc(published, func(x evidence.File) bool { return !strings.Contains(filepath.Base(x.Name), "log") })
	return append(append(out, mail...), published...), nil
}

// filesOf returns the plain files of a folder.
func filesOf(fsys fs.FS, dir, as string) ([]evidence.File, error) {
	var out []evidence.File
	err := fs.WalkDir(fsys, dir, func(name string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		data, err := fs.ReadFile(fsys, name)
		out = append(out, evidence.File{Name: as + strings.TrimPrefix(name, dir), Data: data})
		return err
	})
	return out, err
}

// keyFile reads the key of a notice from a file, or from a folder of them.
func keyFile(name string) func(notice string) (ledger.Key, error) {
	return func(notice string) (ledger.Key, error) {
		if info, err := os.Stat(name); err == nil && !info.IsDir() {
			return ledger.ReadKey(name)
		}
		return ledger.Keys{Dir: name}.Get(notice)
	}
}
