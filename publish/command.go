package publish

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// A Command takes a release out with a program of the team's own, such as one
// that calls rsync or a host's client.
//
// It is run in the team's folder with two more arguments: the folder of the
// whole release, and the file of its manifest (JSON, see Manifest: path, sha256,
// size, content_type and cache_control of each file). It must only read them.
// In its environment are
//
//	PROVISO_SITE      the domain
//	PROVISO_RELEASE   the id of the release
//	PROVISO_TREE      the folder, as the first argument
//	PROVISO_MANIFEST  the manifest, as the second argument
//	PROVISO_BEFORE    the manifest of what is live; empty the first time
//	PROVISO_ACTION    publish or rollback
//
// Status 0 says that readers see the release. Any other says that they do not,
// and the same release is given to it again the next time. So it should put
// files before it switches to them, and be able to begin again.
type Command struct {
	Argv   []string // program and arguments
	Dir    string   // where it is run
	Env    []string // of the program, beside its own
	Output io.Writer
}

// Deploy runs the program, for a Dir.
func (c *Command) Deploy(ctx context.Context, d Deployment) error {
	action := "publish"
	if d.Back {
		action = "rollback"
	}
	cmd := exec.CommandContext(ctx, c.Argv[0], append(c.Argv[1:len(c.Argv):len(c.Argv)], d.Tree, d.File)...)
	cmd.Dir = c.Dir
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 10 * time.Second
	cmd.Env = append(c.Env[:len(c.Env):len(c.Env)], "PROVISO_SITE="+d.Manifest.Site, "PROVISO_RELEASE="+d.Manifest.Release,
		"PROVISO_TREE="+d.Tree, "PROVISO_MANIFEST="+d.File, "PROVISO_BEFORE="+d.Before, "PROVISO_ACTION="+action)
	last := &tail{}
	out := io.Writer(last)
	if c.Output != nil {
		out = io.MultiWriter(last, c.Output)
	}
	cmd.Stdout, cmd.Stderr = out, out
	err := cmd.Run()
	if err == nil {
		return nil
	}
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return fmt.Errorf("running %s: %w; name a program that is there and may be run", c.Argv[0], err)
	}
	return fmt.Errorf("%s ended with %s, so %s stays; it said:\n%s", c.Argv[0], exit, before(d.Before), last.lines())
}

func before(manifest string) string {
	if manifest == "" {
		return "nothing is live"
	}
	return strings.TrimSuffix(filepath.Base(manifest), ".json")
}

// A tail keeps the end of what is written to it.
type tail struct{ buf []byte }

const (
	tailBytes = 8 << 10
	tailLines = 10
)

// Write takes all of it.
func (t *tail) Write(p []byte) (int, error) {
	t.buf = append(t.buf, p...)
	if over := len(t.buf) - tailBytes; over > 0 {
		t.buf = append(t.buf[:0], t.buf[over:]...)
	}
	return len(p), nil
}

func (t *tail) lines() string {
	all := bytes.Split(bytes.TrimRight(t.buf, "\r\n"), []byte("\n"))
	all = all[max(0, len(all)-tailLines):]
	return "  " + string(bytes.Join(all, []byte("\n  ")))
}
