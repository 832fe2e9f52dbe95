package query

import (
	"encoding/json"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	v1 "github.com/prometheus/client_golang/api/prometheus/v1"
	"github.com/prometheus/common/model"

	"github.com/sales-exporter/sales_exporter/tools/boards/board"
	"github.com/sales-exporter/sales_exporter/tools/boards/stack/promtest"
)

var (
	now     = time.Date(2026, 5, 20, 14, 15, 16, 0, time.UTC)
	quarter = time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)
)

func prepared() promtest.Prometheus {
	return promtest.Prometheus{Values: map[string][]string{
		"job of build_info":                     {"sales_exporter"},
		`period of target{job=~".+"}`:           {"month", "quarter"},
		`target of target{period="quarter"}`:    {"revenue", "win_ratio"},
		"team of deals":                         {"EMEA (north)", "SMB"},
		`target of target{period="not chosen"}`: {"wrong"},
	}}
}

func load(t *testing.T) *board.Board {
	t.Helper()
	b, err := board.Load(filepath.Join("testdata", "board.json"))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestOpen(t *testing.T) {
	source := Source{API: prepared().Start(t), Now: now, ScrapeInterval: 5 * time.Second}
	o, err := source.Open(t.Context(), load(t))
	if err != nil {
		t.Fatal(err)
	}
	if !o.From.Equal(quarter) || !o.To.Equal(now) {
		t.Errorf("the range is %s to %s", o.From, o.To)
	}
	hours := v1.Range{Start: quarter, End: time.Date(2026, 5, 20, 14, 0, 0, 0, time.UTC), Step: time.Hour}
	days := v1.Range{Start: quarter, End: time.Date(2026, 5, 20, 0, 0, 0, 0, time.UTC), Step: 24 * time.Hour}
	halfDays := v1.Range{Start: quarter, End: time.Date(2026, 5, 20, 12, 0, 0, 0, time.UTC), Step: 12 * time.Hour}
	want := []Query{
		{
			Panel: "Now", PanelID: 1, Ref: "A", Instant: true, Range: hours, Legend: "x",
			Expr: `target{target="revenue",window="quarter_to_date"}`,
		},
		{Panel: "Trend", PanelID: 3, Ref: "A", Range: days, Expr: `last_over_time(deals{team=~".*"}[1d])`},
		{
			Panel: "Team $team", PanelID: 4, Ref: "A", Instant: true, Range: hours,
			Expr: `deals{team=~"EMEA \\(north\\)"}`,
		},
		{
			Panel: "Team $team", PanelID: 4, Value: "SMB", Ref: "A", Instant: true, Range: hours,
			Expr: `deals{team=~"SMB"}`,
		},
		// Panels of a repeated row are repeated with it.
		{Panel: "Wins", PanelID: 6, Ref: "A", Instant: true, Range: hours, Expr: `wins{team=~"EMEA \\(north\\)"}`},
		{Panel: "Wins", PanelID: 6, Value: "SMB", Ref: "A", Instant: true, Range: hours, Expr: `wins{team=~"SMB"}`},
		{Panel: "Starts", Ref: "annotation", Range: halfDays, Legend: "{{instance}}", Expr: `start{job=~".+"}`},
	}
	if diff := cmp.Diff(want, o.Queries); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(map[string][]string{"team": {"EMEA (north)", "SMB"}}, o.Repeats); diff != "" {
		t.Error(diff)
	}
}

func TestOpenWithoutValues(t *testing.T) {
	p := prepared()
	delete(p.Values, "team of deals")
	_, err := Source{API: p.Start(t), Now: now}.Open(t.Context(), load(t))
	if err == nil || !strings.Contains(err.Error(), "team") {
		t.Errorf("a variable without values: %v", err)
	}
}

func TestDump(t *testing.T) {
	p := prepared()
	asked := make(chan string, 10)
	p.Asked = asked
	one := model.Vector{{Metric: model.Metric{"team": "SMB"}, Value: 1.5, Timestamp: 1000}}
	p.Vectors = map[string]model.Vector{`deals{team=~"SMB"}`: one}
	firing := map[string]any{"state": "firing", "labels": map[string]string{"alertname": "X"}}
	p.Alerts = map[string]any{"alerts": []any{firing}}
	dump, err := Source{API: p.Start(t), Now: now}.Dump(t.Context(), []*board.Board{load(t)})
	if err != nil {
		t.Fatal(err)
	}
	close(asked)
	var got struct {
		Boards map[string]struct {
			Variables map[string]string
			From, To  int64
			Panels    map[string]map[string]json.RawMessage
			Alerts    []struct{ Labels map[string]string }
		}
	}
	raw, err := json.Marshal(dump)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &got); err != nil {
		t.Fatal(err)
	}
	b := got.Boards["test"]
	wantVariables := map[string]string{
		"datasource": "prometheus", "job": "All", "period": "quarter", "target": "revenue", "team": "All",
	}
	if diff := cmp.Diff(wantVariables, b.Variables); diff != "" {
		t.Error(diff)
	}
	if b.From != quarter.Unix() || b.To != now.Unix() || len(b.Alerts) != 1 || b.Alerts[0].Labels["alertname"] != "X" {
		t.Errorf("the range is %d to %d, the alerts are %v", b.From, b.To, b.Alerts)
	}
	if _, ok := b.Panels["4"]; !ok || len(b.Panels) != 6 {
		t.Errorf("the panels are %v", b.Panels)
	}
	const want = `{"type":"vector","result":[{"metric":{"team":"SMB"},"value":[1,"1.5"]}],"legend":""}`
	if diff := cmp.Diff(want, string(b.Panels["4/SMB"]["A"])); diff != "" {
		t.Error(diff)
	}
	var times []string
	for a := range asked {
		times = append(times, a)
	}
	const instant = `query=deals{team=~"SMB"} time=1779286516`
	if !slices.Contains(times, instant) {
		t.Errorf("instant queries are not evaluated at the end of the range: %q", times)
	}
}

func TestFinite(t *testing.T) {
	nan, inf := model.SampleValue(math.NaN()), model.SampleValue(math.Inf(1))
	for name, c := range map[string]struct {
		value model.Value
		want  int
	}{
		"nothing": {nil, 0},
		"scalar":  {&model.Scalar{Value: 0}, 1},
		"vector":  {model.Vector{{Value: 1}, {Value: nan}, {Value: inf}}, 1},
		"matrix":  {model.Matrix{{Values: []model.SamplePair{{Value: 1}, {Value: nan}, {Value: 2}}}, {}}, 2},
	} {
		if got := (Result{Value: c.value}).Finite(); got != c.want {
			t.Errorf("%s: %d finite samples, want %d", name, got, c.want)
		}
	}
}
