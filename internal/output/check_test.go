package output_test

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sales-exporter/sales_exporter/internal/metric"
	"github.com/sales-exporter/sales_exporter/internal/output"
	"github.com/sales-exporter/sales_exporter/internal/output/outputtest"
)

// TestCheckRefuses holds that one fault refuses the whole snapshot, and says what and where it is.
func TestCheckRefuses(t *testing.T) {
	histogram := func(h metric.Histogram, labels ...string) metric.Sample {
		s := outputtest.Gauge(0, labels...)
		s.Histogram = &h
		return s
	}
	sound := metric.Histogram{Bounds: []float64{1}, Counts: []uint64{1}, Count: 1}
	named := func(names ...string) *metric.Snapshot {
		s := &metric.Snapshot{At: outputtest.At()}
		for _, name := range names {
			s.Families = append(s.Families, metric.Family{Metric: &metric.Metric{Name: name}, Samples: []metric.Sample{outputtest.Gauge(1)}})
		}
		return s
	}
	collision := named("sales_size_count", "sales_size")
	collision.Families[1].Samples[0] = histogram(sound)
	tests := []struct {
		name string
		bad  *metric.Snapshot
		says string
	}{
		{"a series twice", outputtest.Snapshot(outputtest.WonMetric(), outputtest.Gauge(1, "a", "x"), outputtest.Gauge(2, "b", "x"), outputtest.Gauge(3, "a", "x")), "duplicate"},
		{
			"a series twice in another order of its labels",
			outputtest.Snapshot(outputtest.WonMetric(), outputtest.Gauge(1, "a", "x", "b", "y"), outputtest.Gauge(1, "b", "y", "a", "x")), "duplicate",
		},
		{"a NaN", outputtest.Snapshot(outputtest.WonMetric(), outputtest.Gauge(math.NaN())), "not finite"},
		{"an infinite value", outputtest.Snapshot(outputtest.WonMetric(), outputtest.Gauge(math.Inf(-1))), "not finite"},
		{"an infinite sum", outputtest.Snapshot(outputtest.WonMetric(), histogram(metric.Histogram{Sum: math.Inf(1)})), "not finite"},
		{"labels without values", outputtest.Snapshot(outputtest.WonMetric(), metric.Sample{Labels: []string{"source"}}), "differ in number"},
		{"buckets without counts", outputtest.Snapshot(outputtest.WonMetric(), histogram(metric.Histogram{Bounds: []float64{1}})), "buckets"},
		{
			"a bucket twice", outputtest.Snapshot(outputtest.WonMetric(), histogram(metric.Histogram{Bounds: []float64{1, 1}, Counts: []uint64{1, 1}})),
			"buckets",
		},
		{
			"a bucket without a bound",
			outputtest.Snapshot(outputtest.WonMetric(), histogram(metric.Histogram{Bounds: []float64{math.Inf(1)}, Counts: []uint64{1}})), "buckets",
		},
		{"a value that is no text", outputtest.Snapshot(outputtest.WonMetric(), outputtest.Gauge(1, "source", "a\xffb")), "UTF-8"},
		{"help that is no text", outputtest.Snapshot(&metric.Metric{Name: "sales_x", Help: "a\xffb"}, outputtest.Gauge(1)), "UTF-8"},
		{"an illegal label", outputtest.Snapshot(outputtest.WonMetric(), outputtest.Gauge(1, "a-b", "x")), "illegal name"},
		{"a reserved label", outputtest.Snapshot(outputtest.WonMetric(), outputtest.Gauge(1, "__a", "x")), "illegal name"},
		{"a label twice", outputtest.Snapshot(outputtest.WonMetric(), outputtest.Gauge(1, "a", "x", "a", "y")), "illegal name"},
		{"a bound among a histogram's labels", outputtest.Snapshot(outputtest.WonMetric(), histogram(sound, "le", "1")), "illegal name"},
		{"an illegal metric", named("sales deals"), "illegal name"},
		{"a metric with the name of another program's", named("go_goroutines"), "illegal name"},
		{"a metric with a name of the exporter's own", named("sales_exporter_series"), "illegal name"},
		{"a family twice", named("sales_a", "sales_a"), "illegal name"},
		{"a line of a histogram as a metric", collision, "sales_size_count"},
		{"gauges and histograms", outputtest.Snapshot(outputtest.WonMetric(), outputtest.Gauge(1), histogram(sound, "a", "x")), "gauges and histograms"},
	}
	for _, c := range tests {
		t.Run(c.name, func(t *testing.T) {
			got, err := output.Check(c.bad, nil)
			if err == nil || got != nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("the snapshot is %v, the error %v", got, err)
			}
		})
	}
}

