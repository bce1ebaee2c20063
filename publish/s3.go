package publish

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"proviso/publish/bucket"
)

// An S3 is a target in a bucket; the package says what lies in it.
type S3 struct {
	Site   string
	Bucket *bucket.Bucket
	Prefix string        // "" or ends in "/"
	Owner  string        // random, the same for all runs of one folder, one at a time
	Keep   int           // releases to keep, the live one among them; at least 2
	Grace  time.Duration // before files of earlier releases are deleted
	Step   func(Step)    // told of each act before it is done; may be nil
}

func (s *S3) step(act string, done, total int) {
	if s.Step != nil {
		s.Step(Step{act, done, total})
	}
}

func (s *S3) key(file string) string       { return s.Prefix + file }
func (s *S3) hidden(name string) string    { return s.Prefix + ".proviso/" + name }
func (s *S3) object(sha256 string) string  { return s.hidden("objects/" + sha256) }
func (s *S3) listOf(release string) string { return s.hidden("releases/" + release + ".json") }

// A held pointer is the pointer as it lies in the bucket.
type held struct {
	Pointer
	etag string // "": there is none
}

// pointer reads the pointer; where there is none, nothing is live.
func (s *S3) pointer(ctx context.Context) (*held, error) {
	data, o, err := s.Bucket.Get(ctx, s.key(PointerFile))
	if errors.Is(err, bucket.ErrMissing) {
		return &held{Pointer: Pointer{Site: s.Site}}, nil
	}
	if err != nil {
		return nil, err
	}
	p, err := readPointer(data)
	if err != nil {
		return nil, fmt.Errorf("s3: %s: %w; publish to another prefix", s.key(PointerFile), err)
	}
	if p.Site != s.Site {
		return nil, fmt.Errorf("the target holds the site %s; give %s a place of its own", p.Site, s.Site)
	}
	return &held{*p, o.ETag}, nil
}

// point replaces the pointer if it is still the one that was read. An answer
// that was cut off, and the second attempt that then finds its own work, is no loss.
func (s *S3) point(ctx context.Context, was *held, to Pointer) (*held, error) {
	data, err := encode(to)
	if err != nil {
		return nil, err
	}
	w := bucket.Write{Key: s.key(PointerFile), Data: data, Type: typeOf(PointerFile), Cache: cachePage, SHA256: hashBytes(data)}
	w.New, w.Match = was.etag == "", was.etag
	etag, err := s.Bucket.Put(ctx, w)
	if errors.Is(err, bucket.ErrChanged) {
		now, o, readErr := s.Bucket.Get(ctx, s.key(PointerFile))
		if readErr != nil {
			return nil, readErr
		}
		if !slices.Equal(now, data) {
			return nil, ErrRaced
		}
		etag, err = o.ETag, nil
	}
	return &held{to, etag}, err
}

// manifest reads the manifest of a release; "" has none.
func (s *S3) manifest(ctx context.Context, release string) (*Manifest, error) {
	if release == "" {
		return nil, nil
	}
	data, _, err := s.Bucket.Get(ctx, s.listOf(release))
	if err != nil {
		return nil, err
	}
	m, err := decodeManifest(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.listOf(release), err)
	}
	return m, nil
}

// State returns what is live.
func (s *S3) State(ctx context.Context) (*State, error) {
	p, err := s.pointer(ctx)
	if err != nil {
		return nil, err
	}
	live, err := s.manifest(ctx, p.Release)
	return &State{Live: live, Unfinished: p.Next != nil}, err
}

// Publish puts a tree in place.
func (s *S3) Publish(ctx context.Context, r Release) (*Outcome, error) {
	p, live, err := s.begin(ctx, r.Now)
	if err != nil {
		return nil, err
	}
	plan, err := r.check(live)
	if err != nil {
		return nil, err
	}
	read := func(f File) ([]byte, error) { return os.ReadFile(local(r.Dir, f.Path)) }
	m := r.named(live, plan)
	return s.put(ctx, &passage{S3: s, pointer: p, live: live, m: m, read: read, mend: r.Mend, stored: live.hashes()}, plan)
}

