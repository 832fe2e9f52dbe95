package output

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
)

// Output is where published snapshots go.
type Output interface {
	// Name names the output in logs.
	Name() string
	// Publish takes over a snapshot, which it must not change. It is not called again before it returned, and not with
	// an older snapshot than before.
	Publish(ctx context.Context, snapshot *Snapshot) error
}

// Flusher is an Output that holds something back.
type Flusher interface {
	// Flush is called once, after the last Publish.
	Flush(ctx context.Context) error
}

// Outputs hands snapshots to all outputs. The first one takes each snapshot at once, and what it says is the answer of
// Publish. The others follow in goroutines of their own: each takes the latest snapshot when it is done with the one
// before, so that a slow or failing output holds back neither a sync nor another output.
type Outputs struct {
	first     Output
	logger    *slog.Logger
	followers []*follower
	stopping  chan struct{}
	cancel    context.CancelFunc
	done      sync.WaitGroup
}

// follower is an output with the snapshot that it takes next.
type follower struct {
	output  Output
	latest  chan *Snapshot // holds one at most
	failing bool
}

// Start returns running Outputs, which must be stopped.
func Start(logger *slog.Logger, first Output, others ...Output) *Outputs {
	ctx, cancel := context.WithCancel(context.Background())
	o := &Outputs{first: first, logger: logger, stopping: make(chan struct{}), cancel: cancel}
	for _, output := range others {
		f := &follower{output: output, latest: make(chan *Snapshot, 1)}
		o.followers = append(o.followers, f)
		o.done.Go(func() { o.follow(ctx, f) })
	}
	return o
}

// Publish hands a snapshot to all outputs. Calls must not overlap.
func (o *Outputs) Publish(ctx context.Context, snapshot *Snapshot) error {
	if err := o.first.Publish(ctx, snapshot); err != nil {
		return fmt.Errorf("publish to %s: %w", o.first.Name(), err)
	}
	for _, f := range o.followers {
		select {
		case <-f.latest: // It was not taken yet, and is out of date.
		default:
		}
		f.latest <- snapshot
	}
	return nil
}

// Stop lets the outputs take the last snapshot and waits for them, until ctx ends.
func (o *Outputs) Stop(ctx context.Context) error {
	close(o.stopping)
	defer o.cancel()
	done := make(chan struct{})
	go func() {
		o.done.Wait()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait for outputs: %w", ctx.Err())
	}
}

// follow is the goroutine of an output.
func (o *Outputs) follow(ctx context.Context, f *follower) {
	for {
		select {
		case snapshot := <-f.latest:
			o.hand(ctx, f, snapshot)
		case <-o.stopping:
			select {
			case snapshot := <-f.latest:
				o.hand(ctx, f, snapshot)
			default:
			}
			if flusher, ok := f.output.(Flusher); ok {
				o.tell(f, flusher.Flush(ctx))
			}
			return
		}
	}
}

func (o *Outputs) hand(ctx context.Context, f *follower, snapshot *Snapshot) {
	o.tell(f, f.output.Publish(ctx, snapshot))
}

// tell logs when an output begins or ceases to fail.
func (o *Outputs) tell(f *follower, err error) {
	switch {
	case err != nil && !f.failing:
		o.logger.Error("Publishing failed; the other outputs go on", "output", f.output.Name(), "err", err)
	case err == nil && f.failing:
		o.logger.Info("Publishing works again", "output", f.output.Name())
	}
	f.failing = err != nil
}
