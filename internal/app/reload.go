package app

import (
	"context"
	"fmt"
	"hash/fnv"
	"io"
	"os"
	"slices"
	"time"
)

// reloader is the one goroutine that reloads: requests over HTTP, the signal and changed files all pass through it, so
// that two reloads never overlap.
type reloader struct {
	cancel context.CancelFunc
	done   chan struct{}
}

func (r *reloader) stop() <-chan struct{} {
	r.cancel()
	return r.done
}

func (a *App) startReloader(ctx context.Context) *reloader {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	r := &reloader{cancel: cancel, done: a.reloadsOver}
	go func() {
		defer close(r.done)
		a.reloadLoop(ctx)
	}()
	return r
}

func (a *App) reloadLoop(ctx context.Context) {
	signal := a.options.ReloadSignal
	var ticks <-chan time.Time
	if a.options.WatchInterval > 0 {
		ticker := time.NewTicker(a.options.WatchInterval)
		defer ticker.Stop()
		ticks = ticker.C
	}
	seen := fingerprint(a.watchedFiles())
	reload := func(trigger string) error {
		// Before the files are read: what changes from here on, if only the second half of a file, is another change.
		seen = fingerprint(a.watchedFiles())
		return a.reloadAndLog(ctx, trigger)
	}
	for {
		select {
		case <-ctx.Done():
			return
		case answer := <-a.reloads:
			answer <- reload("request")
		case _, ok := <-signal:
			if !ok {
				signal = nil // A closed channel is always ready and would spin.
				continue
			}
			_ = reload("signal")
		case <-ticks:
			if fingerprint(a.watchedFiles()) != seen {
				_ = reload("changed file")
			}
		}
	}
}

// reloadAndLog is where a reload's error is logged, whoever asked for it.
func (a *App) reloadAndLog(ctx context.Context, trigger string) error {
	err := a.reload(ctx)
	if err != nil {
		a.options.Logger.Error("Reload failed; the previous configuration stays in force", "trigger", trigger, "err", err)
		return err
	}
	a.options.Logger.Info("Reloaded the configuration", "trigger", trigger)
	return nil
}

// reload replaces the engine. Everything that can fail happens before the engine in force is stopped, but for reading
// the mirror: if that fails, the old engine goes on.
func (a *App) reload(ctx context.Context) error {
	err := a.swapEngine(ctx)
	refused := ""
	if err != nil {
		refused = err.Error()
	}
	a.mu.Lock()
	a.refused = refused
	a.mu.Unlock()
	if err != nil {
		a.exporter.Reloaded(false, 0, time.Time{})
	}
	return err
}

func (a *App) swapEngine(ctx context.Context) error {
	validated, err := LoadConfig(a.options.ConfigFile)
	if err != nil {
		return fmt.Errorf("load configuration: %w", err)
	}
	old := a.currentEngine()
	next, err := a.newEngine(ctx, validated, old)
	if err != nil {
		return err
	}
	if err := old.stop(ctx); err != nil {
		a.abandon(ctx, next, old)
		return fmt.Errorf("stop syncing under the old configuration: %w", err)
	}
	if err := next.load(ctx); err != nil {
		a.abandon(ctx, next, old)
		return err
	}
	a.mu.Lock()
	a.engine = next
	a.mu.Unlock()
	next.start()
	if old.store != next.store {
		if err := old.store.Close(); err != nil {
			a.options.Logger.Warn("Closing the old mirror failed", "err", err)
		}
	}
	return nil
}

// abandon lets go of an engine that could not be loaded and sets the old one going again.
func (a *App) abandon(ctx context.Context, next, old *engine) {
	if err := next.stop(ctx); err != nil {
		a.options.Logger.Warn("Stopping the refused configuration failed", "err", err)
	}
	if next.store != old.store {
		if err := next.store.Close(); err != nil {
			a.options.Logger.Warn("Closing the refused configuration's mirror failed", "err", err)
		}
	}
	old.declare()
	old.start()
}

// watchedFiles returns the files whose change is a new configuration.
func (a *App) watchedFiles() []string {
	return slices.Concat([]string{a.options.ConfigFile}, a.currentEngine().config.Files)
}

// fingerprint hashes the content of files. Content rather than times: a mounted ConfigMap changes by swapping links.
func fingerprint(files []string) uint64 {
	h := fnv.New64a()
	for _, name := range files {
		_, _ = io.WriteString(h, "\x00"+name+"\x00")
		f, err := os.Open(name) //nolint:gosec // The configuration's author names the files.
		if err != nil {
			continue
		}
		_, _ = io.Copy(h, f)
		_ = f.Close()
	}
	return h.Sum64()
}