// TestCheckOrders holds the order of families and series, and that the given snapshot stays as it was.
func TestCheckOrders(t *testing.T) {
	s := outputtest.Snapshot(outputtest.WonMetric(),
		outputtest.Gauge(5, "z", "1", "a", "2"), outputtest.Gauge(4, "z", "2", "a", "1"), outputtest.Gauge(2, "b", "0"), outputtest.Gauge(3, "c", "0"), outputtest.Gauge(1))
	s.Families = append(s.Families, metric.Family{Metric: &metric.Metric{Name: "sales_zero"}, Folded: 3},
		metric.Family{Metric: &metric.Metric{Name: "sales_accounts"}, Samples: []metric.Sample{outputtest.Gauge(6)}})
	checked, err := output.Check(s, nil)
	if err != nil {
		t.Fatal(err)
	}
	var got []float64
	var names []string
	for _, f := range checked.Families {
		names = append(names, f.Name)
		for _, sample := range f.Samples {
			got = append(got, sample.Value)
		}
	}
	if diff := cmp.Diff([]string{"sales_accounts", "sales_deals_won"}, names); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]float64{6, 1, 2, 3, 4, 5}, got); diff != "" {
		t.Error(diff)
	}
	want := []output.Size{{Metric: "sales_deals_won", Series: 5}, {Metric: "sales_zero", Folded: 3}, {Metric: "sales_accounts", Series: 1}}
	if diff := cmp.Diff(want, checked.Sizes); diff != "" {
		t.Error(diff)
	}
	last := checked.Families[1].Samples[4]
	if last.Labels.Names[0] != "a" || last.LabelValue(0) != "2" || last.LabelValue(1) != "1" {
		t.Errorf("labels %v of %v", last.Labels.Names, last.Values)
	}
	if s.Families[0].Samples[0].Value != 5 || s.Families[0].Metric.Name != "sales_deals_won" {
		t.Error("the snapshot was changed")
	}
}

// TestCheckAfter holds that what was before changes nothing of what is said now: series come, go and change places.
func TestCheckAfter(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 3))
	var before *output.Snapshot
	for range 200 {
		var samples []metric.Sample
		for n := range 3 + r.IntN(3) {
			samples = append(samples, outputtest.Gauge(float64(n), "b", string(rune('a'+r.IntN(26))), "a", string(rune('a'+n))))
		}
		r.Shuffle(len(samples), func(i, j int) { samples[i], samples[j] = samples[j], samples[i] })
		s := outputtest.Snapshot(outputtest.WonMetric(), samples...)
		want, err := output.Check(s, nil)
		if err != nil {
			t.Fatal(err)
		}
		got, err := output.Check(s, before)
		if err != nil {
			t.Fatal(err)
		}
		for i := range want.Families[0].Samples {
			if want.Families[0].Samples[i].Sample != got.Families[0].Samples[i].Sample {
				t.Fatalf("series %d is %v", i, got.Families[0].Samples[i].Values)
			}
		}
		before = got
	}
	twice := outputtest.Snapshot(outputtest.WonMetric(), outputtest.Gauge(1, "a", "x"), outputtest.Gauge(2, "a", "x"))
	first, err := output.Check(outputtest.Snapshot(outputtest.WonMetric(), outputtest.Gauge(1, "a", "x"), outputtest.Gauge(2, "a", "y")), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := output.Check(twice, first); err == nil {
		t.Error("a series twice passes after a sound snapshot")
	}
}
