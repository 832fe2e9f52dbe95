package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"sync"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/kpi"
	"github.com/sales-exporter/sales_exporter/internal/mirror"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/source"
	"github.com/sales-exporter/sales_exporter/internal/telemetry"
)

// syncer brings one source into the mirror, and the mirror's changes into the facts.
type syncer struct {
	source   source.Source
	kind     string
	identity string
	stated   string // the account's id by the configuration, or ""
	interval time.Duration
	money    money
	logger   *slog.Logger
	metrics  *telemetry.Source
	now      func() time.Time
	keepRaw  bool // what cannot be read is stored as it was received
	// namesakes warns of reps with one name, nil where reps are not shown by name.
	namesakes *namesakes

	// braked is why records that vanished in bulk were kept, until a full pass finds the mirror and the CRM agreed.
	braked error

	// loaded is the mirror's revision that the facts hold. Only one goroutine at a time touches it.
	loaded mirror.Revision
	// readAt is when the last complete read of what the facts hold ended.
	readAt time.Time

	// account is whose records the mirror holds.
	account record.AccountIdentity

	// told is what was logged last of the records that cannot be read.
	told rejected

	mu        sync.Mutex
	status    status
	notBefore time.Time
}

// status is what the landing page tells of a source.
type status struct {
	lastSuccess time.Time
	lastAttempt time.Time
	failing     bool
	reason      source.Reason
	message     string
	warnings    map[string]string // what is wrong with the numbers of the source, and why; "" where nothing is
	records     int
	// account is the id of the CRM account that was read, "" where there is none, as in a demo.
	account  string
	rejected rejected
	// written is when the file behind the source was written; zero where the data has no age of its own.
	written time.Time
}

// stream is the one in which the source gives all of its records.
func (s *syncer) stream() mirror.Stream { return mirror.All(s.source.Name()) }

// load binds the source to the mirror and takes over the picture of the last cycle that ended, if there was one.
func (s *syncer) load(ctx context.Context, e *engine) error {
	if err := s.bind(ctx, e.store); err != nil {
		return err
	}
	state, err := e.store.State(ctx, s.stream())
	if err != nil {
		return err
	}
	s.account = state.Account
	s.report(state)
	if !state.Complete {
		return nil
	}
	_, err = s.takeChanges(ctx, e.store, e.facts, state)
	return err
}

// fresh says when what is served of the source was read completely; the zero time says that nothing is served.
func (s *syncer) fresh(at time.Time) {
	s.metrics.Fresh(at)
	s.mu.Lock()
	s.status.lastSuccess = at
	s.mu.Unlock()
}

// bind claims the source's part of the mirror for the account and the mapping that this syncer reads.
func (s *syncer) bind(ctx context.Context, store mirror.Store) error {
	if err := s.leaveOtherAccount(ctx, store); err != nil {
		return err
	}
	forgotten, err := store.Bind(ctx, s.stream(), s.identity)
	if err != nil {
		return err
	}
	if forgotten {
		s.loaded = 0
		s.logger.Info("The account or mapping of the source changed; its mirror is rebuilt")
	}
	return nil
}

// leaveOtherAccount forgets the rows of another account than the one that the configuration states. To state the one
// that the rows came from changes nothing.
func (s *syncer) leaveOtherAccount(ctx context.Context, store mirror.Store) error {
	if s.stated == "" {
		return nil
	}
	state, err := store.State(ctx, s.stream())
	if err != nil || state.Account.ID == "" || state.Account.ID == s.stated {
		return err
	}
	_, err = store.Bind(ctx, s.stream(), "account "+s.stated)
	return err
}

