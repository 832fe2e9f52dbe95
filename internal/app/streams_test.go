package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/common/expfmt"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/kpi"
	"github.com/sales-exporter/sales_exporter/internal/mirror"
	"github.com/sales-exporter/sales_exporter/internal/mirror/memory"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/source"
	"github.com/sales-exporter/sales_exporter/internal/telemetry"
)

// fakeStream is a stream that a test plays.
type fakeStream struct {
	name     string
	kinds    []record.Name
	identity source.Identity
	syncs    int
	behind   bool
	// play is the next Sync; nil hands over an empty page.
	play func(ctx context.Context, from source.Cursor, sink source.Sink) (source.Cursor, error)
}

func (f *fakeStream) Name() string                        { return f.name }
func (f *fakeStream) Kinds() []record.Name                { return f.kinds }
func (f *fakeStream) Identity() source.Identity           { return f.identity }
func (f *fakeStream) Restart(source.Cursor) source.Cursor { return source.Cursor("again") }
func (f *fakeStream) Behind() bool                        { return f.behind }

func (f *fakeStream) Sync(ctx context.Context, from source.Cursor, sink source.Sink) (source.Cursor, error) {
	f.syncs++
	if f.play != nil {
		return f.play(ctx, from, sink)
	}
	cursor := source.Cursor(f.name)
	return cursor, sink.Commit(ctx, record.Batch{Cursor: cursor})
}

// fail lets the stream fail from now on; nil ends that.
func (f *fakeStream) fail(err error) {
	f.play = nil
	if err != nil {
		f.play = func(context.Context, source.Cursor, source.Sink) (source.Cursor, error) { return nil, err }
	}
}

// deals hands over live deals of a rep in one page, as a full pass.
func (f *fakeStream) deals(pass int64, numbers ...int) {
	f.play = func(ctx context.Context, _ source.Cursor, sink source.Sink) (source.Cursor, error) {
		batch := record.Batch{Pass: pass, Sweep: []record.Name{crm.Deals.Name()}, Cursor: []byte("pass")}
		for _, n := range numbers {
			crm.Deals.Append(&batch.Rows, crm.Deal{
				Head: record.Head{ID: fmt.Sprint("d", n), Version: pass}, Rep: "r", Stage: "s", Outcome: crm.OutcomeOpen,
			})
		}
		return batch.Cursor, sink.Commit(ctx, batch)
	}
}

// wholeOf is the identity of the one stream in which the source once gave everything.
func wholeOf(meaning string) mirror.Identity {
	return addresses{"here", "here"}.identity(source.Identity{Meaning: meaning})
}

// fakeSource is a source of some fakeStreams.
type fakeSource struct{ streams []source.Stream }

func (f *fakeSource) Name() string                                 { return "crm" }
func (f *fakeSource) Account() *record.AccountIdentity             { return nil }
func (f *fakeSource) Streams() []source.Stream                     { return f.streams }
func (f *fakeSource) Check(context.Context) (source.Report, error) { return source.Report{}, nil }

// streamBench is the syncer of a source with references, deals and notes: a stream that the numbers do without.
type streamBench struct {
	t                        testing.TB
	references, deals, notes *fakeStream
	store                    mirror.Store
	now                      time.Time
	log                      bytes.Buffer
	exporter                 *telemetry.Exporter
	facts                    *kpi.Facts
	syncer                   *syncer
	published                int
}

func newStreamBench(t testing.TB) *streamBench {
	b := &streamBench{
		t:          t,
		references: &fakeStream{name: "references", kinds: []record.Name{crm.Reps.Name(), crm.Stages.Name(), crm.Pipelines.Name()}},
		deals:      &fakeStream{name: "deals", kinds: []record.Name{crm.Deals.Name()}},
		notes:      &fakeStream{name: "notes"},
		now:        time.Date(2026, time.November, 30, 12, 0, 0, 0, time.UTC),
		exporter:   telemetry.NewExporter(nil, vocabulary()),
	}
	b.store = memory.New(mirror.Options{Kinds: crm.Kinds(), Now: b.clock})
	b.restart()
	return b
}

func (b *streamBench) clock() time.Time { return b.now }

