package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/mirror"
	"github.com/sales-exporter/sales_exporter/internal/mirror/sqlite"
	"github.com/sales-exporter/sales_exporter/internal/telemetry"
)

// pastEngine returns an engine whose facts hold every source. It owns nothing any more: the mirror is closed, so that an
// exporter may start while the past is computed.
func pastEngine(ctx context.Context, options Options, validated *config.Validated, folder string) (_ *engine, err error) {
	a := &App{options: options}
	a.cleanups.logger = options.Logger
	defer func() { err = errors.Join(err, a.Close()) }()
	a.startOutputs()
	a.exporter = telemetry.NewExporter(nil, vocabulary())
	a.cleanups.add("stop demo accounts", a.demos.Close)
	path := validated.Config().MirrorSQLitePath
	store, shared, err := a.openPastStore(ctx, validated.Config(), folder)
	if err != nil {
		return nil, err
	}
	a.cleanups.add("close mirror", func(context.Context) error { return store.Close() })
	a.engine, err = a.newEngine(ctx, validated, &engine{store: store, storePath: path})
	if err != nil {
		return nil, err
	}
	// A history is kept for years, so that the store is verified first: rows that a damaged index hides would be missing.
	if err := a.engine.verify(ctx); err != nil {
		return nil, err
	}
	return a.engine, a.loadPast(ctx, shared)
}

// loadPast takes over what the mirror holds and syncs the sources of which it holds no complete picture.
func (a *App) loadPast(ctx context.Context, shared bool) error {
	e := a.engine
	e.declare()
	for _, s := range e.syncers {
		if err := s.load(ctx, e); err != nil {
			return fmt.Errorf("load source %s from the mirror: %w", s.source.Name(), err)
		}
		s.fresh(s.readAt)
	}
	var missing []*syncer
	for _, s := range e.syncers {
		if e.facts.Source(s.source.Name()).Ready() {
			continue
		}
		if shared && s.kind != "demo" {
			return fmt.Errorf("the running process that uses the mirror has no complete copy of source %s for this "+
				"configuration; wait for its first sync, or reload it if the configuration changed: "+
				"reading the source a second time would double the API calls", s.source.Name())
		}
		missing = append(missing, s)
	}
	all := e.syncers
	e.syncers = missing
	err := a.syncAll(ctx)
	e.syncers = all
	if ctx.Err() != nil {
		return ctx.Err() // A sync that is stopped has no failure of its own.
	}
	return err
}

// openPastStore opens the mirror or, where a running exporter holds it, a private copy of it.
func (a *App) openPastStore(
	ctx context.Context, c config.Config, folder string,
) (_ mirror.Store, shared bool, err error) {
	store, err := openStore(ctx, c, a.options.Now, a.options.Logger)
	if !errors.Is(err, sqlite.ErrInUse) {
		return store, false, err
	}
	// Beside the output, where this folder is, there is room and the right to write.
	if err := os.Mkdir(folder, 0o700); err != nil {
		return nil, false, fmt.Errorf("create folder for a copy of the mirror: %w", err)
	}
	a.cleanups.add("remove the mirror's copy", func(context.Context) error { return os.RemoveAll(folder) })
	a.options.Logger.Info("A running process uses the mirror; reading a copy", "folder", folder)
	path := filepath.Join(folder, "mirror.db")
	if err := sqlite.Copy(ctx, c.MirrorSQLitePath, path); err != nil {
		return nil, false, fmt.Errorf("%w; stop the process that uses the mirror and try again", err)
	}
	c.MirrorSQLitePath = path
	store, err = openStore(ctx, c, a.options.Now, a.options.Logger)
	return store, true, err
}