// Rollback puts the release before in place.
func (s *S3) Rollback(ctx context.Context, now time.Time) (*Outcome, error) {
	p, live, err := s.begin(ctx, now)
	if err != nil {
		return nil, err
	}
	if live == nil || live.Before == "" {
		return nil, errNoneBefore
	}
	before, err := s.manifest(ctx, live.Before)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errNoneBefore, err)
	}
	m, _, err := back(live, before)
	if err != nil {
		return nil, err
	}
	read := func(f File) ([]byte, error) {
		data, _, err := s.Bucket.Get(ctx, s.object(f.SHA256))
		return data, err
	}
	stored := live.hashes()
	maps.Copy(stored, before.hashes())
	w := &passage{S3: s, pointer: p, live: live, m: m.named(now, live, before.Before), read: read, stored: stored}
	return s.put(ctx, w, Compare(live, m))
}

func (m *Manifest) hashes() map[string]bool {
	out := map[string]bool{}
	for _, f := range m.files() {
		out[f.SHA256] = true
	}
	return out
}

// begin reads what is live, and refuses while somebody else publishes.
func (s *S3) begin(ctx context.Context, now time.Time) (*held, *Manifest, error) {
	p, err := s.pointer(ctx)
	if err != nil {
		return nil, nil, err
	}
	if c := p.Next; c != nil && c.Owner != s.Owner && now.Sub(c.Since) < Lease {
		return nil, nil, fmt.Errorf("%w; a claim of theirs from %s holds until %s, if they died",
			ErrRaced, c.Since.Format(time.RFC3339), c.Since.Add(Lease).Format(time.RFC3339))
	}
	live, err := s.manifest(ctx, p.Release)
	return p, live, err
}

// A passage is one release on its way into a bucket.
type passage struct {
	*S3
	pointer *held
	live, m *Manifest
	dead    *Manifest // what a killed publisher was putting in place; nil: none was
	read    func(File) ([]byte, error)
	mend    []string        // paths that are to be written although the manifests agree
	stored  map[string]bool // contents that are in the bucket under their hash
	steps   atomic.Int64
	total   int
	there   map[string]bucket.Object // what lies in place, by path
}

// put makes a release live: content, manifest, claim, files in place, pointer.
func (s *S3) put(ctx context.Context, w *passage, plan *Plan) (*Outcome, error) {
	touched, err := w.touched(ctx)
	if err != nil {
		return nil, err
	}
	if err := w.store(ctx, len(touched)); err != nil {
		return nil, err
	}
	claimed := w.pointer.Pointer
	claimed.Next = &Claim{Release: w.m.Release, Owner: s.Owner, Since: w.m.Published}
	s.step("claim the pointer", w.total, w.total)
	if w.pointer, err = s.point(ctx, w.pointer, claimed); err != nil {
		return nil, err
	}
	if err := w.place(ctx, touched); err != nil {
		return nil, err
	}
	s.step("move the pointer", w.total, w.total)
	if _, err := s.point(ctx, w.pointer, w.m.pointer()); err != nil {
		return nil, err
	}
	return &Outcome{Manifest: w.m, Plan: plan, Left: s.clear(ctx, w)}, nil
}

// touched returns the files that have to be put in place: those that differ
// from what is live, and those that a killed publisher may have replaced.
func (w *passage) touched(ctx context.Context) ([]File, error) {
	live, doubtful := w.live.files(), map[string]bool{}
	for _, path := range w.mend {
		doubtful[path] = true
	}
	if w.pointer.Next != nil {
		dead, err := w.manifest(ctx, w.pointer.Next.Release)
		if err != nil {
			return nil, fmt.Errorf("reading what a killed publisher was about to do: %w", err)
		}
		w.dead = dead
		for _, f := range dead.Files {
			doubtful[f.Path] = live[f.Path] != f
		}
	}
	var out []File
	for _, f := range w.m.Files {
		if live[f.Path] != f || doubtful[f.Path] {
			out = append(out, f)
		}
	}
	return out, nil
}