// restart makes a new syncer over the same mirror, with facts that hold nothing.
func (b *streamBench) restart() {
	b.t.Helper()
	connector := &fakeSource{streams: []source.Stream{b.references, b.deals, b.notes}}
	b.facts = kpi.NewFacts(kpi.Options{Sources: []string{"crm"}, Currency: "USD"})
	b.syncer = &syncer{
		source: connector, streams: newStreams(connector, addresses{"here", "here"}), wholeIdentity: wholeOf("whole"),
		logger: slog.New(slog.NewTextHandler(&b.log, nil)), metrics: b.exporter.Source("crm"), now: b.clock,
	}
	e := &engine{store: b.store, facts: b.facts, exporter: b.exporter, syncers: []*syncer{b.syncer}}
	e.declare()
	if err := b.syncer.load(b.t.Context(), e); err != nil {
		b.t.Fatal(err)
	}
	if st := b.syncer.snapshotStatus(); st.records != 0 || !st.lastSuccess.IsZero() {
		b.t.Errorf("%d deals as of %s are told before the page shows them", st.records, st.lastSuccess)
	}
	b.syncer.shown()
}

// cycle runs a cycle, an hour and a half after the one before.
func (b *streamBench) cycle() status {
	b.now = b.now.Add(90 * time.Minute)
	b.syncer.sync(b.t.Context(), b.store, func() error {
		b.published++
		_, err := b.syncer.takeChanges(b.t.Context(), b.store, b.facts)
		return err
	})
	return b.syncer.snapshotStatus()
}

// value returns a sample of the exporter's own metrics, -1 where there is none.
func (b *streamBench) value(series string) string {
	b.t.Helper()
	families, err := b.exporter.Registry().Gather()
	if err != nil {
		b.t.Fatal(err)
	}
	var text bytes.Buffer
	for _, f := range families {
		if _, err := expfmt.MetricFamilyToText(&text, f); err != nil {
			b.t.Fatal(err)
		}
	}
	for line := range strings.Lines(text.String()) {
		if value, found := strings.CutPrefix(line, "sales_exporter_"+series+" "); found {
			return strings.TrimSpace(value)
		}
	}
	return "absent"
}

func (b *streamBench) expect(when string, want map[string]string) {
	b.t.Helper()
	got := map[string]string{}
	for series := range want {
		got[series] = b.value(series)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		b.t.Errorf("%s (-want +got):\n%s", when, diff)
	}
}

// TestStreamThatTheNumbersDoWithout fails alone: the numbers of the others go on.
func TestStreamThatTheNumbersDoWithout(t *testing.T) {
	b := newStreamBench(t)
	b.deals.deals(1, 1, 2)
	b.notes.fail(source.Errorf(source.ReasonServer, "down"))
	if st := b.cycle(); st.failing || st.records != 2 || b.published != 1 {
		t.Errorf("%d publishes, status %+v", b.published, st)
	}
	b.expect("while notes fail", map[string]string{
		`source_up{source="crm"}`: "1", `stream_up{source="crm",stream="notes"}`: "0",
		`stream_up{source="crm",stream="deals"}`:                             "1",
		`stream_enabled{source="crm",stream="notes"}`:                        "1",
		`stream_off{reason="server",source="crm",stream="notes"}`:            "absent",
		`stream_last_success_timestamp_seconds{source="crm",stream="notes"}`: "absent",
		`sync_errors_total{reason="server",source="crm"}`:                    "0",
	})
	if !strings.Contains(b.log.String(), "stream=notes") || !strings.Contains(b.log.String(), "reason=server") {
		t.Errorf("the log does not say what failed:\n%s", &b.log)
	}
	b.notes.fail(nil)
	b.cycle()
	b.expect("when they are back", map[string]string{
		`stream_up{source="crm",stream="notes"}`: "1",
		`stream_last_success_timestamp_seconds{source="crm",stream="notes"}`: b.value(
			`stream_last_success_timestamp_seconds{source="crm",stream="deals"}`),
	})
}

