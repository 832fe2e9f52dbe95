package app

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/facts"
	"github.com/sales-exporter/sales_exporter/internal/kpi"
	"github.com/sales-exporter/sales_exporter/internal/mirror"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/source"
	"github.com/sales-exporter/sales_exporter/internal/telemetry"
)

// syncer brings one source into the mirror, and the mirror's changes into the facts.
type syncer struct {
	source  source.Source
	streams []*stream
	// superseded are streams of which the mirror holds records and that the source no longer gives; wholeIdentity is the
	// identity of the one stream in which it would give all of them.
	superseded    []mirror.Stream
	wholeIdentity mirror.Identity

	kind     string
	stated   string // the account's id by the configuration, or ""
	interval time.Duration
	money    money
	logger   *slog.Logger
	metrics  *telemetry.Source
	now      func() time.Time
	keepRaw  bool // what cannot be read is stored as it was received
	// namesakes warns of reps with one name, nil where reps are not shown by name.
	namesakes *namesakes

	// loaded says that the facts hold the picture of the streams' revisions, and nothing else. Only one goroutine at a
	// time touches it.
	loaded bool
	// readAt is when the last complete read of what the facts hold ended.
	readAt time.Time

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

// load binds the source to the mirror and takes over the picture of the last cycle that ended, if there was one.
func (s *syncer) load(ctx context.Context, e *engine) error {
	if err := s.bind(ctx, e.store); err != nil {
		return err
	}
	if err := s.findSuperseded(ctx, e.store); err != nil {
		return err
	}
	if !s.complete() {
		return s.bridge(ctx, e.store, e.facts)
	}
	_, err := s.takeChanges(ctx, e.store, e.facts)
	return err
}

// shown tells the metrics of what was loaded. The page shows it by now: earlier, new counts and ages would be told of the
// old numbers of the last snapshot.
func (s *syncer) shown() {
	s.report()
	s.reportFreshness()
	s.fresh(s.readAt)
}

// fresh says when what is served of the source was read completely; the zero time says that nothing is served.
func (s *syncer) fresh(at time.Time) {
	s.metrics.Fresh(at)
	s.mu.Lock()
	s.status.lastSuccess = at
	s.mu.Unlock()
}

// show marks the source ready with what the facts now hold, as it was read at an instant.
func (s *syncer) show(block *facts.Source, at time.Time) {
	block.SetCurrency(s.money.currency)
	block.MarkReady()
	for _, st := range s.streams {
		if st.state.Complete {
			block.MarkComplete(st.Kinds()...)
		}
	}
	why := ""
	if err := unjudged(block); err != nil {
		at, why = time.Time{}, err.Error()
	}
	s.warn("The source has no numbers", why)
	block.ReadAt(at)
	s.readAt = at
	s.warn("The currency of the source differs from that of its account", s.money.contradiction(s.account().Currency))
	s.warn("The source has no money metrics", s.money.warning(block.Withheld()))
}

// unjudged returns why it is not known which deals of a source count; the source has no numbers then.
func unjudged(block *facts.Source) error {
	err := block.Judge()
	if none, ok := errors.AsType[*facts.UnknownPipelineError](err); ok {
		return source.NoPipeline(none.Pipeline, none.Known)
	}
	if err != nil {
		return source.Errorf(source.ReasonConfig, "%w", err)
	}
	return nil
}

// readAnewMessage says why a source has no numbers although the mirror holds records of it.
const readAnewMessage = "The account of the source changed, or its mapping together with the program; its mirror is rebuilt"

// bind claims the source's part of the mirror for the account and the mapping that this syncer reads.
func (s *syncer) bind(ctx context.Context, store mirror.Store) error {
	for _, st := range s.streams {
		binding, err := st.bind(ctx, store, s.stated)
		if err != nil {
			return err
		}
		switch binding {
		case mirror.Bound:
		case mirror.Widened:
			s.logWidened(st)
		case mirror.Replaced:
			s.logger.Info("The mapping of the source changed; it is read anew, and the last numbers of the mapping before "+
				"are kept until that is complete", s.naming(st)...)
		case mirror.Forgotten:
			s.loaded = false
			s.logger.Info(readAnewMessage, s.naming(st)...)
		}
	}
	return nil
}

// logWidened says why all records are read once more: for what they do not have yet, or for what they are to lose.
func (s *syncer) logWidened(st *stream) {
	added, gone := st.widened()
	if len(added) > 0 {
		s.logger.Info("Properties are new in the mapping; all records are read once more, and what needs these properties "+
			"is absent until then", append(s.naming(st), "properties", added)...)
	}
	if len(gone) > 0 {
		s.logger.Info("Properties are no longer mapped; all records are read once more, which clears these properties "+
			"in the mirror", append(s.naming(st), "properties", gone)...)
	}
}

// naming returns the fields that name a stream in the log, none where the source has only one.
func (s *syncer) naming(st *stream) []any {
	if len(s.streams) == 1 {
		return nil
	}
	return []any{"stream", st.Name()}
}

// complete reports whether each stream that the numbers need was read completely once. Some stream gives more than
// labels, and the streams that do are finished together.
func (s *syncer) complete() bool {
	return !slices.ContainsFunc(s.streams,
		func(st *stream) bool { return st.required && !st.onlyLabels() && !st.state.Complete })
}

// pending returns the columns that not all records of the source have.
func (s *syncer) pending() (columns []string) {
	for _, st := range s.streams {
		columns = append(columns, st.pending()...)
	}
	slices.Sort(columns)
	return slices.Compact(columns)
}

// refilled returns the columns that the records have as the mapping before filled them.
func (s *syncer) refilled() (columns []string) {
	for _, st := range s.streams {
		columns = append(columns, st.state.Refilled...)
	}
	slices.Sort(columns)
	return slices.Compact(columns)
}

// completedAt returns how fresh the numbers are: as the oldest of the streams that they need.
func (s *syncer) completedAt() (at time.Time) {
	for _, st := range s.streams {
		if st.required && st.state.Complete && (at.IsZero() || st.state.CompletedAt.Before(at)) {
			at = st.state.CompletedAt
		}
	}
	return at
}

// account returns whose records the mirror holds.
func (s *syncer) account() (account record.AccountIdentity) {
	for _, st := range s.streams {
		if account = st.state.Account; account != (record.AccountIdentity{}) {
			break
		}
	}
	// The connector may know more of the account than was committed, and may have met another account.
	if now := s.source.Account(); now != nil && (account.ID == "" || account.ID == now.ID) {
		return *now
	}
	return account
}

// takeChanges applies what changed in the mirror since the last time and marks the source ready. It reports whether
// anything did: a source that becomes ready is a change too.
func (s *syncer) takeChanges(ctx context.Context, store mirror.Store, facts *kpi.Facts) (changed bool, err error) {
	if !s.complete() {
		return false, nil
	}
	block := facts.Source(s.source.Name())
	if block.Await(s.pending(), s.refilled()) || !s.loaded || s.switched() {
		// From the start the mirror tells what there is, not what there was before.
		block.Forget()
		for _, st := range s.streams {
			st.loaded = 0
		}
	}
	s.loaded = false
	changed = !block.Ready()
	for _, st := range s.streams {
		revision, news, err := s.takeStream(ctx, store, block, st.key, st.loaded)
		if err != nil {
			return false, err
		}
		st.loaded, st.generation, changed = revision, st.state.Generation, changed || news
	}
	s.loaded = true
	s.show(block, s.completedAt())
	return changed, nil
}

// switched reports whether a stream shows another generation than the one that the facts hold.
func (s *syncer) switched() bool {
	return slices.ContainsFunc(s.streams,
		func(st *stream) bool { return st.generation != 0 && st.generation != st.state.Generation })
}

// takeStream applies what changed in one stream since a revision. It returns the one that the facts then hold, and
// whether anything changed.
func (s *syncer) takeStream(
	ctx context.Context, store mirror.Store, block *facts.Source, stream mirror.Stream, since mirror.Revision,
) (revision mirror.Revision, changed bool, err error) {
	revision, err = store.Load(ctx, stream, since, func(b record.Batch) error {
		changed = true
		block.Apply(b)
		s.namesakes.note(crm.Reps.In(b.Rows))
		return nil
	})
	s.namesakes.end()
	if err != nil {
		// With half of the changes applied, the block is neither the old picture nor the new one.
		block.Forget()
		return 0, false, storeFailed("read changes from mirror", err)
	}
	return revision, changed, nil
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

// sync runs one cycle of the source and has the complete picture published that the mirror then holds. Only after that
// it has succeeded: the time of the last success says how fresh the served numbers are. Failures are logged here.
func (s *syncer) sync(ctx context.Context, store mirror.Store, publish func() error) {
	begin := time.Now()
	started := s.now()
	s.metrics.SyncStarted(started)
	s.mu.Lock()
	s.status.lastAttempt = started
	s.mu.Unlock()
	finished, err := s.cycle(ctx, store)
	if finished {
		unpublished := publish()
		if unpublished == nil {
			s.report()
			s.tellRejected(ctx, store)
		}
		err = cmp.Or(unpublished, err)
	}
	if err != nil {
		s.failed(ctx, err, time.Since(begin))
		return
	}
	if braked := s.braked(); braked != nil {
		// The picture is complete and published, but it holds records that may be gone, and must say so.
		s.metrics.Fresh(s.completedAt())
		s.failed(ctx, braked, time.Since(begin))
		return
	}
	s.succeeded(time.Since(begin))
}

// braked returns why records that every number needs were kept although they vanished in bulk, nil where a full read
// found the mirror and the CRM agreed.
func (s *syncer) braked() error {
	for _, st := range s.streams {
		if st.required && st.brake.why != nil {
			return st.brake.why
		}
	}
	return nil
}

func (s *syncer) succeeded(took time.Duration) {
	s.metrics.SyncSucceeded(s.completedAt(), took)
	s.mu.Lock()
	recovered, first := s.status.failing, s.status.lastSuccess.IsZero()
	s.status.failing, s.status.reason, s.status.message = false, "", ""
	s.status.lastSuccess = s.completedAt()
	s.notBefore = time.Time{}
	s.mu.Unlock()
	switch {
	case recovered:
		s.logger.Info("Sync recovered", "duration", took)
	case first:
		s.logger.Info("First sync is complete", "duration", took, "deals", s.records(crm.Deals.Name()))
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
func (s *syncer) report() {
	var written time.Time
	for _, st := range s.streams {
		if dated, ok := st.Stream.(source.Dated); ok {
			written = dated.DataTime(st.state.FinishedCursor)
		}
		for _, kind := range st.Kinds() {
			watermark := st.state.Watermark[kind]
			if kind == crm.Deals.Name() && !written.IsZero() {
				watermark = written.UnixMilli()
			}
			s.metrics.Mirrored(string(kind), st.state.Records[kind], watermark)
			reasons := map[string]int{}
			for reason, n := range st.state.Quarantined[kind] {
				reasons[string(reason)] = n
			}
			s.metrics.Quarantined(string(kind), reasons)
		}
	}
	s.mu.Lock()
	s.status.written = written
	if s.kind != "demo" {
		s.status.account = s.account().ID
	}
	s.status.records, s.status.rejected = s.records(crm.Deals.Name()), s.rejected()
	s.mu.Unlock()
}

// records counts the live records of a kind in the mirror.
func (s *syncer) records(kind record.Name) (n int) {
	for _, st := range s.streams {
		n += st.state.Records[kind]
	}
	return n
}

// rejected counts the records that cannot be read.
func (s *syncer) rejected() rejected {
	all := rejected{}
	for _, st := range s.streams {
		maps.Copy(all, st.state.Quarantined)
	}
	return all
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
