package preview

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestFormat(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	two, one, zero := 2, 1, 0
	for _, tt := range []struct {
		value    float64
		unit     string
		decimals *int
		want     string
	}{
		{1234.5, "", nil, "1235"},
		{0.5, "", nil, "0.500"},
		{12.345, "none", nil, "12.3"},
		{-12.345, "none", nil, "-12"},
		{-0.001, "none", &zero, "0"},
		{999, "short", nil, "999"},
		{1000, "short", nil, "1 K"},
		{2.5e6, "short", nil, "2.50 Mil"},
		{1234567.8, "locale", &zero, "1,234,568"},
		{-1234.5, "locale", &one, "-1,234.5"},
		{1870000, "currencyUSD", nil, "$1.87M"},
		{-72600, "currencyEUR", &one, "-€72.6K"},
		{0, "currencyUSD", &one, "$0.0"},
		{2.5, "currency:PLN ", &one, "PLN 2.5"},
		{0.479, "percentunit", nil, "47.9%"},
		{0.479, "percentunit", &zero, "48%"},
		{47.9, "percent", &zero, "48%"},
		{3.21, "suffix:x", &one, "3.2 x"},
		{3, "prefix:~", nil, "~3"},
		{1536, "bytes", nil, "1.50 KiB"},
		{1500, "decbytes", nil, "1.50 kB"},
		{0.25, "reqps", nil, "0.250 req/s"},
		{1200, "reqps", nil, "1.20K req/s"},
		{1200, "count:deals", nil, "1.20K deals"},
		{0, "s", nil, "0 s"},
		{0.0015, "s", &one, "1.5 ms"},
		{90, "s", &one, "1.5 mins"},
		{3600, "s", nil, "1 hour"},
		{86400 * 8, "s", &one, "1.1 weeks"},
		{1500, "ms", &one, "1.5 s"},
		{5, "d", nil, "5 days"},
		{14, "d", nil, "2 weeks"},
		{0, "dtdurations", nil, "0 seconds"},
		{25, "dtdurations", &zero, "25 seconds"},
		{3661, "dtdurations", &one, "1 hour, 1 minute"},
		{-7200, "dtdurations", &zero, "2 hours ago"},
		{7200000, "dtdurationms", &two, "2 hours, 0 minutes, 0 seconds"},
		{float64(now.Add(-3 * time.Hour).UnixMilli()), "dateTimeFromNow", nil, "3 hours ago"},
		{float64(now.Add(49 * time.Hour).UnixMilli()), "dateTimeFromNow", nil, "in 2 days"},
		{float64(now.UnixMilli()), "dateTimeAsIso", nil, "2026-11-23 12:00:00"},
		{float64(now.UnixMilli()), "dateTimeAsIsoNoDateIfToday", nil, "12:00:00"},
		{float64(now.UnixMilli()), "time:DD MMM HH:mm", nil, "23 Nov 12:00"},
		{1, "bool_yes_no", nil, "Yes"},
		{math.Inf(1), "currencyUSD", nil, "∞"},
	} {
		got, err := formatter{now: now}.format(tt.value, tt.unit, tt.decimals)
		if err != nil || got != tt.want {
			t.Errorf("format(%v, %q) = %q, %v; want %q", tt.value, tt.unit, got, err, tt.want)
		}
	}
}

func TestFormatRefusesUnknownUnits(t *testing.T) {
	for _, unit := range []string{"currencyXXX", "furlongs", "si:m"} {
		if got, err := (formatter{}).format(1, unit, nil); err == nil {
			t.Errorf("format in %q = %q, want an error", unit, got)
		}
	}
}

func TestTicks(t *testing.T) {
	s := scale{min: 0, max: 4.2, from: 100, to: 0}
	if diff := cmp.Diff([]float64{0, 2, 4}, s.ticks(28)); diff != "" {
		t.Errorf("ticks (-want +got):\n%s", diff)
	}
	from := time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)
	x := scale{
		min: float64(from.UnixMilli()), max: float64(from.AddDate(1, 0, 0).UnixMilli()), from: 0, to: 600,
	}
	_, labels := x.timeTicks(76)
	if diff := cmp.Diff([]string{"2026-11", "2027-01", "2027-03", "2027-05", "2027-07", "2027-09"}, labels); diff != "" {
		t.Errorf("labels of a year (-want +got):\n%s", diff)
	}
	x.max = float64(from.Add(36 * time.Hour).UnixMilli())
	_, labels = x.timeTicks(200)
	want := []string{"10/01 00:00", "10/01 12:00", "10/02 00:00", "10/02 12:00"}
	if diff := cmp.Diff(want, labels); diff != "" {
		t.Errorf("labels of two days (-want +got):\n%s", diff)
	}
}

func TestNiceRange(t *testing.T) {
	for _, tt := range []struct{ low, high, wantLow, wantHigh float64 }{
		{0, 100, 0, 110},
		{5, 100, 0, 110},
		{90, 100, 89, 101},
		{-100, -5, -110, 0},
		{7, 7, 6.3, 7.7},
		{0, 0, 0, 1},
	} {
		low, high := niceRange(tt.low, tt.high)
		if math.Abs(low-tt.wantLow) > 1e-9 || math.Abs(high-tt.wantHigh) > 1e-9 {
			t.Errorf("niceRange(%v, %v) = %v, %v; want %v, %v", tt.low, tt.high, low, high, tt.wantLow, tt.wantHigh)
		}
	}
}