// TestUnavailableStreamIsOff has an account that cannot give a stream. From the second cycle on it is off, which the log
// says once, and is tried again after an hour only.
func TestUnavailableStreamIsOff(t *testing.T) {
	b := newStreamBench(t)
	b.notes.fail(&source.UnavailableError{Err: source.Errorf(source.ReasonScope, "no scope")})
	b.cycle()
	b.expect("the first time", map[string]string{`stream_enabled{source="crm",stream="notes"}`: "1"})
	for range 3 {
		if st := b.cycle(); st.failing {
			t.Errorf("the source fails: %+v", st)
		}
	}
	off := map[string]string{
		`source_up{source="crm"}`: "1", `stream_up{source="crm",stream="notes"}`: "0",
		`stream_enabled{source="crm",stream="notes"}`:            "0",
		`stream_off{reason="scope",source="crm",stream="notes"}`: "1",
	}
	b.expect("off", off)
	syncs := b.notes.syncs
	b.now = b.now.Add(-80 * time.Minute) // so that the next cycle is ten minutes after the last one
	b.cycle()
	if b.notes.syncs != syncs {
		t.Error("a stream that is off is tried in every cycle")
	}
	b.expect("between two tries", off)
	if n := strings.Count(b.log.String(), "it is off"); n != 1 {
		t.Errorf("the log says %d times that the stream is off:\n%s", n, &b.log)
	}
	b.notes.fail(source.Errorf(source.ReasonServer, "down"))
	b.cycle()
	b.expect("another failure", off)
	b.notes.fail(nil)
	b.cycle()
	b.expect("on again", map[string]string{
		`stream_up{source="crm",stream="notes"}`:                 "1",
		`stream_enabled{source="crm",stream="notes"}`:            "1",
		`stream_off{reason="scope",source="crm",stream="notes"}`: "absent",
	})
}

// TestRequiredStreamsAreOnePicture holds that a deal does not show before the rep that it names, and that the account's
// absence of a stream which every number needs is a failure of the source.
func TestRequiredStreamsAreOnePicture(t *testing.T) {
	b := newStreamBench(t)
	b.deals.deals(1, 1, 2)
	first := b.cycle()
	b.references.fail(&source.UnavailableError{Err: source.Errorf(source.ReasonScope, "no scope")})
	b.deals.deals(2, 1, 2, 3)
	for range 3 {
		st := b.cycle()
		if !st.failing || st.reason != source.ReasonScope || !strings.Contains(st.message, "references: ") {
			t.Errorf("status %+v", st)
		}
		if !st.lastSuccess.Equal(first.lastSuccess) || st.records != 2 {
			t.Errorf("%d deals as of %s, want 2 of %s", st.records, st.lastSuccess, first.lastSuccess)
		}
	}
	if b.deals.syncs != 1 {
		t.Errorf("deals were read %d times while their reps could not be", b.deals.syncs-1)
	}
	b.references.fail(nil)
	b.deals.play = func(ctx context.Context, _ source.Cursor, sink source.Sink) (source.Cursor, error) {
		batch := record.Batch{Pass: 2, Cursor: []byte("half")}
		crm.Deals.Append(&batch.Rows, crm.Deal{Head: record.Head{ID: "d9", Version: 2}, Stage: "s", Outcome: crm.OutcomeOpen})
		return nil, errors.Join(sink.Commit(ctx, batch), source.Errorf(source.ReasonServer, "down"))
	}
	if st := b.cycle(); !st.failing || st.records != 2 {
		t.Errorf("after half a pass: %+v", st)
	}
	b.expect("one failed", map[string]string{
		`source_up{source="crm"}`: "0", `stream_up{source="crm",stream="references"}`: "1",
		`stream_up{source="crm",stream="deals"}`: "0", `stream_up{source="crm",stream="notes"}`: "1",
	})
	b.restart()
	if st := b.syncer.snapshotStatus(); st.records != 2 {
		t.Errorf("a restart shows %d deals", st.records)
	}
}

// TestFailureOfTheWholeAccount is not tried on every stream, and keeps the vendor's wish to be left alone.
func TestFailureOfTheWholeAccount(t *testing.T) {
	for _, failure := range []*source.Error{
		source.Errorf(source.ReasonAuth, "refused"), source.Errorf(source.ReasonQuota, "spent"),
		{Reason: source.ReasonServer, Wait: time.Minute, Err: errors.New("busy")},
	} {
		b := newStreamBench(t)
		b.references.fail(failure)
		if st := b.cycle(); !st.failing || st.reason != failure.Reason {
			t.Errorf("status %+v", st)
		}
		if b.deals.syncs+b.notes.syncs != 0 {
			t.Errorf("after %v, deals were tried %d and notes %d times", failure, b.deals.syncs, b.notes.syncs)
		}
		if got, want := b.syncer.resting(b.now), failure.Wait > 0; got != want {
			t.Errorf("after %v, the source rests: %v, want %v", failure, got, want)
		}
	}
}