// store puts every content that the bucket does not have under its hash, and
// then the manifest.
func (w *passage) store(ctx context.Context, placed int) error {
	var missing []File
	for _, f := range w.m.Files {
		if mended := slices.Contains(w.mend, f.Path); !w.stored[f.SHA256] || mended {
			missing = append(missing, f)
			w.stored[f.SHA256] = true
		}
	}
	w.total = len(missing) + placed
	err := each(ctx, len(missing), func(ctx context.Context, i int) error {
		f := missing[i]
		data, err := w.content(f)
		if err != nil {
			return err
		}
		w.step("store "+f.Path, int(w.steps.Add(1)), w.total)
		return w.write(ctx, bucket.Write{Key: w.object(f.SHA256), Data: data, Type: f.Type, Cache: cacheHash, SHA256: f.SHA256})
	})
	if err != nil {
		return err
	}
	w.gone(w.m.Published)
	data, err := encode(w.m)
	if err != nil {
		return err
	}
	w.step("store the manifest", w.total, w.total)
	return w.write(ctx, bucket.Write{Key: w.listOf(w.m.Release), Data: data, Type: typeOf(".json"), Cache: cacheHash, SHA256: hashBytes(data)})
}

// gone lists what is in place and not in the release, for a later deletion.
func (w *passage) gone(now time.Time) {
	has, listed := w.m.files(), map[string]bool{}
	w.m.Gone = nil
	add := func(g Gone) {
		if _, ok := has[g.Path]; !ok && !listed[g.Path] {
			listed[g.Path] = true
			w.m.Gone = append(w.m.Gone, g)
		}
	}
	for _, m := range []*Manifest{w.live, w.dead} {
		if m == nil {
			continue
		}
		for _, g := range m.Gone {
			add(g)
		}
		for _, f := range m.Files {
			add(Gone{f.Path, now})
		}
	}
}

// content reads a file and makes sure that it is the one that was planned.
func (w *passage) content(f File) ([]byte, error) {
	data, err := w.read(f)
	if err != nil {
		return nil, err
	}
	if hashBytes(data) != f.SHA256 {
		return nil, fmt.Errorf("%s was changed while it was published; run it again", f.Path)
	}
	return data, nil
}

// place replaces the files that readers see, stage after stage, each only if
// it is still the one that was there when the claim was made.
func (w *passage) place(ctx context.Context, touched []File) error {
	w.step("list what is there", w.total, w.total)
	list, err := w.Bucket.List(ctx, w.Prefix)
	if err != nil {
		return err
	}
	w.there = map[string]bucket.Object{}
	for _, o := range list {
		w.there[strings.TrimPrefix(o.Key, w.Prefix)] = o
	}
	var ordered [stages][]File
	for _, f := range touched {
		_, ok := w.there[f.Path]
		n := stageOf(f, !ok)
		ordered[n] = append(ordered[n], f)
	}
	for _, files := range ordered {
		err := each(ctx, len(files), func(ctx context.Context, i int) error { return w.replace(ctx, files[i]) })
		if err != nil {
			return err
		}
	}
	return nil
}

func (w *passage) replace(ctx context.Context, f File) error {
	data, err := w.content(f)
	if err != nil {
		return err
	}
	w.step("put "+f.Path, int(w.steps.Add(1)), w.total)
	old, ok := w.there[f.Path]
	return w.write(ctx, bucket.Write{Key: w.key(f.Path), Data: data, Type: f.Type, Cache: f.Cache, SHA256: f.SHA256, Match: old.ETag, New: !ok})
}

