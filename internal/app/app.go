// Package app is the process: it wires configuration, sources, mirror, KPIs and exposition, and owns their lifecycle.
//
// It has no globals, handles no signals and parses no flags, so that tests start the real thing on a port of their own.
// The command is an adapter that fills Options.
package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/demo"
	"github.com/sales-exporter/sales_exporter/internal/mirror"
	"github.com/sales-exporter/sales_exporter/internal/output"
	"github.com/sales-exporter/sales_exporter/internal/output/last"
	"github.com/sales-exporter/sales_exporter/internal/output/page"
	"github.com/sales-exporter/sales_exporter/internal/source"
	"github.com/sales-exporter/sales_exporter/internal/telemetry"
)

// App is one running exporter.
type App struct {
	options     Options
	exporter    *telemetry.Exporter
	outputs     *output.Outputs
	page        *page.Page // the first of outputs
	last        *last.File // nil where nothing is kept for a restart
	listeners   []net.Listener
	server      *http.Server
	cleanups    cleanups
	demos       demo.Accounts
	reloads     chan chan error
	reloadsOver chan struct{} // closed when no reload will be taken any more
	unloaded    bool          // the last snapshot is served, and Run loads the engine

	// mu guards engine and refused: a reload sets them while the landing page reads them.
	mu      sync.Mutex
	engine  *engine
	refused string // why the last reload failed, "" where it did not
}

// New loads the configuration, opens the mirror, serves what the mirror already holds and binds the listeners. It
// contacts no CRM. After an error nothing is left open.
func New(ctx context.Context, options Options) (*App, error) {
	options, err := options.withDefaults()
	if err != nil {
		return nil, err
	}
	a := &App{options: options, reloads: make(chan chan error), reloadsOver: make(chan struct{})}
	a.cleanups.logger = options.Logger
	a.last = last.NewFile(options.Now)
	if err := a.setup(ctx); err != nil {
		return nil, errors.Join(err, a.cleanups.run(context.WithoutCancel(ctx)))
	}
	return a, nil
}

func (a *App) setup(ctx context.Context) error {
	if err := a.setupEngine(ctx); err != nil {
		return err
	}
	if a.unloaded = a.serveLast(ctx); !a.unloaded {
		if err := a.engine.load(ctx); err != nil {
			return err
		}
	}
	return a.listen(ctx)
}

// setupEngine builds everything but the web. The engine is not loaded yet.
func (a *App) setupEngine(ctx context.Context) error {
	a.startOutputs()
	a.exporter = telemetry.NewExporter(a.page, vocabulary())
	if !a.options.DisableExporterMetrics {
		a.exporter.IncludeRuntime()
	}
	validated, err := LoadConfig(a.options.ConfigFile)
	if err != nil {
		return fmt.Errorf("load configuration: %w", err)
	}
	a.cleanups.add("stop demo accounts", a.demos.Close)
	engine, err := a.newEngine(ctx, validated, nil)
	if err != nil {
		return err
	}
	a.engine = engine
	a.cleanups.add("close mirror", func(context.Context) error { return a.currentEngine().store.Close() })
	a.cleanups.add("stop engine", func(ctx context.Context) error { return a.currentEngine().stop(ctx) })
	return nil
}

// currentEngine returns the engine in force.
func (a *App) currentEngine() *engine {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.engine
}

// refusal returns why the last reload failed, "" where it did not.
func (a *App) refusal() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.refused
}

// Run syncs and serves until ctx ends, then drains and stops within a bound. It is called once.
func (a *App) Run(ctx context.Context) error {
	served := a.serve()
	if err := a.loadBehind(ctx, served); err != nil || ctx.Err() != nil {
		close(a.reloadsOver)
		return errors.Join(err, a.Close())
	}
	a.currentEngine().start()
	reloading := a.startReloader(ctx)
	var err error
	select {
	case <-ctx.Done():
		a.options.Logger.Info("Stopping")
	case err = <-served:
	}
	<-reloading.stop()
	return errors.Join(err, a.Close())
}

// loadBehind loads the engine while the last snapshot is served. It ends early with what serving failed with.
func (a *App) loadBehind(ctx context.Context, served <-chan error) error {
	if !a.unloaded {
		return nil
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	loaded := make(chan error, 1)
	go func() { loaded <- a.engine.load(ctx) }()
	select {
	case err := <-loaded:
		if ctx.Err() != nil {
			return nil // It was stopped.
		}
		if err == nil {
			a.options.Logger.Info("The mirror is read; serving current numbers")
		}
		return err
	case err := <-served:
		cancel()
		if stopped := <-loaded; stopped != nil {
			a.options.Logger.Debug("Loading the mirror was stopped", "err", stopped)
		}
		return err
	}
}

// Close stops everything. Run calls it; a caller of New that does not Run must.
func (a *App) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), stopTimeout)
	defer cancel()
	return a.cleanups.run(ctx)
}

// Addr returns the address of the first listener.
func (a *App) Addr() string { return a.listeners[0].Addr().String() }

// vocabulary lists the label values that the exporter's counters start with.
func vocabulary() telemetry.Vocabulary {
	var v telemetry.Vocabulary
	for _, r := range source.Reasons() {
		v.Reasons = append(v.Reasons, string(r))
	}
	v.Quarantines = map[string][]string{}
	for _, k := range crm.Kinds() {
		for _, r := range k.Reasons() {
			v.Quarantines[string(k.Name())] = append(v.Quarantines[string(k.Name())], string(r))
		}
	}
	for _, o := range mirror.Operations() {
		v.Operations = append(v.Operations, string(o))
	}
	return v
}
