package release

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"

	"proviso/policy"
	"proviso/schema"
	"proviso/whole"
)

// ErrName says that a draft cannot have a name.
var ErrName = errors.New("a draft is called draft or draft-NAME, of small letters, digits and hyphens")

var draftName = regexp.MustCompile(`^draft(-[a-z0-9][a-z0-9-]*)?$`)

// Copy makes a draft, draft/ or draft-NAME/, of a version's texts and
// practices, and returns its folder. Decisions and seals stay behind: they
// belong to what they were made for.
func (d *Desk) Copy(base *policy.Version, name string) (string, error) {
	if !draftName.MatchString(name) {
		return "", fmt.Errorf("%w, not %q", ErrName, name)
	}
	dir := path.Join("content", base.Policy.ID, name)
	to := d.path(dir)
	if _, err := os.Lstat(to); err == nil {
		return "", fmt.Errorf("%s is there already; edit it, move it away, or make another with --name", dir)
	}
	files := []string{"practices.yaml"}
	for _, l := range base.Locales {
		files = append(files, l+".md")
	}
	tmp, err := os.MkdirTemp(filepath.Dir(to), hidden)
	if err != nil {
		return "", unwritten(to, err)
	}
	defer os.RemoveAll(tmp)
	for _, file := range files {
		data, err := os.ReadFile(filepath.Join(d.path(base.Dir), file))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		} else if err != nil {
			return "", err
		}
		if err := writeFile(filepath.Join(tmp, file), schema.Head(path.Join(dir, file), data)); err != nil {
			return "", unwritten(to, err)
		}
	}
	if err := os.Chmod(tmp, 0o755); err != nil {
		return "", unwritten(to, err)
	}
	if err := os.Rename(tmp, to); err != nil {
		return "", unwritten(to, err)
	}
	return dir, whole.SyncFolder(filepath.Dir(to))
}
