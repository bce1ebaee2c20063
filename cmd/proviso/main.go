// Command proviso publishes policies, says what changed in them, and tells
// account holders before a change takes effect.
//
// This package ties the others together. It is the only place that looks at
// the clock, the environment and the terminal; everything below receives them.
// Each command has a file of its own.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
	_ "time/tzdata" // effective dates have a time zone, and not every machine knows them

	"github.com/spf13/cobra"

	"proviso/policy"
)

func main() { os.Exit(run()) }

// run runs the command line of the process and returns its exit status.
func run() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	p := &program{stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, now: time.Now, env: os.LookupEnv}
	return p.run(ctx, os.Args[1:])
}

// A program is one run of the command, with its view of the world.
type program struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	now            func() time.Time
	env            func(name string) (string, bool)

	dir     string        // -C
	asOf    policy.Date   // --as-of; zero: today
	assumed *assumedClock // with --as-of
}

// An answer ends the program with a status. Its text, if any, goes to standard error.
type answer struct {
	status int
	text   string
}

func (a *answer) Error() string { return a.text }

// no answers "no" (status 1): errors found, undecided changes, notice not complete.
func no(format string, args ...any) error { return &answer{1, fmt.Sprintf(format, args...)} }

// misuse answers that the command was misused or its configuration cannot be read (status 2).
func misuse(format string, args ...any) error { return &answer{2, fmt.Sprintf(format, args...)} }

func (p *program) run(ctx context.Context, args []string) int {
	results := &results{Writer: p.stdout}
	p.stdout = results
	root := p.root()
	root.SetArgs(args)
	cmd, err := root.ExecuteContextC(ctx)
	if failed := results.failed; failed != nil && (err == nil || errors.Is(err, failed)) {
		err = no("the results could not be written: %v", failed)
	}
	if err == nil {
		return 0
	}
	var a *answer
	if !errors.As(err, &a) {
		a = &answer{2, complaint(cmd, err)}
	} else if a.text = err.Error(); a.text == "" {
		return a.status
	}
	fmt.Fprintln(p.stderr, a.text)
	return a.status
}

// results is standard output. A command whose results did not all get there is not done.
type results struct {
	io.Writer
	failed error // the first failure, without the name of a file
}

func (r *results) Write(b []byte) (int, error) {
	n, err := r.Writer.Write(b)
	if err != nil && r.failed == nil {
		r.failed = err
		var p *os.PathError
		if errors.As(err, &p) {
			r.failed = p.Err
		}
	}
	return n, err
}

// complaint says in words what cobra complains of: an unknown command or flag,
// or the number of arguments.
func complaint(cmd *cobra.Command, err error) string {
	text := err.Error()
	switch {
	case strings.HasPrefix(text, "unknown command"):
		text, like, _ := strings.Cut(text, "\n\nDid you mean this?")
		if like = strings.Join(strings.Fields(like), " or "); like != "" {
			text += "; did you mean " + like + "?"
		}
		return text + "; proviso --help lists all commands"
	case strings.HasPrefix(text, "accepts "), strings.HasPrefix(text, "requires at least"), strings.HasPrefix(text, "required flag"):
		return fmt.Sprintf("something is missing, or too much: write %s; see %s --help", cmd.UseLine(), cmd.CommandPath())
	}
	return fmt.Sprintf("%s; see %s --help", text, cmd.CommandPath())
}

const long = `proviso keeps the promise "we will notify you by e-mail before a change takes effect".

It renders policies to a static site for each domain, says what changed between
versions and whether account holders must be told, and tells them in time.

Exit status: 0 done; 1 the answer is no; 2 misuse or unreadable configuration.`

func (p *program) root() *cobra.Command {
	var asOf string
	root := &cobra.Command{
		Use:           "proviso",
		Short:         "publish policies, and tell people before they change",
		Long:          long,
		SilenceErrors: true,
		SilenceUsage:  true,
		PersistentPreRunE: func(*cobra.Command, []string) error {
			if p.dir == "" {
				return misuse("-C: name a folder, or leave it out")
			}
			if asOf == "" {
				return nil
			}
			d, err := policy.ParseDate(asOf)
			p.asOf = d
			if err != nil {
				return misuse("--as-of: %v", err)
			}
			p.assumed = &assumedClock{begun: p.now(), machine: p.now, date: d}
			p.now = p.assumed.now
			return nil
		},
	}
	root.SetOut(p.stdout)
	root.SetErr(p.stderr)
	root.SetIn(p.stdin)
	root.PersistentFlags().StringVarP(&p.dir, "directory", "C", ".", "the folder that holds proviso.yaml and content/")
	root.PersistentFlags().StringVar(&asOf, "as-of", "", "the civil `date` to take for today, YYYY-MM-DD")
	root.AddCommand(p.demo(), p.init(), p.imports(), p.check(), p.draft(), p.diff(), p.decide(), p.release(), p.reschedule(), p.withdraw(),
		p.seal(), p.verify(),
		p.build(), p.serve(), p.publish(), p.notify(), p.status(), p.evidence(), p.ledgers(), p.schema(), p.version(), p.manual(root))
	return root
}
