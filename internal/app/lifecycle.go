package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"
)

// stopTimeout bounds the stop as a whole, the drain of open requests included. It is shorter than the 30 s after which
// Kubernetes kills.
const stopTimeout = 15 * time.Second

// cleanup is one named step of the stop.
type cleanup struct {
	name string
	run  func(context.Context) error
}

// cleanups is a stack of steps, run last in, first out, once.
type cleanups struct {
	logger *slog.Logger
	mu     sync.Mutex
	steps  []cleanup
}

func (c *cleanups) add(name string, run func(context.Context) error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.steps = append(c.steps, cleanup{name, run})
}

// run performs and forgets all steps. A failing step does not keep the others from running.
func (c *cleanups) run(ctx context.Context) error {
	c.mu.Lock()
	steps := c.steps
	c.steps = nil
	c.mu.Unlock()
	var errs []error
	for _, step := range slices.Backward(steps) {
		c.logger.Debug("Cleaning up", "step", step.name)
		if err := step.run(ctx); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", step.name, err))
		}
	}
	return errors.Join(errs...)
}
