package alerting

import (
	"strings"
	"testing"
	"time"
)

// TestBuilderRefuses makes sure that a rule on something that does not exist never reaches a file.
func TestBuilderRefuses(t *testing.T) {
	tests := []struct {
		name  string
		build func(b *builder)
		want  string
	}{
		{"unknown metric", func(b *builder) { b.series("sales_nothing") }, "no metric sales_nothing"},
		{
			"label that the metric lacks",
			func(b *builder) { b.series(dealsWon, `currency="EUR"`) }, "sales_deals_won has no label currency",
		},
		{
			"window that the metric lacks by default",
			func(b *builder) { b.series(dealsWon, `window=~"trailing_30d|previous_year"`) }, "sales_deals_won has no window previous_year",
		},
		{
			"label that the metric lacks by default",
			func(b *builder) { b.series("sales_pipeline_weighted_amount", `rep="Ann"`) }, "has no label rep",
		},
		{
			"grouping by a label that the metric lacks",
			func(b *builder) { b.maxBy([]string{"team"}, sourceUp) }, "sales_exporter_source_up has no label team",
		},
		{"sum of a ratio", func(b *builder) { b.sum(nil, winRatio) }, "must not be summed"},
		{"sum of targets", func(b *builder) { b.sum(nil, targetValue) }, "must not be summed"},
		{
			"label of a counter",
			func(b *builder) { b.sumOf("rate", []string{"quota"}, time.Hour, syncErrors) }, "has no label quota",
		},
		{
			"recorded by another group",
			func(b *builder) {
				b.record("source:x:sum", nil, "", "1")
				b.file("a.rules.yaml", "a", nil)
				b.series("source:x:sum")
			}, "no metric source:x:sum",
		},
		{"KPI of no KPI", func(b *builder) { b.kpiLabel(sourceUp) }, "no KPI name"},
		{"formula of no KPI", func(b *builder) { b.formula(sourceUp) }, "no formula"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := newBuilder()
			tt.build(b)
			if err := b.err(); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got error %v, want %q", err, tt.want)
			}
		})
	}
}

// TestMaxMerges shows the one shape in which replicas are merged.
func TestMaxMerges(t *testing.T) {
	b := newBuilder()
	got := b.max(quotaRemaining, `quota="daily"`, `source=~"a.*"`)
	want := `max by (job, source) (sales_exporter_api_quota_remaining{quota="daily",source=~"a.*"})`
	if got != want || b.err() != nil {
		t.Errorf("got %s, %v; want %s", got, b.err(), want)
	}
}
