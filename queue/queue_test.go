package queue_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"proviso/database/databasetest"
	"proviso/ledger/postgres"
	"proviso/queue"
)

const notice = "privacy@2026-12-20"

func open(t *testing.T, url string) *queue.Queue {
	t.Helper()
	q, err := queue.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(q.Close)
	return q
}

func database(t *testing.T) string {
	t.Helper()
	url := databasetest.Postgres(t)
	l, err := postgres.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	return url
}

// Two machines work on one notice at a time, also where they begin at once and
// make the tables. A pass that fails is made again, and one that is interrupted
// does not keep a machine from stopping.
func TestWork(t *testing.T) {
	url := database(t)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	at := make(chan int)   // machines in a pass
	on := make(chan error) // how their passes end
	var machines sync.WaitGroup
	for i := range 2 {
		machines.Go(func() {
			q, err := queue.Open(ctx, url)
			if err != nil {
				t.Error(err)
				return
			}
			defer q.Close()
			err = q.Work(ctx, []string{notice}, queue.Duties{
				Pass: func(ctx context.Context, n string) (time.Duration, error) {
					if n != notice {
						t.Errorf("a token of %q", n)
					}
					select {
					case at <- i:
						return 0, <-on
					case <-ctx.Done():
						return 0, ctx.Err()
					}
				},
				Sweep:      func(context.Context, string) error { return nil },
				Look:       func(context.Context, string) (bool, error) { return true, nil },
				SweepEvery: time.Hour, LookEvery: time.Hour,
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	first, second := <-at, <-at
	if first == second {
		t.Error("one machine has two tokens at a time, the other none")
	}
	for range 17 { // there are 16 tokens: some are made again
		on <- errors.New("the mail server takes nothing")
		<-at
	}
	on <- nil
	on <- nil
	stop()
	machines.Wait()
}

// Somebody else may have tokens made, and who joins is looked for again and again.
func TestTellAndSweep(t *testing.T) {
	url := database(t)
	q := open(t, url)
	for range 2 {
		if err := q.Tell(t.Context(), notice); err != nil {
			t.Fatal(err)
		}
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var mu sync.Mutex
	did := map[string]int{}
	count := func(duty string) {
		mu.Lock()
		defer mu.Unlock()
		if did[duty]++; did["sweep"] >= 2 && did["look"] >= 2 {
			stop()
		}
	}
	err := q.Work(ctx, []string{"terms@2026-12-20"}, queue.Duties{
		Pass:       func(_ context.Context, n string) (time.Duration, error) { count(n); return time.Hour, nil },
		Sweep:      func(context.Context, string) error { count("sweep"); return nil },
		Look:       func(context.Context, string) (bool, error) { count("look"); return false, nil },
		SweepEvery: time.Second, LookEvery: time.Second,
	})
	if err != nil || did[notice] != 16 || did["terms@2026-12-20"] != 0 {
		t.Errorf("did %v, %v", did, err)
	}
}