// takeChanges applies what changed in the mirror since the last time and marks the source ready. It reports whether
// anything did: a source that becomes ready is a change too.
func (s *syncer) takeChanges(
	ctx context.Context, store mirror.Store, facts *kpi.Facts, state mirror.State,
) (changed bool, err error) {
	block := facts.Source(s.source.Name())
	if s.loaded == 0 {
		block.Forget() // Since 0 the mirror tells what there is, not what there was before.
	}
	changed = !block.Ready()
	revision, err := store.Load(ctx, s.stream(), s.loaded, func(b record.Batch) error {
		changed = true
		block.Apply(b)
		s.namesakes.note(crm.Reps.In(b.Rows))
		return nil
	})
	s.namesakes.end()
	if err != nil {
		// With half of the changes applied, the block is neither the old picture nor the new one.
		block.Forget()
		s.loaded = 0
		return false, storeFailed("read changes from mirror", err)
	}
	s.loaded = revision
	block.SetCurrency(s.money.currency)
	block.MarkReady()
	block.ReadAt(state.CompletedAt)
	s.readAt = state.CompletedAt
	s.warn("The currency of the source differs from that of its account", s.money.contradiction(s.account.Currency))
	s.warn("The source has no money metrics", s.money.warning(block.Withheld()))
	return changed, nil
}

// warn tells people what is wrong with the numbers of the source and why: the landing page as long as it is so, the log
// once.
func (s *syncer) warn(what, why string) {
	s.mu.Lock()
	said := s.status.warnings[what]
	warnings := maps.Clone(s.status.warnings) // A copy of the status may be read at the same time.
	if warnings == nil {
		warnings = map[string]string{}
	}
	warnings[what] = why
	s.status.warnings = warnings
	s.mu.Unlock()
	if why != "" && why != said {
		s.logger.Warn(what, "why", why) //nolint:sloglint // Our own two sentences.
	}
}

// sync runs the source once and has the complete picture published that the mirror then holds. Only after that it has
// succeeded: the time of the last success says how fresh the served numbers are. Failures are logged here.
func (s *syncer) sync(ctx context.Context, store mirror.Store, publish func(mirror.State) error) {
	begin := time.Now()
	started := s.now()
	s.metrics.SyncStarted(started)
	s.mu.Lock()
	s.status.lastAttempt = started
	s.mu.Unlock()
	state, err := s.pull(ctx, store)
	if err == nil {
		err = publish(state)
	}
	if err != nil {
		s.failed(ctx, err, time.Since(begin))
		return
	}
	if s.braked != nil {
		// The picture is complete and published, but it holds records that may be gone, and must say so.
		s.report(state)
		s.tellRejected(ctx, store, state)
		s.metrics.Fresh(state.CompletedAt)
		s.failed(ctx, s.braked, time.Since(begin))
		return
	}
	s.succeeded(state, time.Since(begin))
	s.tellRejected(ctx, store, state)
}

// pull runs the source's sync, closes the cycle in the mirror and returns where the source then stands. It binds the
// source first, because a reload that failed half-way may have bound it to another mapping.
func (s *syncer) pull(ctx context.Context, store mirror.Store) (mirror.State, error) {
	var none mirror.State
	if err := s.bind(ctx, store); err != nil {
		return none, storeFailed("bind source to mirror", err)
	}
	state, err := store.State(ctx, s.stream())
	if err != nil {
		return none, storeFailed("read cursor", err)
	}
	sink := &mirrorSink{
		store: store, stream: s.stream(), metrics: s.metrics, braked: &s.braked, keepRaw: s.keepRaw,
		account: state.Account.ID,
	}
	cursor, err := s.source.Sync(ctx, state.Cursor, sink)
	if err != nil {
		return none, err
	}
	if err := store.Finish(ctx, s.stream(), cursor); err != nil {
		return none, storeFailed("close cycle in mirror", err)
	}
	if state, err = store.State(context.WithoutCancel(ctx), s.stream()); err != nil {
		return none, storeFailed("read state from mirror", err)
	}
	s.account = state.Account
	return state, nil
}

