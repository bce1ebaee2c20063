// Package queue lets machines that send from one ledger tell each other that
// there is something to do.
//
// What it carries are tokens: "work on this notice", "see who joined since",
// "look whether something is due". They name a notice and nothing else. The
// ledger says what is to be done, and who has a token looks there; so a token
// that is lost, late or carried out twice does no harm. River keeps them in the
// schema proviso of the ledger's database, elects the machine that makes the
// periodic ones, and has those that failed tried again, later each time.
package queue

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"

	"proviso/database"
)

const (
	schema = "proviso"
	// shares is how many machines can work on one notice at a time.
	shares = 16
	// passTime is how long a machine works on a token before it takes the next
	// one. The token of one that was killed is used again somewhat later; until
	// then the others of its notice serve.
	passTime = 10 * time.Minute
	rescue   = passTime + 2*time.Minute

	migrating = 8103231414530 // name of the lock while tables are made
)

// Duties are what a machine does with its tokens. Each may be carried out at
// any time, by many machines at once. What they return as errors is tried
// again, later each time; they say themselves what went wrong.
type Duties struct {
	// Pass tells whom it can. A wait that is not zero says when to come back to it.
	Pass func(ctx context.Context, notice string) (wait time.Duration, err error)
	// Sweep enrols who joined since.
	Sweep func(ctx context.Context, notice string) error
	// Look reports whether any mail is due, and warns where a deadline will be missed.
	Look func(ctx context.Context, notice string) (due bool, err error)

	SweepEvery, LookEvery time.Duration // a second at least
}

// A Queue is where the tokens of a ledger are.
type Queue struct {
	work  func(ctx context.Context, notices []string, d Duties) error
	tell  func(ctx context.Context, tokens []river.InsertManyParams) error
	close func()
}

// Open opens the queue in the database with the URL, and makes its tables where
// there are none. The ledger was opened there before.
func Open(ctx context.Context, url string) (*Queue, error) {
	pool, err := database.Pool(ctx, url)
	if err != nil {
		return nil, fmt.Errorf("opening the queue: %w", err)
	}
	q := &Queue{close: pool.Close}
	driver := riverpgxv5.New(pool)
	migrator, err := rivermigrate.New(driver, &rivermigrate.Config{Schema: schema, Logger: silent})
	if err == nil {
		err = database.Alone(ctx, pool, migrating, func() error { // two machines may begin at once
			_, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil)
			return err
		})
	}
	teller, terr := river.NewClient(driver, &river.Config{Schema: schema, Logger: silent})
	if err := errors.Join(err, terr); err != nil {
		pool.Close()
		return nil, fmt.Errorf("opening the queue: %w", err)
	}
	q.tell = func(ctx context.Context, tokens []river.InsertManyParams) error {
		_, err := teller.InsertMany(ctx, tokens)
		return err
	}
	q.work = func(ctx context.Context, notices []string, d Duties) error {
		client, err := river.NewClient(driver, q.config(notices, d))
		if err != nil {
			return err
		}
		if err := client.Start(ctx); err != nil {
			return err
		}
		<-client.Stopped()
		return nil
	}
	return q, nil
}

// silent keeps the engine's log to itself: whoever carries out a token says
// what went wrong with it.
var silent = slog.New(slog.DiscardHandler)

// Close closes the queue.
func (q *Queue) Close() { q.close() }

// Tell has the machines at work take up a notice.
func (q *Queue) Tell(ctx context.Context, notice string) error {
	var tokens []river.InsertManyParams
	for i := range shares {
		tokens = append(tokens, river.InsertManyParams{Args: pass{notice, i}})
	}
	if err := q.tell(ctx, tokens); err != nil {
		return fmt.Errorf("telling the machines at work of notice %q: %w", notice, err)
	}
	return nil
}

// Work carries out tokens, whatever notice they name, until ctx ends; what was
// begun then is brought to its end. It sees to it that there are tokens of the
// given notices.
func (q *Queue) Work(ctx context.Context, notices []string, d Duties) error {
	var first []river.InsertManyParams
	for _, n := range notices {
		first = append(first, river.InsertManyParams{Args: look{n}})
	}
	if err := q.tell(ctx, first); err != nil {
		return fmt.Errorf("beginning to work: %w", err)
	}
	return q.work(ctx, notices, d)
}

// config is how River works on the tokens.
func (q *Queue) config(notices []string, d Duties) *river.Config {
	c := &river.Config{Schema: schema, Logger: silent, JobTimeout: passTime, RescueStuckJobsAfter: rescue,
		Queues:  map[string]river.QueueConfig{passes: {MaxWorkers: 1}, river.QueueDefault: {MaxWorkers: 2}},
		Workers: river.NewWorkers()}
	river.AddWorker(c.Workers, river.WorkFunc(func(ctx context.Context, job *river.Job[pass]) error { return worked(ctx, d, job.Args.Notice) }))
	river.AddWorker(c.Workers, river.WorkFunc(func(ctx context.Context, job *river.Job[sweep]) error { return d.Sweep(ctx, job.Args.Notice) }))
	river.AddWorker(c.Workers, river.WorkFunc(func(ctx context.Context, job *river.Job[look]) error {
		due, err := d.Look(ctx, job.Args.Notice)
		if err == nil && due {
			err = q.Tell(ctx, job.Args.Notice)
		}
		return err
	}))
	for _, n := range notices {
		c.PeriodicJobs = append(c.PeriodicJobs,
			river.NewPeriodicJob(river.PeriodicInterval(d.SweepEvery), func() (river.JobArgs, *river.InsertOpts) { return sweep{n}, nil }, nil),
			river.NewPeriodicJob(river.PeriodicInterval(d.LookEvery), func() (river.JobArgs, *river.InsertOpts) { return look{n}, nil }, nil))
	}
	return c
}

// worked carries out one token. One that was interrupted is there for the next
// who comes.
func worked(ctx context.Context, d Duties, notice string) error {
	wait, err := d.Pass(ctx, notice)
	switch {
	case ctx.Err() != nil:
		return river.JobSnooze(time.Second)
	case err == nil && wait > 0:
		return river.JobSnooze(min(wait, time.Hour))
	}
	return err
}
