package app

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-co-op/gocron/v2"

	"github.com/sales-exporter/sales_exporter/internal/calendar"
	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/kpi"
	"github.com/sales-exporter/sales_exporter/internal/metric"
	"github.com/sales-exporter/sales_exporter/internal/mirror"
	"github.com/sales-exporter/sales_exporter/internal/output"
	"github.com/sales-exporter/sales_exporter/internal/output/last"
	"github.com/sales-exporter/sales_exporter/internal/telemetry"
)

// computeInterval is how often KPIs are computed anew although nothing was synced: days end, targets pace on.
const computeInterval = time.Minute

// engine runs one configuration: it syncs its sources on their schedules, keeps the facts and publishes snapshots.
type engine struct {
	logger    *slog.Logger
	config    config.Config
	hash      uint64
	asOf      time.Time
	now       func() time.Time
	calendar  *calendar.Calendar
	store     mirror.Store
	storePath string
	// verified says that the whole store was verified.
	verified atomic.Bool
	outputs  *output.Outputs
	last     *last.File // see App
	origin   output.Origin
	exporter *telemetry.Exporter
	syncers  []*syncer

	scheduler gocron.Scheduler
	cancel    context.CancelFunc

	// mu guards what follows: syncs of different sources end at the same time.
	mu    sync.Mutex
	facts *kpi.Facts
	// checked is the snapshot that was computed last.
	checked *output.Snapshot
	// data counts the changes of facts.
	data uint64
	// published is when the page was computed last, the zero time where it does not show the facts.
	published time.Time
	// reduction is what the limits took away from the page that was computed last.
	reduction metric.Reduction
	// mismatches remembers which targets were warned about.
	mismatches mismatches
	// twins remembers which pairs of sources were warned about.
	twins twins
}

// newEngine builds the engine of a configuration without touching anything that the engine in force uses. It shares
// that one's store where both name the same file, for a mirror has one owner.
func (a *App) newEngine(ctx context.Context, validated *config.Validated, inForce *engine) (*engine, error) {
	c := validated.Config()
	e := &engine{
		logger: a.options.Logger, config: c, hash: validated.Hash(), asOf: a.options.AsOf, now: a.options.Now,
		calendar: newCalendar(c), outputs: a.outputs, last: a.last, exporter: a.exporter,
		storePath: c.MirrorSQLitePath,
	}
	for _, warning := range validated.Warnings() {
		e.logger.Warn("Configuration warning", "what", warning)
	}
	var err error
	if e.facts, err = newFacts(c); err != nil {
		return nil, err
	}
	for _, s := range c.Sources {
		syncer, err := a.newSyncer(ctx, s, c)
		if err != nil {
			return nil, fmt.Errorf("set up source %s: %w", s.Name, err)
		}
		e.syncers = append(e.syncers, syncer)
	}
	if e.origin, err = originOf(validated, e.syncers); err != nil {
		return nil, err
	}
	if inForce != nil && inForce.storePath == e.storePath {
		e.store = inForce.store
		e.verified.Store(inForce.verified.Load())
		return e, nil
	}
	if err := forgetLast(e.storePath); err != nil {
		return nil, err
	}
	if e.store, err = openStore(ctx, c, a.options.Now, a.options.Logger); err != nil {
		return nil, err
	}
	return e, nil
}

// load makes the engine the one in force: it binds the sources to the mirror, reads what the mirror holds and
// publishes it.
func (e *engine) load(ctx context.Context) error {
	e.declare()
	for _, s := range e.syncers {
		if err := s.load(ctx, e); err != nil {
			return fmt.Errorf("load source %s from the mirror: %w", s.source.Name(), err)
		}
	}
	if err := e.publish(e.now()); err != nil {
		return err
	}
	for _, s := range e.syncers {
		s.shown()
	}
	e.exporter.Reloaded(true, e.hash, e.now())
	return nil
}

// declare makes the exporter's own metrics and the kept snapshot be about this engine's sources.
func (e *engine) declare() {
	sources := make([]telemetry.Reads, 0, len(e.syncers))
	for _, s := range e.syncers {
		reads := telemetry.Reads{Source: s.source.Name()}
		for _, st := range s.streams {
			for _, kind := range st.Kinds() {
				reads.Objects = append(reads.Objects, string(kind))
			}
			if len(s.streams) > 1 {
				reads.Streams = append(reads.Streams, st.Name())
			}
		}
		sources = append(sources, reads)
	}
	e.exporter.SetSources(sources)
	for _, s := range e.syncers {
		metrics := e.exporter.Source(s.source.Name())
		metrics.Interval(s.interval)
		metrics.Quotas(s.quotas)
	}
	if e.last != nil {
		e.last.Keep(e.lastPath(), e.origin)
	}
}