// TestFollowerIsSyncedOnceMore lets the deals make the references lag behind.
func TestFollowerIsSyncedOnceMore(t *testing.T) {
	b := newStreamBench(t)
	var from []string
	b.references.play = func(_ context.Context, at source.Cursor, _ source.Sink) (source.Cursor, error) {
		from = append(from, string(at))
		b.references.behind = false
		return source.Cursor(strconv.Itoa(len(from))), nil
	}
	b.deals.play = func(context.Context, source.Cursor, source.Sink) (source.Cursor, error) {
		b.references.behind = true
		return source.Cursor("d"), nil
	}
	b.cycle()
	b.deals.play = nil
	b.cycle()
	if want := []string{"", "1", "2"}; !slices.Equal(from, want) {
		t.Errorf("the references were synced from %q, want %q", from, want)
	}
}

// TestBrakeOfOneStream keeps the source down until a full read of the same kinds is taken over; another stream's does
// not do.
func TestBrakeOfOneStream(t *testing.T) {
	b := newStreamBench(t)
	all := make([]int, 60)
	for i := range all {
		all[i] = i
	}
	b.deals.deals(1, all...)
	b.cycle()
	b.deals.deals(2, 1)
	if st := b.cycle(); !st.failing || st.reason != source.ReasonScope || st.records != 60 {
		t.Errorf("after most deals vanished: %+v", st)
	}
	b.deals.play = nil
	b.references.play = func(ctx context.Context, _ source.Cursor, sink source.Sink) (source.Cursor, error) {
		return nil, sink.Commit(ctx, record.Batch{Pass: 2, Sweep: b.references.kinds})
	}
	if st := b.cycle(); !st.failing {
		t.Error("a full read of reps is taken for one of deals")
	}
	b.expect("braked", map[string]string{
		`source_up{source="crm"}`: "0", `stream_up{source="crm",stream="deals"}`: "0",
		`stream_up{source="crm",stream="references"}`: "1",
	})
	b.deals.deals(3, all...)
	if st := b.cycle(); st.failing || st.records != 60 {
		t.Errorf("when the deals are back: %+v", st)
	}
}

// TestOtherAccountInOneStream refuses records of another account than that of the other streams, although the stream
// itself holds none yet.
func TestOtherAccountInOneStream(t *testing.T) {
	b := newStreamBench(t)
	from := func(id string) func(ctx context.Context, _ source.Cursor, sink source.Sink) (source.Cursor, error) {
		return func(ctx context.Context, _ source.Cursor, sink source.Sink) (source.Cursor, error) {
			return nil, sink.Commit(ctx, record.Batch{Account: &record.AccountIdentity{ID: id}})
		}
	}
	b.references.play, b.deals.play = from("1111"), from("2222")
	if st := b.cycle(); !st.failing || st.reason != source.ReasonConfig || !strings.Contains(st.message, "2222") {
		t.Errorf("status %+v", st)
	}
}

// TestOneStreamBecomesSeveral restarts over a mirror in which the source gave everything in one stream. Its numbers stay
// until the new streams are complete, and then its rows go.
func TestOneStreamBecomesSeveral(t *testing.T) {
	for name, test := range map[string]struct {
		identity mirror.Identity
		served   bool
	}{
		"the same mapping": {wholeOf("whole"), true},
		"another mapping":  {wholeOf("another"), true},
		"another account":  {addresses{"there", "there"}.identity(source.Identity{Meaning: "whole"}), false},
	} {
		t.Run(name, func(t *testing.T) {
			b := newStreamBench(t)
			whole := mirror.All("crm")
			batch := record.Batch{Cursor: []byte("1")}
			crm.Deals.Append(&batch.Rows, crm.Deal{Head: record.Head{ID: "d1", Version: 1}, Stage: "s", Outcome: crm.OutcomeOpen})
			_, bound := b.store.Bind(t.Context(), whole, test.identity, nil)
			_, committed := b.store.Commit(t.Context(), whole, batch)
			if err := errors.Join(bound, committed, b.store.Finish(t.Context(), mirror.Cursors{whole: []byte("1")})); err != nil {
				t.Fatal(err)
			}
			read := b.now
			ready := func(when string, want bool) {
				t.Helper()
				if got := b.facts.Source("crm").Ready(); got != want {
					t.Errorf("%s, the source is served: %v, want %v", when, got, want)
				}
			}
			for range 2 { // Killed before the first cycle is complete, it goes on the same.
				b.restart()
				ready("after the restart", test.served)
				if test.served && !b.syncer.readAt.Equal(read) {
					t.Errorf("the numbers are said to be of %s, want %s", b.syncer.readAt, read)
				}
				b.deals.fail(source.Errorf(source.ReasonServer, "down"))
				b.cycle()
				ready("after a broken cycle", test.served)
			}
			b.deals.deals(2, 1, 2)
			if st := b.cycle(); st.failing || st.records != 2 {
				t.Errorf("status %+v", st)
			}
			ready("after a cycle", true)
			state, err := b.store.State(t.Context(), whole)
			if err != nil || state.Complete {
				t.Errorf("the rows of the one stream are kept: %+v, %v", state, err)
			}
			b.restart()
			ready("after another restart", true)
		})
	}
}

