package policy

import (
	"os"
	"reflect"
	"testing"
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
	seal := func(f *Folder, ref string) *Seal {
		v, err := f.Version(ref)
		if err != nil {
			t.Fatal(err)
		}
		return v.Sealed
	}
	if seal(again, "privacy@2026-12-20") != seal(first, "privacy@2026-12-20") {
		t.Error("a seal that is as it was is read again")
	}
	if seal(again, "privacy@2026-01-15") == seal(first, "privacy@2026-01-15") {
		t.Error("a seal that is another one is not read")
	}
}