// start schedules the syncs, each at once and then on its interval.
func (e *engine) start() {
	ctx, cancel := context.WithCancel(context.Background())
	e.cancel = cancel
	// gocron gives the timing only: what must hold when a job is late, skipped or cut is held by the mirror.
	scheduler, err := gocron.NewScheduler(gocron.WithStopTimeout(stopTimeout))
	if err != nil {
		panic(fmt.Sprintf("create scheduler: %v", err)) // Only wrong options fail, and these are constant.
	}
	e.scheduler = scheduler
	for _, s := range e.syncers {
		e.schedule(s.interval, func() { e.sync(ctx, s) })
	}
	e.schedule(computeInterval, func() { e.recompute() })
	e.once(func() {
		if err := e.verify(ctx); err != nil && ctx.Err() == nil {
			e.logger.Error("Verifying the mirror failed", "err", err)
		}
	})
	scheduler.Start()
}

func (e *engine) schedule(interval time.Duration, task func()) {
	_, err := e.scheduler.NewJob(
		gocron.DurationJob(interval), gocron.NewTask(task),
		gocron.WithSingletonMode(gocron.LimitModeReschedule),
		gocron.WithStartAt(gocron.WithStartImmediately()),
	)
	if err != nil {
		panic(fmt.Sprintf("schedule job: %v", err)) // Intervals are checked by the configuration.
	}
}

// once runs a task once, beside all else.
func (e *engine) once(task func()) {
	_, err := e.scheduler.NewJob(gocron.OneTimeJob(gocron.OneTimeJobStartImmediately()), gocron.NewTask(task))
	if err != nil {
		panic(fmt.Sprintf("schedule job: %v", err)) // Only wrong options fail, and these are constant.
	}
}

// verify verifies the whole store, once in its life: after the first page is out, for that takes seconds. Each row was
// verified on its way to the page. A store that is damaged refuses the syncs from here on, so that each of them says
// so.
func (e *engine) verify(ctx context.Context) error {
	store, ok := e.store.(interface {
		Check(ctx context.Context) error
	})
	if !ok || e.verified.Load() {
		return nil
	}
	err := store.Check(ctx)
	if ctx.Err() != nil {
		return ctx.Err() // We are stopping, and whoever starts again verifies again.
	}
	e.verified.Store(true)
	if err != nil {
		return fmt.Errorf("verify mirror %s: %w", e.storePath, err)
	}
	return nil
}

// stop ends the syncs and waits for them. The engine may be started again.
func (e *engine) stop(context.Context) error {
	if e.scheduler == nil {
		return nil
	}
	e.cancel() // Before Shutdown, which spins until the jobs have returned.
	err := e.scheduler.Shutdown()
	e.scheduler = nil
	return err
}

// sync runs one sync of a source and publishes what came of it.
func (e *engine) sync(ctx context.Context, s *syncer) {
	if s.resting(e.now()) {
		return
	}
	s.sync(ctx, e.store, func() error { return e.apply(context.WithoutCancel(ctx), s) })
	e.collect(ctx)
	accounts, files := e.accounts(), e.files()
	e.mu.Lock()
	defer e.mu.Unlock()
	e.twins.report(e.logger, e.config.Sources, accounts, files)
}

// collectSteps bounds what is deleted behind one sync.
const collectSteps = 200

// collect deletes what nobody reads any more in the mirror, in steps between which others may commit.
func (e *engine) collect(ctx context.Context) {
	for range collectSteps {
		more, err := e.store.Collect(ctx)
		if err != nil && ctx.Err() == nil {
			e.logger.Error("Deleting old records from the mirror failed", "err", err)
		}
		if !more {
			return
		}
	}
}

