package backfill

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sales-exporter/sales_exporter/internal/calendar"
)

func zoned(t *testing.T, zone string) *calendar.Calendar {
	t.Helper()
	location, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	return calendar.New(calendar.Options{Location: location})
}

func TestBackfillInstants(t *testing.T) {
	now := time.Date(2026, 11, 23, 9, 30, 0, 0, time.UTC)
	for _, c := range []struct {
		name, zone, from, to string
		step                 time.Duration
		want                 []string
	}{
		{"days", "UTC", "2026-03-01", "2026-03-03", 24 * time.Hour, []string{
			"2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z", "2026-03-03T00:00:00Z",
		}},
		{"days over the beginning of daylight saving", "Europe/Berlin", "2026-03-28", "2026-03-30", 24 * time.Hour, []string{
			"2026-03-28T00:00:00+01:00", "2026-03-29T00:00:00+01:00", "2026-03-30T00:00:00+02:00",
		}},
		{"weeks over its end", "Europe/Berlin", "2026-10-21", "2026-11-04", 7 * 24 * time.Hour, []string{
			"2026-10-21T00:00:00+02:00", "2026-10-28T00:00:00+01:00", "2026-11-04T00:00:00+01:00",
		}},
		{"a day without midnight", "America/Sao_Paulo", "2018-11-03", "2018-11-05", 24 * time.Hour, []string{
			"2018-11-03T00:00:00-03:00", "2018-11-04T01:00:00-02:00", "2018-11-05T00:00:00-02:00",
		}},
		{
			"days keep their local time", "Europe/Berlin", "2026-10-24T16:00:00Z", "2026-10-26T17:00:00Z", 24 * time.Hour,
			[]string{"2026-10-24T18:00:00+02:00", "2026-10-25T18:00:00+01:00", "2026-10-26T18:00:00+01:00"},
		},
		{"hours are durations", "Europe/Berlin", "2026-10-25", "2026-10-25T05:00:00+01:00", 3 * time.Hour, []string{
			"2026-10-25T00:00:00+02:00", "2026-10-25T02:00:00+01:00", "2026-10-25T05:00:00+01:00",
		}},
		{
			"the repeated hour, first", "Europe/Berlin", "2025-10-26T02:30:00+02:00", "2025-10-26T02:40:00+02:00", 24 * time.Hour,
			[]string{"2025-10-26T02:30:00+02:00"},
		},
		{
			"the repeated hour, second", "Europe/Berlin", "2025-10-26T02:30:00+01:00", "2025-10-27T12:00:00Z", 24 * time.Hour,
			[]string{"2025-10-26T02:30:00+01:00", "2025-10-27T02:30:00+01:00"},
		},
		{
			"the repeated hour, second, in the west", "America/New_York", "2025-11-02T01:30:00-05:00", "2025-11-03T12:00:00Z",
			24 * time.Hour,
			[]string{"2025-11-02T01:30:00-05:00", "2025-11-03T01:30:00-05:00"},
		},
		{
			"over a repeated hour", "Europe/Berlin", "2025-10-25T02:30:00+02:00", "2025-10-27T12:00:00Z", 24 * time.Hour,
			[]string{"2025-10-25T02:30:00+02:00", "2025-10-26T02:30:00+02:00", "2025-10-27T02:30:00+01:00"},
		},
		{
			"over a repeated hour in the west", "America/New_York", "2025-11-01T01:59:59-04:00", "2025-11-03T12:00:00Z",
			24 * time.Hour,
			[]string{"2025-11-01T01:59:59-04:00", "2025-11-02T01:59:59-04:00", "2025-11-03T01:59:59-05:00"},
		},
		{
			"right after a repeated hour", "Europe/Berlin", "2025-10-25T03:00:00+02:00", "2025-10-26T12:00:00Z", 24 * time.Hour,
			[]string{"2025-10-25T03:00:00+02:00", "2025-10-26T03:00:00+01:00"},
		},
		{"a day that was left out", "Pacific/Apia", "2011-12-29", "2011-12-31", 24 * time.Hour, []string{
			"2011-12-29T00:00:00-10:00", "2011-12-31T00:00:00+14:00",
		}},
		{"since 1970", "UTC", "1970-01-01", "1970-01-02", 24 * time.Hour, []string{
			"1970-01-01T00:00:00Z", "1970-01-02T00:00:00Z",
		}},
		{"up to now", "UTC", "2026-11-22", "", 24 * time.Hour, []string{"2026-11-22T00:00:00Z", "2026-11-23T00:00:00Z"}},
		{"one", "UTC", "2026-11-23T09:30:00.0009Z", "2026-11-23T09:30:00Z", time.Hour, []string{"2026-11-23T09:30:00Z"}},
		{
			"an end after now", "UTC", "2026-11-23", "2026-11-23T23:00:00Z", 24 * time.Hour, []string{"2026-11-23T00:00:00Z"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := Request{From: c.from, To: c.to, Step: c.step}.instants(zoned(t, c.zone), now)
			if err != nil {
				t.Fatal(err)
			}
			var text []string
			for _, instant := range got {
				text = append(text, instant.Format(time.RFC3339Nano))
			}
			if diff := cmp.Diff(c.want, text); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestBackfillInstantsRefused(t *testing.T) {
	now := time.Date(2026, 11, 23, 9, 30, 0, 0, time.UTC)
	for _, c := range []struct {
		from, to string
		step     time.Duration
		says     string
	}{
		{"yesterday", "", time.Hour, "read --from: it must be a date such as"},
		{"2026-11-01", "2026-02-30", time.Hour, "read --to: it must be a date such as"},
		{"", "", time.Hour, "read --from"},
		{"2026-11-02", "2026-11-01", time.Hour, "is after --to 2026-11-01T00:00:00Z"},
		{"2026-11-01", "2026-11-02", 0, "--step must be longer than 0"},
		{"2026-11-01", "2026-11-02", -time.Hour, "--step must be longer than 0"},
		{"0001-01-01", "", 24 * time.Hour, "--from 0001-01-01T00:00:00Z is before 1970"},
		{"1969-12-31T23:59:59Z", "1970-01-02", 24 * time.Hour, "is before 1970"},
		{"2026-11-23T10:00:00Z", "", time.Hour, "2026-11-23T10:00:00Z is after now"},
		{"2026-11-22", "2026-11-25", 24 * time.Hour, "2026-11-24T00:00:00Z is after now"},
		{"2000-01-01", "", time.Minute, "more than 100000 instants are between --from and --to; choose a --step larger"},
	} {
		t.Run(fmt.Sprint(c.from, " to ", c.to, " step ", c.step), func(t *testing.T) {
			got, err := Request{From: c.from, To: c.to, Step: c.step}.instants(zoned(t, "UTC"), now)
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%d instants, error %v", len(got), err)
			}
		})
	}
}