// TestStreamOfANewerProgram runs an older program over the mirror of a newer one. The stream of a kind that it does not
// know stays, for the return of the newer one.
func TestStreamOfANewerProgram(t *testing.T) {
	b := newStreamBench(t)
	gadgets := mirror.Stream{Source: "crm", Name: "gadgets"}
	_, bound := b.store.Bind(t.Context(), gadgets, mirror.Identity{Address: "anywhere"}, nil)
	_, committed := b.store.Commit(t.Context(), gadgets, record.Batch{Cursor: []byte("1")})
	if err := errors.Join(bound, committed, b.store.Finish(t.Context(), mirror.Cursors{gadgets: []byte("1")})); err != nil {
		t.Fatal(err)
	}
	b.restart()
	b.deals.deals(1, 1)
	if st := b.cycle(); st.failing || st.records != 1 {
		t.Errorf("status %+v", st)
	}
	if state, err := b.store.State(t.Context(), gadgets); err != nil || string(state.Cursor) != "1" {
		t.Errorf("the stream was forgotten: %+v, %v", state, err)
	}
}

// TestReplacedMapping changes the mapping of the deals only. The source shows what it showed, as of then, until they are
// read anew together with what did not change; a mapping that is taken back goes on where it was.
func TestReplacedMapping(t *testing.T) {
	b := newStreamBench(t)
	b.deals.deals(1, 1, 2)
	first := b.cycle()
	frozen := func(when string) {
		t.Helper()
		st := b.syncer.snapshotStatus()
		if st.records != 2 || !st.lastSuccess.Equal(first.lastSuccess) || b.facts.Source("crm").Deals.Live() != 2 {
			t.Errorf("%s: %d deals as of %s, and the facts hold %d", when, st.records, st.lastSuccess,
				b.facts.Source("crm").Deals.Live())
		}
	}
	before, changed := b.deals.identity, source.Identity{Meaning: "another"}
	b.deals.identity = changed
	var from []string
	half := func(ctx context.Context, at source.Cursor, sink source.Sink) (source.Cursor, error) {
		from = append(from, string(at))
		batch := record.Batch{Pass: 1, Cursor: []byte("half")}
		crm.Deals.Append(&batch.Rows, crm.Deal{Head: record.Head{ID: "d9", Version: 1}, Stage: "s", Outcome: crm.OutcomeOpen})
		return nil, errors.Join(sink.Commit(ctx, batch), source.Errorf(source.ReasonServer, "down"))
	}
	b.restart()
	frozen("bound")
	b.deals.play = half
	b.cycle()
	frozen("half read")
	b.restart()
	frozen("started again")
	b.cycle()
	frozen("and half read")

	b.deals.identity = before
	b.restart()
	frozen("taken back")
	b.cycle()
	b.deals.identity = changed
	b.restart()
	frozen("changed again")
	b.cycle()
	if want := []string{"", "half", "pass", "half"}; !slices.Equal(from, want) {
		t.Errorf("the deals were read from %q, want %q", from, want)
	}
	b.deals.deals(2, 1, 2, 3)
	if st := b.cycle(); st.failing || st.records != 3 || !st.lastSuccess.Equal(b.now) || b.facts.Source("crm").Deals.Live() != 3 {
		t.Errorf("read anew: %+v, and the facts hold %d", st, b.facts.Source("crm").Deals.Live())
	}
	b.restart()
	if st := b.syncer.snapshotStatus(); st.records != 3 {
		t.Errorf("started once more: %+v", st)
	}
}