// apply takes what a source's complete sync changed into the facts and publishes, unless the page would say the same.
func (e *engine) apply(ctx context.Context, s *syncer) error {
	now := e.now()
	e.mu.Lock()
	defer e.mu.Unlock()
	before := s.readAt
	changed, err := s.takeChanges(ctx, e.store, e.facts)
	if err != nil {
		return err
	}
	if changed {
		e.data++
	}
	if changed || !e.sameWindows(before, s.readAt) || !e.fresh(now) {
		if err := e.publishLocked(now); err != nil {
			return err
		}
	}
	return unjudged(e.facts.Source(s.source.Name()))
}

// sameWindows reports whether a source that was read completely at either instant tells of the same windows: it tells
// nothing of those that began since, and each begins with a day.
func (e *engine) sameWindows(read, again time.Time) bool {
	return e.calendar.DateOf(read) == e.calendar.DateOf(again)
}

// fresh reports whether the page was computed so lately that it need not be computed anew for the time's sake.
func (e *engine) fresh(now time.Time) bool {
	age := now.Sub(e.published)
	return age >= 0 && age < computeInterval
}

// accounts returns the ids of the accounts that the sources read, by source.
func (e *engine) accounts() map[string]string {
	accounts := map[string]string{}
	for _, s := range e.syncers {
		accounts[s.source.Name()] = s.snapshotStatus().account
	}
	return accounts
}

// files returns the files that the sources read, by source.
func (e *engine) files() map[string]map[string]string {
	files := map[string]map[string]string{}
	for _, s := range e.syncers {
		if f, ok := s.source.(filer); ok {
			files[s.source.Name()] = f.Files()
		}
	}
	return files
}

func (e *engine) recompute() {
	if err := e.publish(e.now()); err != nil {
		e.logger.Error("Computing KPIs failed; keeping the previous numbers", "err", err)
	}
}

// publish computes all KPIs from the facts and serves them. Without a source that is ready it serves nothing.
func (e *engine) publish(now time.Time) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.publishLocked(now)
}

// publishLocked is publish for those who hold mu.
func (e *engine) publishLocked(now time.Time) error {
	input := kpi.Input{Calendar: e.calendar, Targets: e.config.Targets, Now: now}
	if !e.asOf.IsZero() {
		input.Now, input.AsOf = e.asOf, true
	}
	e.published = time.Time{}
	begin := time.Now()
	snapshot := e.compute(input)
	e.exporter.Computed(time.Since(begin))
	checked, err := output.Check(snapshot, e.checked)
	if err == nil {
		checked.Reads, checked.Data, checked.Origin = e.reads(), e.data, e.origin
		e.checked = checked
		err = e.outputs.Publish(context.Background(), checked)
	}
	if err != nil {
		return fmt.Errorf("publish KPIs: %w", err)
	}
	e.published = now
	e.mismatches.report(e.logger, snapshot.Mismatches)
	return nil
}

// reads returns when each source whose numbers are shown was read last.
func (e *engine) reads() map[string]time.Time {
	reads := map[string]time.Time{}
	for _, s := range e.syncers {
		if name := s.source.Name(); e.facts.Source(name).Ready() {
			reads[name] = s.readAt
		}
	}
	return reads
}

// compute computes the snapshot within the configured limits, and logs when it begins or ceases to be cut by them.
func (e *engine) compute(input kpi.Input) *metric.Snapshot {
	limits := e.config.Limits
	input.Series, input.ValuesPerDimension, input.ValuesOf = limits.Series, limits.ValuesPerDimension, limits.ValuesOf
	snapshot := kpi.Compute(e.facts, input)
	before, now := e.reduction, snapshot.Reduction
	e.reduction = now
	switch {
	case before.Key() == now.Key():
	case now.Any():
		e.logger.Warn("The page was reduced to respect the limits", "what", now.String(), "series", snapshot.Series(),
			"limit", limits.Series, "hint", "set metrics.disable or metrics.grain, or raise limits")
	default:
		e.logger.Info("The page is within the limits again", "series", snapshot.Series(), "limit", limits.Series)
	}
	return snapshot
}

// cut says what the limits took away from the page, "" where that is nothing.
func (e *engine) cut() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.reduction.String()
}

// astray lists the targets whose scope matches nothing.
func (e *engine) astray() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.mismatches.shown)
}

// anyReady reports whether a source's complete picture is being served.
func (e *engine) anyReady() bool {
	for _, s := range e.syncers {
		if !s.snapshotStatus().lastSuccess.IsZero() {
			return true
		}
	}
	return false
}
