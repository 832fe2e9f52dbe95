package query

import (
	"testing"
	"time"

	"github.com/sales-exporter/sales_exporter/tools/boards/board"
)

func TestResolve(t *testing.T) {
	const (
		january = 0
		april   = 3
	)
	now := time.Date(2026, 5, 31, 14, 15, 16, 0, time.UTC) // a Sunday
	for _, c := range []struct {
		text  string
		end   bool
		start int
		want  string
	}{
		{"now", false, january, "2026-05-31T14:15:16Z"},
		{"now-6h", false, january, "2026-05-31T08:15:16Z"},
		{"now-90d", false, january, "2026-03-02T14:15:16Z"},
		{"now-1d+2h-30m", false, january, "2026-05-30T15:45:16Z"},
		{"now-45s", false, january, "2026-05-31T14:14:31Z"},
		{"now-2w", false, january, "2026-05-17T14:15:16Z"},
		{"now-1Q", false, january, "2026-02-28T14:15:16Z"},
		{"now-1M", false, january, "2026-04-30T14:15:16Z"}, // April has no 31st.
		{"now-3M", false, january, "2026-02-28T14:15:16Z"},
		{"now+1y", false, january, "2027-05-31T14:15:16Z"},
		{"now/m", false, january, "2026-05-31T14:15:00Z"},
		{"now/h", true, january, "2026-05-31T14:59:59.999Z"},
		{"now/d", false, january, "2026-05-31T00:00:00Z"},
		{"now/d", true, january, "2026-05-31T23:59:59.999Z"},
		{"now/w", false, january, "2026-05-25T00:00:00Z"},
		{"now-1d/d", false, january, "2026-05-30T00:00:00Z"},
		{"now/M", true, january, "2026-05-31T23:59:59.999Z"},
		{"now/Q", false, january, "2026-04-01T00:00:00Z"},
		{"now/y", true, january, "2026-12-31T23:59:59.999Z"},
		{"now/fQ", false, january, "2026-04-01T00:00:00Z"},
		{"now/fQ", true, january, "2026-06-30T23:59:59.999Z"},
		{"now/fQ", false, 1, "2026-05-01T00:00:00Z"}, // Fiscal years begin in February.
		{"now/fQ", true, 1, "2026-07-31T23:59:59.999Z"},
		{"now-1M/fQ", false, 1, "2026-02-01T00:00:00Z"},
		{"now/fy", false, april, "2026-04-01T00:00:00Z"},
		{"now-2M/fy", false, april, "2025-04-01T00:00:00Z"},
		{"now/fy", true, april, "2027-03-31T23:59:59.999Z"},
		{"2026-01-02T03:04:05Z", false, january, "2026-01-02T03:04:05Z"},
	} {
		got, err := Clock{Now: now, FiscalStart: c.start}.Resolve(c.text, c.end)
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
		} else if got := got.Format(time.RFC3339Nano); got != c.want {
			t.Errorf("%s, end %t, fiscal start %d: got %s, want %s", c.text, c.end, c.start, got, c.want)
		}
	}
}

func TestFiscalQuartersOfEveryMonth(t *testing.T) {
	for start := range 12 {
		for month := time.January; month <= time.December; month++ {
			now := time.Date(2026, month, 15, 12, 0, 0, 0, time.UTC)
			clock := Clock{Now: now, FiscalStart: start}
			from, err := clock.Resolve("now/fQ", false)
			if err != nil {
				t.Fatal(err)
			}
			to, err := clock.Resolve("now/fQ", true)
			if err != nil {
				t.Fatal(err)
			}
			if now.Before(from) || now.After(to) || !to.Add(time.Millisecond).Equal(from.AddDate(0, 3, 0)) {
				t.Errorf("fiscal start %d, %s: the quarter is %s to %s", start, month, from, to)
			}
			if (int(from.Month())-1-start+12)%3 != 0 {
				t.Errorf("fiscal start %d, %s: the quarter begins in %s", start, month, from.Month())
			}
		}
	}
}

func TestResolveBad(t *testing.T) {
	for _, text := range []string{"", "today", "now-", "now-1x", "now/f", "now-99999999999999999999d", "2026-01-02"} {
		if got, err := (Clock{Now: time.Now()}).Resolve(text, false); err == nil {
			t.Errorf("%q is %s, want an error", text, got)
		}
	}
	if _, _, err := (Clock{Now: time.Now()}).Range(board.TimeRange{From: "now", To: "now-1h"}); err == nil {
		t.Error("a range that ends before it begins is accepted")
	}
}