func (s *syncer) succeeded(state mirror.State, took time.Duration) {
	s.metrics.SyncSucceeded(state.CompletedAt, took)
	s.report(state)
	s.mu.Lock()
	recovered, first := s.status.failing, s.status.lastSuccess.IsZero()
	s.status.failing, s.status.reason, s.status.message = false, "", ""
	s.status.lastSuccess = state.CompletedAt
	s.notBefore = time.Time{}
	s.mu.Unlock()
	switch {
	case recovered:
		s.logger.Info("Sync recovered", "duration", took)
	case first:
		s.logger.Info("First sync is complete", "duration", took, "deals", state.Records[crm.Deals.Name()])
	default:
		s.logger.Debug("Synced", "duration", took)
	}
}

func (s *syncer) failed(ctx context.Context, err error, took time.Duration) {
	reason := source.ReasonOf(err)
	if reason == source.ReasonCanceled && ctx.Err() != nil {
		return // We are stopping: nothing is wrong with the source.
	}
	s.metrics.SyncFailed(string(reason), took)
	s.mu.Lock()
	s.status.failing, s.status.reason, s.status.message = true, reason, err.Error()
	message := "Sync failed; keeping the last good numbers"
	if s.status.lastSuccess.IsZero() {
		message = "Sync failed; the source has no numbers yet"
	}
	if wait := source.WaitOf(err); wait > 0 {
		s.notBefore = s.now().Add(wait)
	}
	s.mu.Unlock()
	fields := []any{"reason", reason, "err", err}
	if wait := source.WaitOf(err); wait > 0 {
		fields = append(fields, "wait", wait)
	}
	s.logger.Error(message, fields...) //nolint:sloglint // One of the two above.
}

// resting reports whether the vendor asked to be left alone until later.
func (s *syncer) resting(now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return now.Before(s.notBefore)
}

// report tells the metrics how much the mirror holds and how old it is.
func (s *syncer) report(state mirror.State) {
	var written time.Time
	if dated, ok := s.source.(source.Dated); ok {
		written = dated.DataTime(state.FinishedCursor)
	}
	for _, object := range s.source.Objects() {
		watermark := state.Watermark[object]
		if object == crm.Deals.Name() && !written.IsZero() {
			watermark = written.UnixMilli()
		}
		s.metrics.Mirrored(string(object), state.Records[object], watermark)
		reasons := map[string]int{}
		for reason, n := range state.Quarantined[object] {
			reasons[string(reason)] = n
		}
		s.metrics.Quarantined(string(object), reasons)
	}
	s.mu.Lock()
	s.status.written = written
	if s.kind != "demo" {
		s.status.account = state.Account.ID
	}
	s.status.records, s.status.rejected = state.Records[crm.Deals.Name()], state.Quarantined
	s.mu.Unlock()
}

// quotas returns what is left of the source's API allowances.
func (s *syncer) quotas() (quotas []telemetry.Quota) {
	reporter, ok := s.source.(source.QuotaReporter)
	if !ok {
		return nil
	}
	for _, q := range reporter.Quotas() {
		quotas = append(quotas, telemetry.Quota(q))
	}
	return quotas
}

// snapshotStatus returns a copy of the status.
func (s *syncer) snapshotStatus() status {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.status
}

// storeFailed classifies an error of the mirror. Records that vanish in bulk look like a lost permission; the rest is
// this machine's fault, such as a full disk, and never the CRM's.
func storeFailed(doing string, err error) error {
	failure := &source.Error{Reason: source.ReasonConfig, Err: fmt.Errorf("%s: %w", doing, err)}
	_, braked := errors.AsType[*mirror.BrakeError](err)
	other, another := errors.AsType[*mirror.AccountError](err)
	switch {
	case another:
		failure.Err = err
		failure.Hint = fmt.Sprintf("restore the credential of account %s, or set account: %q at the source to read that "+
			"account; its mirror is then rebuilt", other.Pinned, other.Got)
	case braked:
		failure.Reason = source.ReasonScope
		failure.Hint = "check the credential's permissions; if the records were really deleted, stop the exporter and " +
			"remove its mirror file, which is then rebuilt"
	case errors.Is(err, context.Canceled):
		failure.Reason = source.ReasonCanceled
	}
	return failure
}
