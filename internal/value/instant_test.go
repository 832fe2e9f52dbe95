package value_test

import (
	"testing"
	"time"
	_ "time/tzdata" // The tests name zones, wherever they run.

	"github.com/sales-exporter/sales_exporter/internal/value"
)

func TestParseInstant(t *testing.T) {
	moment := func(s string) value.Instant {
		at, err := time.Parse(time.RFC3339Nano, s)
		if err != nil {
			t.Fatal(err)
		}
		return value.Moment(at)
	}
	tests := []struct {
		text string
		want value.Instant
		bad  bool
	}{
		{text: "2026-03-09T20:29:45.981Z", want: moment("2026-03-09T20:29:45.981Z")},
		{text: "2026-03-09T20:29:45Z", want: moment("2026-03-09T20:29:45Z")},
		{text: "2026-03-01T00:10:05.000+0000", want: moment("2026-03-01T00:10:05Z")},
		{text: "2026-03-01T00:10:05.000-0730", want: moment("2026-03-01T07:40:05Z")},
		{text: "2026-03-01T00:10:05+01:00", want: moment("2026-02-28T23:10:05Z")},
		{text: "2026-03-31", want: value.Date(2026, 3, 31)},
		{text: "1767225600000", want: moment("2026-01-01T00:00:00Z")},
		{text: "1.7672256E12", want: moment("2026-01-01T00:00:00Z")},
		{text: "-86400000", want: moment("1969-12-31T00:00:00Z")},
		{text: "", want: value.Instant{}},
		{text: "  ", want: value.Instant{}},
		{text: "yesterday", bad: true},
		{text: "2026-02-30", bad: true},
		{text: "31.03.2026", bad: true},
		{text: "NaN", bad: true},
		{text: "1e300", bad: true},
		{text: "0001-01-01", want: value.Date(1, 1, 1)},
		{text: "0001-01-01T00:00:00Z", want: moment("0001-01-01T00:00:00Z")},
		{text: "-62135596800000", want: moment("0001-01-01T00:00:00Z")},
		{text: "1899-12-30", want: value.Date(1899, 12, 30)},
		{text: "9999-12-31", want: value.Date(9999, 12, 31)},
		{text: "9999-12-31T23:59:59.999+0000", want: moment("9999-12-31T23:59:59.999Z")},
		{text: "253402300799999", want: moment("9999-12-31T23:59:59.999Z")},
		{text: "253402300800000", bad: true},
		{text: "-62135596800001", bad: true},
		{text: "10000-01-01", bad: true},
	}
	for _, test := range tests {
		t.Run(test.text, func(t *testing.T) {
			got, err := value.ParseInstant(test.text)
			if (err != nil) != test.bad {
				t.Fatalf("error: %v", err)
			}
			if !test.bad && got != test.want {
				t.Errorf("got %s, want %s", got.Encode(), test.want.Encode())
			}
		})
	}
}

// TestInstantIn holds the difference between a moment, which a zone shifts, and a bare date, which it must not.
func TestInstantIn(t *testing.T) {
	kathmandu, err := time.LoadLocation("Asia/Kathmandu")
	if err != nil {
		t.Fatal(err)
	}
	date := value.Date(2026, time.March, 31).In(kathmandu)
	if want := time.Date(2026, 3, 31, 0, 0, 0, 0, kathmandu); !date.Equal(want) {
		t.Errorf("bare date: got %v, want %v", date, want)
	}
	moment := value.Moment(time.Date(2026, 3, 31, 20, 0, 0, 0, time.UTC)).In(kathmandu)
	if want := time.Date(2026, 4, 1, 1, 45, 0, 0, kathmandu); !moment.Equal(want) {
		t.Errorf("moment: got %v, want %v", moment, want)
	}
	if (value.Instant{}).Known() || !value.Date(2026, 1, 1).IsDate() || value.MomentMilli(0).IsDate() || !value.MomentMilli(0).Known() {
		t.Error("kinds are mixed up")
	}
}

func TestDateRange(t *testing.T) {
	century := value.DateRange{From: value.Date(2001, 1, 1), To: value.Date(2010, 6, 30)}
	moment := func(s string) value.Instant {
		at, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return value.Moment(at)
	}
	tests := map[string]struct {
		dates value.DateRange
		at    value.Instant
		want  bool
	}{
		"the first day":               {century, value.Date(2001, 1, 1), true},
		"the day before it":           {century, value.Date(2000, 12, 31), false},
		"the last day":                {century, value.Date(2010, 6, 30), true},
		"the evening of the last day": {century, moment("2010-06-30T23:59:59Z"), true},
		"the night after it":          {century, moment("2010-07-01T00:00:00Z"), false},
		"SQL Server's first date":     {value.DateRange{}, value.Date(1900, 1, 1), false},
		"a workbook's day 0":          {value.DateRange{}, value.Date(1899, 12, 30), false},
		"epoch 0":                     {value.DateRange{}, moment("1970-01-01T00:00:00Z"), false},
		"the zero time of programs":   {value.DateRange{}, value.Date(1, 1, 1), false},
		"the last date of programs":   {value.DateRange{}, value.Date(9999, 12, 31), false},
		"the first one by default":    {value.DateRange{}, value.Date(1990, 1, 1), true},
		"the last one by default":     {value.DateRange{}, moment("2100-12-31T23:00:00Z"), true},
		"today":                       {value.DateRange{}, value.Date(2026, 5, 20), true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := test.dates.Holds(test.at); got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}
