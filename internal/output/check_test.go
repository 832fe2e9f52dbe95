package output_test

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sales-exporter/sales_exporter/internal/kpi"
	"github.com/sales-exporter/sales_exporter/internal/output"
)

var at = time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)

func wonMetric() *kpi.Metric {
	return &kpi.Metric{Name: "sales_deals_won", Title: "Won deals", Help: "Number of won deals.", Type: kpi.Gauge, Shape: kpi.ShapeBase}
}

func snapshot(m *kpi.Metric, samples ...kpi.Sample) *kpi.Snapshot {
	return &kpi.Snapshot{At: at, Families: []kpi.Family{{Metric: m, Samples: samples}}}
}

func gauge(value float64, labels ...string) kpi.Sample {
	s := kpi.Sample{Value: value}
	for i := 0; i < len(labels); i += 2 {
		s.Labels, s.Values = append(s.Labels, labels[i]), append(s.Values, labels[i+1])
	}
	return s
}

// TestCheckRefuses holds that one fault refuses the whole snapshot, and says what and where it is.
func TestCheckRefuses(t *testing.T) {
	histogram := func(h kpi.Histogram, labels ...string) kpi.Sample {
		s := gauge(0, labels...)
		s.Histogram = &h
		return s
	}
	sound := kpi.Histogram{Bounds: []float64{1}, Counts: []uint64{1}, Count: 1}
	named := func(names ...string) *kpi.Snapshot {
		s := &kpi.Snapshot{At: at}
		for _, name := range names {
			s.Families = append(s.Families, kpi.Family{Metric: &kpi.Metric{Name: name}, Samples: []kpi.Sample{gauge(1)}})
		}
		return s
	}
	collision := named("sales_size_count", "sales_size")
	collision.Families[1].Samples[0] = histogram(sound)
	tests := []struct {
		name string
		bad  *kpi.Snapshot
		says string
	}{
		{"a series twice", snapshot(wonMetric(), gauge(1, "a", "x"), gauge(2, "b", "x"), gauge(3, "a", "x")), "duplicate"},
		{
			"a series twice in another order of its labels",
			snapshot(wonMetric(), gauge(1, "a", "x", "b", "y"), gauge(1, "b", "y", "a", "x")), "duplicate",
		},
		{"a NaN", snapshot(wonMetric(), gauge(math.NaN())), "not finite"},
		{"an infinite value", snapshot(wonMetric(), gauge(math.Inf(-1))), "not finite"},
		{"an infinite sum", snapshot(wonMetric(), histogram(kpi.Histogram{Sum: math.Inf(1)})), "not finite"},
		{"labels without values", snapshot(wonMetric(), kpi.Sample{Labels: []string{"source"}}), "differ in number"},
		{"buckets without counts", snapshot(wonMetric(), histogram(kpi.Histogram{Bounds: []float64{1}})), "buckets"},
		{
			"a bucket twice", snapshot(wonMetric(), histogram(kpi.Histogram{Bounds: []float64{1, 1}, Counts: []uint64{1, 1}})),
			"buckets",
		},
		{
			"a bucket without a bound",
			snapshot(wonMetric(), histogram(kpi.Histogram{Bounds: []float64{math.Inf(1)}, Counts: []uint64{1}})), "buckets",
		},
		{"a value that is no text", snapshot(wonMetric(), gauge(1, "source", "a\xffb")), "UTF-8"},
		{"help that is no text", snapshot(&kpi.Metric{Name: "sales_x", Help: "a\xffb"}, gauge(1)), "UTF-8"},
		{"an illegal label", snapshot(wonMetric(), gauge(1, "a-b", "x")), "illegal name"},
		{"a reserved label", snapshot(wonMetric(), gauge(1, "__a", "x")), "illegal name"},
		{"a label twice", snapshot(wonMetric(), gauge(1, "a", "x", "a", "y")), "illegal name"},
		{"a bound among a histogram's labels", snapshot(wonMetric(), histogram(sound, "le", "1")), "illegal name"},
		{"an illegal metric", named("sales deals"), "illegal name"},
		{"a metric with the name of another program's", named("go_goroutines"), "illegal name"},
		{"a metric with a name of the exporter's own", named("sales_exporter_series"), "illegal name"},
		{"a family twice", named("sales_a", "sales_a"), "illegal name"},
		{"a line of a histogram as a metric", collision, "sales_size_count"},
		{"gauges and histograms", snapshot(wonMetric(), gauge(1), histogram(sound, "a", "x")), "gauges and histograms"},
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
	s := snapshot(wonMetric(),
		gauge(5, "z", "1", "a", "2"), gauge(4, "z", "2", "a", "1"), gauge(2, "b", "0"), gauge(3, "c", "0"), gauge(1))
	s.Families = append(s.Families, kpi.Family{Metric: &kpi.Metric{Name: "sales_zero"}, Folded: 3},
		kpi.Family{Metric: &kpi.Metric{Name: "sales_accounts"}, Samples: []kpi.Sample{gauge(6)}})
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
		var samples []kpi.Sample
		for n := range 3 + r.IntN(3) {
			samples = append(samples, gauge(float64(n), "b", string(rune('a'+r.IntN(26))), "a", string(rune('a'+n))))
		}
		r.Shuffle(len(samples), func(i, j int) { samples[i], samples[j] = samples[j], samples[i] })
		s := snapshot(wonMetric(), samples...)
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
	twice := snapshot(wonMetric(), gauge(1, "a", "x"), gauge(2, "a", "x"))
	first, err := output.Check(snapshot(wonMetric(), gauge(1, "a", "x"), gauge(2, "a", "y")), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := output.Check(twice, first); err == nil {
		t.Error("a series twice passes after a sound snapshot")
	}
}