// write puts an object and looks whether it is there as it should be.
func (s *S3) write(ctx context.Context, w bucket.Write) error {
	_, err := s.Bucket.Put(ctx, w)
	changed := errors.Is(err, bucket.ErrChanged)
	if err != nil && !changed {
		return err
	}
	o, err := s.Bucket.Head(ctx, w.Key)
	if err != nil {
		return err
	}
	if why := unlike(o, w.SHA256, int64(len(w.Data)), w.Type, w.Cache); why == "" {
		return nil // ours, even if the answer to a first attempt was lost
	} else if !changed {
		return fmt.Errorf("s3: %s was written, but its %s is not what was sent (%q, %q); does something in between change it?", w.Key, why, o.Type, o.Cache)
	}
	return ErrRaced
}

// unlike says in what an object is not as it should be; "" if it is.
func unlike(o bucket.Object, sha256 string, size int64, kind, cache string) string {
	if o.SHA256 != sha256 || o.Size != size {
		return "content"
	}
	if o.Type != kind || o.Cache != cache {
		return "headers"
	}
	return ""
}

// clear deletes, after the grace, files that are in no kept release any more.
func (s *S3) clear(ctx context.Context, w *passage) error {
	var out []string
	deadline := w.m.Published.Add(-s.Grace)
	for _, g := range w.m.Gone {
		if _, ok := w.there[g.Path]; ok && !g.Since.After(deadline) && !dated.MatchString(g.Path) {
			out = append(out, s.key(g.Path))
		}
	}
	kept, chain := map[string]bool{s.key(PointerFile): true}, 0
	for m := w.m; m != nil && chain < max(s.Keep, 2); chain++ {
		kept[s.listOf(m.Release)] = true
		for _, f := range m.Files {
			kept[s.object(f.SHA256)] = true
		}
		before, err := s.manifest(ctx, m.Before)
		if err != nil && !errors.Is(err, bucket.ErrMissing) {
			return err
		}
		m = before
	}
	for path, o := range w.there {
		if strings.HasPrefix(path, ".proviso/") && !kept[o.Key] && !o.Modified.After(deadline) {
			out = append(out, o.Key)
		}
	}
	slices.Sort(out)
	return each(ctx, len(out), func(ctx context.Context, i int) error {
		s.step("delete "+out[i], i, len(out))
		return s.Bucket.Remove(ctx, out[i])
	})
}

// Differ looks at the head of every file in place.
func (s *S3) Differ(ctx context.Context, m *Manifest) ([]Difference, error) {
	out := make([]*Difference, len(m.Files))
	err := each(ctx, len(m.Files), func(ctx context.Context, i int) error {
		f := m.Files[i]
		o, err := s.Bucket.Head(ctx, s.key(f.Path))
		if errors.Is(err, bucket.ErrMissing) {
			out[i] = &Difference{f.Path, "missing"}
			return nil
		}
		if why := unlike(o, f.SHA256, f.Size, f.Type, f.Cache); err == nil && why != "" {
			out[i] = &Difference{f.Path, why}
		}
		return err
	})
	return some(out), err
}

// atOnce is how many requests are under way at a time.
const atOnce = 16

// each calls act for 0 to n-1, several at a time, and returns the first error
// after those under way have ended.
func each(ctx context.Context, n int, act func(ctx context.Context, i int) error) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(n, atOnce) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
				if err := act(ctx, i); err != nil {
					stop(err)
				}
			}
		})
	}
	wg.Wait()
	return context.Cause(ctx)
}

// Owner returns the random name of a folder as a publisher; it is made the
// first time. Only one run of the folder at a time may use it; see Alone.
func Owner(dir string, random func() string) (string, error) {
	file := filepath.Join(dir, "owner")
	var name string
	data, err := os.ReadFile(file)
	if err == nil && json.Unmarshal(data, &name) == nil && name != "" {
		return name, nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	name = random()
	if data, err = json.Marshal(name); err != nil {
		return "", err
	}
	return name, writeSynced(file, data)
}

// Alone locks a folder for one publisher at a time.
func Alone(dir string) (unlock func() error, err error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	return lock(filepath.Join(dir, "lock"))
}
