package history_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sales-exporter/sales_exporter/internal/metric"
	"github.com/sales-exporter/sales_exporter/internal/output/history"
	"github.com/sales-exporter/sales_exporter/internal/output/outputtest"
)

// pastOf adds one snapshot of samples of one metric for each hour.
func pastOf(t *testing.T, past *history.History, m *metric.Metric, hours ...[]metric.Sample) {
	t.Helper()
	for i, samples := range hours {
		s := outputtest.Snapshot(m, samples...)
		s.At = outputtest.At().Add(time.Duration(i) * time.Hour)
		if err := past.Add(s); err != nil {
			t.Fatal(err)
		}
	}
}

func histogram(source string, sum float64, counts ...uint64) metric.Sample {
	return metric.Sample{Labels: []string{"source", "team"}, Values: []string{source, ""}, Histogram: &metric.Histogram{
		Bounds: []float64{0.5, 1000, 1e6}, Counts: counts[:3], Count: counts[3], Sum: sum,
	}}
}

func TestHistoryWrite(t *testing.T) {
	size := &metric.Metric{Name: "sales_deal_size_amount", Help: `Sizes, "as \ is".`, Type: metric.HistogramType}
	past := history.New()
	first := &metric.Snapshot{At: outputtest.At(), Families: []metric.Family{
		{Metric: outputtest.WonMetric(), Samples: []metric.Sample{
			outputtest.Gauge(2, "source", "acme", "rep", "Ann \"the\\closer\"\nRay"), outputtest.Gauge(0.1, "source", "acme", "rep", ""), outputtest.Gauge(7),
		}},
		{Metric: size, Samples: []metric.Sample{histogram("acme", 4300.25, 0, 3, 3, 4), histogram("globex", 0, 0, 0, 0, 0)}},
	}}
	second := &metric.Snapshot{At: outputtest.At().Add(90 * time.Minute), Families: []metric.Family{
		{Metric: size, Samples: []metric.Sample{histogram("acme", -1, 1, 2, 2, 2)}},
		{Metric: outputtest.WonMetric(), Samples: []metric.Sample{outputtest.Gauge(1e21, "source", "acme")}},
	}}
	third := &metric.Snapshot{At: outputtest.At().Add(2*time.Hour + 5*time.Millisecond), Families: []metric.Family{
		{Metric: outputtest.WonMetric(), Samples: []metric.Sample{outputtest.Gauge(-2, "rep", "Ann \"the\\closer\"\nRay", "source", "acme"), outputtest.Gauge(7)}},
	}}
	for _, s := range []*metric.Snapshot{first, second, third} {
		if err := past.Add(s); err != nil {
			t.Fatal(err)
		}
	}
	want := `# HELP sales_deal_size_amount Sizes, \"as \\ is\". Rebuilt for each snapshot.
# TYPE sales_deal_size_amount histogram
sales_deal_size_amount_bucket{source="acme",le="0.5"} 0 1782907200
sales_deal_size_amount_bucket{source="acme",le="1000.0"} 3 1782907200
sales_deal_size_amount_bucket{source="acme",le="1e+06"} 3 1782907200
sales_deal_size_amount_bucket{source="acme",le="+Inf"} 4 1782907200
sales_deal_size_amount_count{source="acme"} 4 1782907200
sales_deal_size_amount_sum{source="acme"} 4300.25 1782907200
sales_deal_size_amount_bucket{source="acme",le="0.5"} 1 1782912600
sales_deal_size_amount_bucket{source="acme",le="1000.0"} 2 1782912600
sales_deal_size_amount_bucket{source="acme",le="1e+06"} 2 1782912600
sales_deal_size_amount_bucket{source="acme",le="+Inf"} 2 1782912600
sales_deal_size_amount_count{source="acme"} 2 1782912600
sales_deal_size_amount_sum{source="acme"} -1 1782912600
sales_deal_size_amount_bucket{source="globex",le="0.5"} 0 1782907200
sales_deal_size_amount_bucket{source="globex",le="1000.0"} 0 1782907200
sales_deal_size_amount_bucket{source="globex",le="1e+06"} 0 1782907200
sales_deal_size_amount_bucket{source="globex",le="+Inf"} 0 1782907200
sales_deal_size_amount_count{source="globex"} 0 1782907200
sales_deal_size_amount_sum{source="globex"} 0 1782907200
# HELP sales_deals_won Number of won deals. Rebuilt for each snapshot.
# TYPE sales_deals_won gauge
sales_deals_won{source="acme",rep="Ann \"the\\closer\"\nRay"} 2 1782907200
sales_deals_won{source="acme"} 0.1 1782907200
sales_deals_won{source="acme"} 1e+21 1782912600
sales_deals_won 7 1782907200
sales_deals_won 7 1782914400.005
sales_deals_won{rep="Ann \"the\\closer\"\nRay",source="acme"} -2 1782914400.005
# EOF
`
	var got bytes.Buffer
	if err := past.Write(&got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got.String()); diff != "" {
		t.Error(diff)
	}
	if stats := past.Stats(); stats != (history.Stats{Instants: 3, Series: 16, Samples: 24}) {
		t.Errorf("stats are %+v", stats)
	}
}

