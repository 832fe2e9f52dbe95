package preview

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sales-exporter/sales_exporter/tools/boards/board"
)

// fieldConfig reads a panel's field configuration.
func fieldConfig(t *testing.T, raw string) (defaults map[string]json.RawMessage, overrides []board.Override) {
	t.Helper()
	var c struct {
		Defaults  map[string]json.RawMessage `json:"defaults"`
		Overrides []board.Override           `json:"overrides"`
	}
	if err := json.Unmarshal([]byte(raw), &c); err != nil {
		t.Fatal(err)
	}
	return c.Defaults, c.Overrides
}

func TestConfigure(t *testing.T) {
	frames := []Frame{
		seriesFrame(board.Target{RefID: "A", LegendFormat: "won"}, Series{Values: []Sample{{1, 2}}}),
		seriesFrame(board.Target{RefID: "B", LegendFormat: "expected by now"}, Series{Values: []Sample{{1, 2}}}),
	}
	defaults, overrides := fieldConfig(t, `{
		"defaults": {"unit": "currencyUSD", "custom": {"lineWidth": 2, "drawStyle": "line"}},
		"overrides": [
			{"matcher": {"id": "byRegexp", "options": "/^expected/"}, "properties": [
				{"id": "displayName", "value": "plan"},
				{"id": "custom.lineStyle", "value": {"fill": "dash", "dash": [4, 4]}}]},
			{"matcher": {"id": "byFrameRefID", "options": "B"}, "properties": [{"id": "unit", "value": "short"}]},
			{"matcher": {"id": "byName", "options": "won"}, "properties": [{"id": "custom.drawStyle", "value": "bars"}]}
		]}`)
	if err := configure(frames, defaults, overrides); err != nil {
		t.Fatal(err)
	}
	type look struct{ Title, Unit, Style, Dashes string }
	var got []look
	for i := range frames {
		f := &frames[i].Fields[1]
		got = append(got, look{f.Title(), f.Config.Unit, f.Config.Custom.DrawStyle, dashes(f)})
	}
	want := []look{{"won", "currencyUSD", "bars", ""}, {"plan", "short", "line", ` stroke-dasharray="4 4"`}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("configuration (-want +got):\n%s", diff)
	}
}

func TestConfigureRefuses(t *testing.T) {
	for name, raw := range map[string]string{
		"byValue":        `{"overrides": [{"matcher": {"id": "byValue", "options": "1"}}]}`,
		"percent":        `{"defaults": {"custom": {"stacking": {"mode": "percent"}}}}`,
		"continuous-foo": `{"defaults": {"color": {"mode": "continuous-foo"}}}`,
	} {
		defaults, overrides := fieldConfig(t, raw)
		frames := []Frame{seriesFrame(board.Target{}, Series{Values: []Sample{{1, 2}}})}
		if err := configure(frames, defaults, overrides); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: got %v, want an error that names it", name, err)
		}
	}
}

func TestDisplay(t *testing.T) {
	defaults, _ := fieldConfig(t, `{"defaults": {
		"unit": "percentunit", "decimals": 0, "noValue": "no data yet", "color": {"mode": "thresholds"},
		"thresholds": {"mode": "absolute", "steps": [{"color": "red"}, {"color": "green", "value": 1}]},
		"mappings": [
			{"type": "value", "options": {"0": {"text": "none", "color": "text"}, "Infinity": {"text": "all"}}},
			{"type": "range", "options": {"from": 2, "to": null, "result": {"text": "far ahead"}}},
			{"type": "special", "options": {"match": "nan", "result": {"text": "", "color": "blue"}}}]}}`)
	frames := []Frame{{Fields: []Field{{Name: "x", Kind: Number}}}}
	if err := configure(frames, defaults, nil); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		value Value
		want  shown
	}{
		{number(0.5), shown{Text: "50%", Color: "#F2495C"}},
		{number(1), shown{Text: "100%", Color: "#73BF69"}},
		{number(0), shown{Text: "none", Color: colorText, Mapped: true}},
		{number(math.Inf(1)), shown{Text: "all", Color: "#73BF69", Mapped: true}},
		{number(3), shown{Text: "far ahead", Color: "#73BF69", Mapped: true}},
		{null(), shown{Text: "no data yet", Color: "#5794F2"}},
	} {
		got, err := formatter{}.display(&frames[0].Fields[0], tt.value)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("display(%v) (-want +got):\n%s", tt.value, diff)
		}
	}
}

// TestDisplayOfLabels shows what Grafana makes of labels in a unit that is meant for the values beside them.
func TestDisplayOfLabels(t *testing.T) {
	for _, tt := range []struct{ label, unit, want string }{
		{"acme", "dateTimeFromNow", "NaN"},
		{"v1.2.3", "dateTimeAsIso", "NaN"},
		{"acme", "currencyUSD", "acme"},
		{"77012345", "currencyUSD", "$77.0M"},
		{"365", "percentunit", "36500%"},
		{"007", "none", "7"},
		{"007", "string", "007"},
		{"365", "", "365"},
	} {
		got, err := formatter{}.display(&Field{Kind: Text, Config: Config{Unit: tt.unit}}, Value{Text: tt.label})
		if err != nil || got.Text != tt.want {
			t.Errorf("%s in %q reads %q (%v), want %q", tt.label, tt.unit, got.Text, err, tt.want)
		}
	}
}

func TestThresholdsByPercentage(t *testing.T) {
	low, high, half := 0.0, 400.0, 50.0
	c := Config{Min: &low, Max: &high, Thresholds: &board.Thresholds{
		Mode: "percentage", Steps: []board.Step{{Color: "red"}, {Color: "green", Value: &half}},
	}}
	for value, want := range map[float64]string{199: resolveColor("red"), 200: resolveColor("green")} {
		if got := c.thresholdColor(number(value)); got != want {
			t.Errorf("color of %v = %s, want %s", value, got, want)
		}
	}
}
