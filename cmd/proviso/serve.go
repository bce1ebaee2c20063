package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net"
	"net/http"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"proviso/watch"
)

// every is how often serve looks by itself whether a source has changed: some
// network file systems tell of nothing, and a day ends without a word.
const every = 3 * time.Second

func (p *program) serve() *cobra.Command {
	var addr, editor string
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "preview every site on this machine, and review drafts at the desk",
		Long: `Serve shows every site as build would write it, at http://DOMAIN.localhost:PORT/, and each draft
with its redline beside the text. At http://localhost:PORT/ is the desk: review a draft change by change,
decide with a reason, write the words for readers, read the mail as it would be sent, and release. A page in the browser follows the files: save, and it is shown anew.
What is wrong with the sources is shown in the page, with file and line. Only this machine can reach it.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if _, _, err := p.load(); err != nil {
				return err
			}
			listener, err := loopback(addr)
			if err != nil {
				return err
			}
			if _, err := fmt.Fprintf(p.stdout, "http://localhost:%d/\n", listener.Addr().(*net.TCPAddr).Port); err != nil {
				return err
			}
			s, err := p.newStage(editor)
			if err != nil {
				return err
			}
			return s.run(cmd.Context(), listener)
		},
	}
	cmd.Flags().StringVar(&addr, "addr", "127.0.0.1:8080", "listen on this loopback `HOST:PORT`; port 0 takes any free one")
	cmd.Flags().StringVar(&editor, "editor", "", "the `address` that opens a source in your editor, such as vscode://file{file}:{line}")
	return cmd
}

// loopback listens on an address of this machine that no other can reach.
func loopback(addr string) (net.Listener, error) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, misuse("--addr: %q is not HOST:PORT; write 127.0.0.1:8080", addr)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, misuse("--addr: other machines could reach %q; write 127.0.0.1, [::1] or localhost", host)
	}
	listener, err := net.Listen("tcp", addr)
	if op := (*net.OpError)(nil); errors.As(err, &op) {
		return nil, no("listening on %s: %v; name another port with --addr", addr, op.Err)
	}
	return listener, err
}

// run serves until the context ends.
func (s *stage) run(ctx context.Context, listener net.Listener) error {
	server := &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second,
		BaseContext: func(net.Listener) context.Context { return ctx }}
	var changed <-chan struct{}
	if w, err := watch.Folders(s.dir, sources...); err != nil {
		fmt.Fprintf(s.stderr, "pages follow the files more slowly: %v\n", err)
	} else {
		defer w.Close()
		changed = w.Changed()
	}
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	done := make(chan error, 1)
	go func() { done <- server.Serve(listener) }()
	for {
		select {
		case <-changed:
			s.look()
		case <-ticker.C:
			s.look()
		case err := <-done:
			return err
		case <-ctx.Done():
			return server.Close()
		}
	}
}

// sources are the folders from which everything is made.
var sources = []string{"content", "templates"}

// A stamp tells a file from what it was.
type stamp struct {
	size int64
	time time.Time
}

// scan lists the sources. What comes or goes is seen by its name.
func (s *stage) scan() map[string]stamp {
	out := make(map[string]stamp, len(s.seen))
	for _, dir := range sources {
		_ = filepath.WalkDir(s.path(dir), func(name string, e fs.DirEntry, err error) error {
			if err != nil {
				return nil // what cannot be read is reported by those who need it
			}
			if info, err := e.Info(); err == nil && !e.IsDir() {
				out[name] = stamp{info.Size(), info.ModTime()}
			}
			return nil
		})
	}
	return out
}

// look finds out whether a source has changed since the last time, and if so
// tells the browsers.
func (s *stage) look() {
	s.mu.Lock()
	defer s.mu.Unlock()
	seen, day := s.scan(), s.day
	if s.folder != nil && maps.Equal(s.seen, seen) && day == s.today(s.folder) {
		return
	}
	s.seen = seen
	s.open()
	for w := range s.watchers {
		select {
		case w <- struct{}{}:
		default: // it has been told, and has not come yet
		}
	}
}