// TestHistoryKeepsEveryPoint packs random values at random instants and demands each of them back.
func TestHistoryKeepsEveryPoint(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	values := []float64{0, math.Copysign(0, -1), 1, 1234.56, -7, math.MaxFloat64, math.SmallestNonzeroFloat64}
	want := map[string][]string{}
	hours := make([][]metric.Sample, 300)
	for hour := range hours {
		for i := range 20 {
			if r.IntN(4) == 0 {
				continue // The series is not there at this instant.
			}
			value, source := values[r.IntN(len(values))], fmt.Sprint("s", i)
			if r.IntN(3) == 0 {
				value = math.Float64frombits(r.Uint64() &^ (1 << 62)) // Without that bit it is finite.
			}
			hours[hour] = append(hours[hour], outputtest.Gauge(value, "source", source))
			want[source] = append(want[source], fmt.Sprint(hour, math.Float64bits(value)))
		}
	}
	past := history.New()
	pastOf(t, past, outputtest.WonMetric(), hours...)
	var text bytes.Buffer
	if err := past.Write(&text); err != nil {
		t.Fatal(err)
	}
	got := map[string][]string{}
	for lines := bufio.NewScanner(&text); lines.Scan(); {
		var source, value string
		var seconds int64
		line := strings.NewReplacer(`sales_deals_won{source="`, "", `"}`, "").Replace(lines.Text())
		if n, _ := fmt.Sscan(line, &source, &value, &seconds); n != 3 {
			continue // A comment.
		}
		parsed, err := strconv.ParseFloat(value, 64)
		if err != nil {
			t.Fatal(err)
		}
		got[source] = append(got[source], fmt.Sprint((seconds-outputtest.At().Unix())/3600, math.Float64bits(parsed)))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestHistoryRefuses(t *testing.T) {
	size := &metric.Metric{Name: "sales_deal_size_amount", Help: "Sizes.", Type: metric.HistogramType}
	other := histogram("acme", 1, 1, 1, 1, 1)
	other.Histogram.Bounds = []float64{1, 2, 3}
	short := histogram("acme", 1, 1, 1, 1, 1)
	short.Histogram.Counts = short.Histogram.Counts[:2]
	for _, c := range []struct {
		name   string
		metric *metric.Metric
		hours  [][]metric.Sample
		says   string
	}{
		{"a series twice", outputtest.WonMetric(), [][]metric.Sample{{outputtest.Gauge(1, "source", "a"), outputtest.Gauge(1, "source", "a")}}, "duplicate"},
		{
			"a series twice but for an empty label", outputtest.WonMetric(),
			[][]metric.Sample{{outputtest.Gauge(1, "source", "a"), outputtest.Gauge(1, "source", "a", "rep", "")}},
			"duplicate",
		},
		{"a NaN", outputtest.WonMetric(), [][]metric.Sample{{outputtest.Gauge(math.NaN())}}, "not finite"},
		{"an infinite sum", size, [][]metric.Sample{{histogram("acme", math.Inf(1), 1, 1, 1, 1)}}, "not finite"},
		{"too few counts", size, [][]metric.Sample{{short}}, "differ in number"},
		{"other buckets than before", size, [][]metric.Sample{{histogram("acme", 1, 1, 1, 1, 1)}, {other}}, "buckets changed"},
		{"a gauge that was a histogram", size, [][]metric.Sample{
			{histogram("acme", 1, 1, 1, 1, 1)}, {outputtest.Gauge(1, "source", "acme")},
		}, "buckets changed"},
		{"labels without values", outputtest.WonMetric(), [][]metric.Sample{{{Labels: []string{"source"}}}}, "differ in number"},
		{"an illegal label", outputtest.WonMetric(), [][]metric.Sample{{outputtest.Gauge(1, "a-b", "x")}}, "illegal name"},
		{"an illegal metric", &metric.Metric{Name: "a b"}, [][]metric.Sample{{outputtest.Gauge(1)}}, "illegal name"},
	} {
		t.Run(c.name, func(t *testing.T) {
			past := history.New()
			var err error
			for i, samples := range c.hours {
				s := outputtest.Snapshot(c.metric, samples...)
				s.At = outputtest.At().Add(time.Duration(i) * time.Hour)
				err = past.Add(s)
			}
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("error is %v", err)
			}
		})
	}
	t.Run("an instant twice", func(t *testing.T) {
		past := history.New()
		pastOf(t, past, outputtest.WonMetric(), []metric.Sample{outputtest.Gauge(1)})
		if err := past.Add(outputtest.Snapshot(outputtest.WonMetric(), outputtest.Gauge(1))); err == nil || !strings.Contains(err.Error(), "order") {
			t.Errorf("error is %v", err)
		}
	})
}

// fullDisk takes some bytes and no more.
type fullDisk struct{ left int }

var errFull = errors.New("disk is full")

func (d *fullDisk) Write(b []byte) (int, error) {
	if d.left -= len(b); d.left < 0 {
		return 0, errFull
	}
	return len(b), nil
}

func TestHistoryWriteFails(t *testing.T) {
	past := history.New()
	hour := make([]metric.Sample, 0, 30_000)
	for i := range cap(hour) {
		hour = append(hour, outputtest.Gauge(1, "source", strings.Repeat("x", 50)+strconv.Itoa(i)))
	}
	pastOf(t, past, outputtest.WonMetric(), hour)
	for _, room := range []int{0, 1 << 20, 2 << 20} {
		if err := past.Write(&fullDisk{left: room}); !errors.Is(err, errFull) {
			t.Errorf("with room for %d bytes the error is %v", room, err)
		}
	}
}
