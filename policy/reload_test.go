package policy

import (
	"bytes"
	"os"
	"reflect"
	"testing"
	"testing/fstest"

	"proviso/source"
)

// A folder that is read again is what it is when it is read for the first time,
// and has the seals that it had; one whose bytes are others is read anew.
func TestReload(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir+"/content", os.DirFS("../content")); err != nil {
		t.Fatal(err)
	}
	first, _ := Load(os.DirFS(dir))
	file := dir + "/content/privacy/2026-01-15/seal.yaml"
	if err := os.WriteFile(file, []byte("format: 99\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	again, ps := first.Reload()
	fresh, want := Load(os.DirFS(dir))
	if !reflect.DeepEqual(ps, want) || want.Err() == nil || !reflect.DeepEqual(again.Policies, fresh.Policies) {
		t.Errorf("read again there is %v, read anew %v", ps, want)
	}
	seal := func(f *Folder, ref string) *source.Entry[SiteValues] {
		v, err := f.Version(ref)
		if err != nil {
			t.Fatal(err)
		}
		if len(v.Sealed.Resolution.Sites) == 0 {
			return nil
		}
		return &v.Sealed.Resolution.Sites[0]
	}
	if seal(again, "privacy@2026-12-20") != seal(first, "privacy@2026-12-20") {
		t.Error("a seal that is as it was is read again")
	}
	if seal(again, "privacy@2026-01-15") == seal(first, "privacy@2026-01-15") {
		t.Error("a seal that is another one is not read")
	}
}

// What was written down of seals is what they say, to the byte; of a file that
// has other bytes since, of a record that is not whole and of another program's
// nothing is believed.
func TestKnownSeals(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir+"/content", os.DirFS("../content")); err != nil {
		t.Fatal(err)
	}
	first, _ := Load(os.DirFS(dir))
	record, err := first.Known().Encode("one")
	if err != nil || len(first.Known()) == 0 {
		t.Fatalf("%d seals: %v", len(first.Known()), err)
	}
	known := DecodeKnown(record, "one")
	if !known.Same(first.Known()) {
		t.Fatal("other seals are known than were written down")
	}
	for file, k := range known {
		a, aErr := source.Encode(k.Seal)
		b, bErr := source.Encode(first.Known()[file].Seal)
		if aErr != nil || bErr != nil || !bytes.Equal(a, b) {
			t.Errorf("%s is remembered as\n%s\nand says\n%s", file, a, b)
		}
	}
	if DecodeKnown(record, "two") != nil {
		t.Error("what another program wrote is believed")
	}
	for i := range record {
		if i%97 == 0 {
			broken := bytes.Clone(record)
			broken[i] ^= 1
			if DecodeKnown(broken, "one") != nil || DecodeKnown(record[:i], "one") != nil {
				t.Fatalf("a record that is garbled at byte %d is believed", i)
			}
		}
	}
	for file := range known {
		k := known[file]
		k.Seal.Policy = "of the record"
		known[file] = k
		data, err := os.ReadFile(dir + "/" + file)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(dir+"/"+file, append(data, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	again, _ := LoadKnowing(os.DirFS(dir), known)
	for _, p := range again.Policies {
		for _, v := range p.Versions {
			if v.Sealed != nil && v.Sealed.Policy == "of the record" {
				t.Errorf("%s has other bytes, and what it said before is believed", v.ID())
			}
		}
	}
}

// A seal that another one moved to its own date stands again when that one is gone.
func TestReloadAfterAMove(t *testing.T) {
	seal := func(version, moved string) string {
		return "format: 1\npolicy: p\nversion: " + version + "\nstate: released\nreleased: 2025-01-01\neffective: " + version + moved + "\n"
	}
	files := fstest.MapFS{}
	put := func(name, data string) { files["content/"+name] = &fstest.MapFile{Data: []byte(data)} }
	put("organisation.yaml", "name: A\nlocales: [en]\nsites: {a.example: {}}\ntime_zone: UTC\n")
	put("p/policy.yaml", "title: P\n")
	put("p/2025-05-01/seal.yaml", seal("2025-05-01", ""))
	put("p/2025-06-01/seal.yaml", seal("2025-06-01", "\nmoved: {version: p@2025-05-01}"))
	f, _ := Load(files)
	if s := f.Policies[0].Versions[0].Sealed; s == nil || s.State != Rescheduled {
		t.Fatalf("the first seal says %v", s)
	}
	delete(files, "content/p/2025-06-01/seal.yaml")
	again, _ := f.Reload()
	if s := again.Policies[0].Versions[0].Sealed; s.State != Released || s.MovedTo.Version != "" {
		t.Errorf("the seal that moved it is gone, and it is still %s to %q", s.State, s.MovedTo.Version)
	}
}
