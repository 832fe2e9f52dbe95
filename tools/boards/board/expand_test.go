package board_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sales-exporter/sales_exporter/tools/boards/board"
)

// aQuarter is 92 days from an arbitrary instant; a panel of 1000 pixels draws it in steps of 2 h.
func aQuarter() board.Window {
	from := time.Date(2026, time.July, 1, 0, 0, 0, 0, time.UTC)
	return board.Window{From: from, To: from.AddDate(0, 0, 92)}
}

func TestExpand(t *testing.T) {
	values := map[string]board.Value{
		"job":    {All: ".+", Pattern: true},
		"team":   {Values: []string{"North (EU)", "A.B"}, Pattern: true},
		"source": {Values: []string{"acme.com"}, Pattern: true},
		"target": {Values: []string{`50% "new" \o/`}},
		"period": {Values: []string{"quarter"}},
	}
	tests := []struct {
		name, text, want string
	}{
		{"single value", `{period="$period"}`, `{period="quarter"}`},
		{"braces end a name", `{window="${period}_to_date"}`, `{window="quarter_to_date"}`},
		{"brackets", `{period="[[period]]"}`, `{period="quarter"}`},
		{"a longer name is another", `$periods`, `$periods`},
		{"single values are quoted for PromQL", `{target="$target"}`, `{target="50% \"new\" \\o/"}`},
		{"several become alternatives", `{team=~"$team"}`, `{team=~"(North \\(EU\\)|A\\.B)"}`},
		{"one of several is a pattern, too", `{source=~"$source"}`, `{source=~"acme\\.com"}`},
		{"all is not escaped", `{job=~"$job"}`, `{job=~".+"}`},
		{"regex", `${team:regex}`, `(North \(EU\)|A\.B)`},
		{"regex of all", `${job:regex}`, `.+`},
		{"pipe", `${team:pipe}`, `North (EU)|A.B`},
		{"csv", `${team:csv}`, `North (EU),A.B`},
		{"format in brackets", `[[team:pipe]]`, `North (EU)|A.B`},
		{
			"queryparam", `/d/x?${team:queryparam}&${job:queryparam}`,
			`/d/x?var-team=North+%28EU%29&var-team=A.B&var-job=%24__all`,
		},
		{"unknown names stay", `$unknown ${unknown:regex}`, `$unknown ${unknown:regex}`},
		{"fields of data links stay", `${__data.fields.rep} ${__value.raw}`, `${__data.fields.rep} ${__value.raw}`},
		{"captures of a regular expression stay", `$1`, `$1`},
		{"interval", `x[$__interval]`, `x[2h]`},
		{"interval in milliseconds", `$__interval_ms`, `7200000`},
		{"rate interval", `rate(x[$__rate_interval])`, `rate(x[2h15s])`},
		{"range", `x[$__range] $__range_s ${__range_ms}`, `x[7948800s] 7948800 7948800000`},
		{
			"instants", `$__from ${__to} ${__from:date:seconds} ${__from:date}`,
			`1782864000000 1790812800000 1782864000 2026-07-01T00:00:00.000Z`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, board.Expand(tt.text, values, aQuarter())); diff != "" {
				t.Errorf("Expand(%q) (-want +got):\n%s", tt.text, diff)
			}
		})
	}
}

func TestUses(t *testing.T) {
	text := `sum(rate(x{job=~"$job",team=~"${team:regex}",job=~"[[job]]"}[$__rate_interval])) $1`
	if diff := cmp.Diff([]string{"job", "team"}, board.Uses(text)); diff != "" {
		t.Errorf("Uses (-want +got):\n%s", diff)
	}
}

func TestWindow(t *testing.T) {
	tests := []struct {
		name           string
		length         time.Duration
		window         board.Window
		interval, rate time.Duration
	}{
		{"an hour stops at the scrape interval", time.Hour, board.Window{}, 15 * time.Second, time.Minute},
		{"another scrape interval", time.Hour, board.Window{ScrapeInterval: time.Minute}, time.Minute, 4 * time.Minute},
		{"a day", 24 * time.Hour, board.Window{}, time.Minute, 75 * time.Second},
		{
			"a small panel", 24 * time.Hour,
			board.Window{MaxDataPoints: 100},
			15 * time.Minute,
			15*time.Minute + 15*time.Second,
		},
		{"a minimum", 24 * time.Hour, board.Window{MinInterval: 24 * time.Hour}, 24 * time.Hour, 96 * time.Hour},
		{"a year", 365 * 24 * time.Hour, board.Window{}, 6 * time.Hour, 6*time.Hour + 15*time.Second},
		{
			"a year on few pixels", 365 * 24 * time.Hour,
			board.Window{MaxDataPoints: 500},
			12 * time.Hour,
			12*time.Hour + 15*time.Second,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := tt.window
			w.From = time.Date(2026, time.July, 1, 0, 0, 0, 0, time.UTC)
			w.To = w.From.Add(tt.length)
			if got := w.Interval(); got != tt.interval {
				t.Errorf("Interval() = %v, want %v", got, tt.interval)
			}
			if got := w.RateInterval(); got != tt.rate {
				t.Errorf("RateInterval() = %v, want %v", got, tt.rate)
			}
		})
	}
}
