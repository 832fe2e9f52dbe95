package targets

import (
	"slices"
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/cube/emit"
	"github.com/sales-exporter/sales_exporter/internal/kpi/family"
	"github.com/sales-exporter/sales_exporter/internal/kpi/pass"
	"github.com/sales-exporter/sales_exporter/internal/metric"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// attainmentBounds are the buckets of the reps' attainment; 1 is one of them, so that "how many made it" is exact.
func attainmentBounds() []float64 { return []float64{0.25, 0.5, 0.75, 0.9, 1, 1.1, 1.25, 1.5, 2} }

type emitter struct {
	c           *family.Computation
	out         []*emit.Family // by handle
	labels      []string
	infos       map[string]bool
	attainments map[[2]string]*metric.Histogram // by kpi and period
}

func (e *emitter) gauge(handle int, t *target, value float64) {
	e.out[handle].Gauge(e.labels, t.values, value)
}

// with appends a sample that has one label beside those of all target metrics.
func (e *emitter) with(handle int, label, of string, t *target, value float64) {
	e.out[handle].Gauge(append(slices.Clip(e.labels), label), append(slices.Clip(t.values), of), value)
}

func (e *emitter) emit(t *target) {
	e.gauge(metricStart, t, float64(t.span.Start.Unix()))
	e.gauge(metricEnd, t, float64(t.span.End.Unix()))
	e.info(t)
	e.emitReadiness(t)
	value, valued := t.Value, t.Growth == nil
	if t.measurable() {
		value, valued = t.ask(t.sum)
	}
	if valued {
		e.gauge(metricValue, t, value)
	}
	if t.begun && t.missing == 0 {
		for pace, elapsed := range t.progress.elapsed {
			e.with(metricElapsed, "method", string(pace), t, elapsed)
		}
	}
	if t.begun && t.measurable() {
		e.emitReached(t, value, valued)
	}
}

// emitReadiness says why a target may have no actual. Whether a scope matches is unknown while a source is missing in
// which it might.
func (e *emitter) emitReadiness(t *target) {
	e.gauge(metricMissing, t, float64(t.missing))
	switch {
	case t.matched:
		e.gauge(metricMatched, t, 1)
	case t.missing == 0:
		e.gauge(metricMatched, t, 0)
	}
}

// emitReached makes what was reached within the scope and all that follows from it.
func (e *emitter) emitReached(t *target, value float64, valued bool) {
	if t.previous != nil && t.recordedBefore() {
		e.emitPrevious(t)
	}
	reached := t.sum(t.actualPeriod)
	actual, measured := reached.Value(t.KPI)
	if measured {
		e.gauge(metricActual, t, actual)
		e.emitProjection(t, actual)
	}
	if valued {
		e.emitExpected(t, value, actual, measured)
		e.emitTrailing(t, value)
	}
	if valued && measured {
		e.emitAgainst(t, value, actual)
	}
	if t.coverage() {
		whole := t.sum(t.wholePeriod)
		e.emitForecast(t, &whole.Closed, &whole.due)
		if valued && !whole.due.has.Unknown() {
			e.emitCoverage(t, pass.Units(whole.due.amount), value, actual, measured)
		}
	}
}

func (e *emitter) info(t *target) {
	out := e.out[metricInfo]
	values := []string{
		t.values[0], t.KPI, value.CleanLabel(t.Objective), value.CleanLabel(t.Accountable), value.CleanLabel(t.ReviewBy),
	}
	if key := strings.Join(values, "\x00"); !e.infos[key] {
		e.infos[key] = true
		out.Gauge(out.Metric.Labels, values, 1)
	}
}

// emitProjection makes where the target ends at the present rate. A ratio does not add up over time and stays.
func (e *emitter) emitProjection(t *target, actual float64) {
	elapsed := t.progress.elapsed[t.Pace]
	if elapsed < minElapsed {
		return
	}
	if !pass.RatioKPI(t.KPI) {
		actual /= elapsed
	}
	e.with(metricProjection, "method", string(t.Pace), t, actual)
}

// emitExpected makes what should have been reached by now, and the actual compared with it.
func (e *emitter) emitExpected(t *target, value, actual float64, measured bool) {
	expected := value
	if !pass.RatioKPI(t.KPI) {
		elapsed, ok := t.progress.elapsed[t.Pace]
		if !ok {
			return
		}
		expected *= elapsed
	}
	e.with(metricExpected, "method", string(t.Pace), t, expected)
	if measured && expected > 0 {
		e.with(metricPace, "method", string(t.Pace), t, actual/expected)
	}
}

// emitTrailing compares what the last working days brought with what they should have brought.
func (e *emitter) emitTrailing(t *target, value float64) {
	expected := value * t.progress.recentPart[t.Pace]
	if pass.RatioKPI(t.KPI) || expected <= 0 { // Nothing is expected once the period has ended.
		return
	}
	if t.unread(e.c, t.progress.recent.Start) {
		return
	}
	recent := t.sum(t.recentPeriod)
	if reached, ok := recent.Value(t.KPI); ok {
		e.with(metricTrailing, "method", string(t.Pace), t, reached/expected)
	}
}

// emitPrevious makes how much of the plan of the period before was reached.
func (e *emitter) emitPrevious(t *target) {
	value, valued := t.previous.ask(t.sum)
	whole := t.sum(t.previous.wholePeriod)
	if reached, measured := whole.Value(t.KPI); measured && valued && value > 0 {
		e.gauge(metricPrevious, t, reached/value)
	}
}

// emitAgainst makes the comparisons with the target's value.
func (e *emitter) emitAgainst(t *target, value, actual float64) {
	e.gauge(metricGap, t, value-actual)
	if days := t.progress.remainingDays; days > 0 && !pass.RatioKPI(t.KPI) {
		e.gauge(metricRequired, t, (value-actual)/float64(days))
	}
	if value <= 0 {
		return
	}
	e.gauge(metricAttainment, t, actual/value)
	for _, fixed := range t.scope {
		if t.running() && e.c.Options.Dimensions[fixed.Index] == "rep" {
			e.observeAttainment(t, actual/value)
		}
	}
}

func (e *emitter) observeAttainment(t *target, ratio float64) {
	key := [2]string{t.KPI, string(t.Period.Unit)}
	h := e.attainments[key]
	if h == nil {
		bounds := attainmentBounds()
		h = &metric.Histogram{Bounds: bounds, Counts: make([]uint64, len(bounds))}
		e.attainments[key] = h
	}
	h.Count++
	h.Sum += ratio
	for i, bound := range h.Bounds {
		if ratio <= bound {
			h.Counts[i]++
		}
	}
}

func (e *emitter) emitAttainments() {
	out := e.out[metricRepAttainment]
	for key, h := range e.attainments {
		out.Histogram(out.Metric.Labels, key[:], h)
	}
}

// emitCoverage compares the open deals that are due in the period with what is to reach.
func (e *emitter) emitCoverage(t *target, due, value, actual float64, measured bool) {
	if remaining := value - actual; measured && remaining > 0 {
		e.with(metricCoverage, "denominator", "remaining", t, due/remaining)
	}
	if value > 0 {
		e.with(metricCoverage, "denominator", "target", t, due/value)
	}
}
