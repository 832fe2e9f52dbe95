package source_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // The tests name zones, wherever they run.

	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/source"
)

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	location, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return location
}

// TestDifferences compares an account's calendar with the configured one (case C4). A zone by another name is no
// difference where the clocks agree.
func TestDifferences(t *testing.T) {
	for _, c := range []struct {
		configured, account string
		ours, theirs        int
		says                []string
	}{
		{configured: "UTC", account: "America/New_York", says: []string{"timezone: America/New_York"}},
		{configured: "Europe/Berlin", account: "Europe/Vienna"},
		{configured: "America/New_York", account: "US/Eastern"},
		{configured: "UTC", account: "Etc/GMT"},
		{configured: "UTC", account: "Africa/Abidjan"},
		// The same in winter.
		{configured: "UTC", account: "Europe/London", says: []string{"timezone: Europe/London"}},
		{configured: "Europe/Lisbon", account: "Europe/London"},
		// The same but for the days on which the clocks change.
		{configured: "America/New_York", account: "America/Havana", says: []string{"timezone: America/Havana"}},
		// The same offset in summer only.
		{configured: "America/Phoenix", account: "America/Los_Angeles", says: []string{"timezone: America/Los_Angeles"}},
		{configured: "Asia/Kolkata", account: "Asia/Kathmandu", says: []string{"timezone: Asia/Kathmandu"}},
		{configured: "UTC", account: "Mars/Olympus", says: []string{`"Mars/Olympus" is unknown`}},
		{configured: "UTC", account: ""},
		{configured: "UTC", account: "UTC", ours: 4, theirs: 4},
		{configured: "UTC", account: "UTC", ours: 1, theirs: 4, says: []string{"fiscal_year_start_month: 4"}},
		{configured: "UTC", account: "UTC", ours: 4, theirs: 0},
		{configured: "UTC", account: "UTC", ours: 4, theirs: 13},
		{configured: "UTC", account: "UTC", ours: 0, theirs: 4},
		{
			configured: "UTC", account: "Asia/Tokyo", ours: 1, theirs: 4,
			says: []string{"timezone: Asia/Tokyo", "fiscal_year_start_month: 4"},
		},
	} {
		t.Run(c.configured+" "+c.account, func(t *testing.T) {
			env := source.Environment{
				Location: zone(t, c.configured), FiscalYearStart: time.Month(c.ours),
				Now: func() time.Time { return time.Date(2026, time.November, 30, 0, 0, 0, 0, time.UTC) },
			}
			got := env.Differences(record.AccountIdentity{ID: "1", TimeZone: c.account, FiscalYearStart: c.theirs})
			if len(got) != len(c.says) {
				t.Fatalf("differences are %q, want %q", got, c.says)
			}
			for i, want := range c.says {
				if !strings.Contains(got[i], want) {
					t.Errorf("difference %q does not say %q", got[i], want)
				}
			}
		})
	}
}

// accountSink is a mirror that is pinned to an account.
type accountSink struct {
	pinned  string
	commits int
}

var errOther = errors.New("another account")

func (s *accountSink) Commit(_ context.Context, b record.Batch) error {
	if s.commits++; b.Account.ID != s.pinned {
		return errOther
	}
	return nil
}

// TestAccountWatch follows a credential through a connector's life: when the account is asked for, and when a page may
// be handed over.
func TestAccountWatch(t *testing.T) {
	now := time.Date(2026, time.November, 30, 0, 0, 0, 0, time.UTC)
	var log bytes.Buffer
	credential, reads := "a", 0
	var w *source.AccountWatch
	w = source.NewAccountWatch("", source.Environment{
		Now: func() time.Time { return now }, Logger: slog.New(slog.NewTextHandler(&log, nil)),
	}, func(context.Context) (*record.AccountIdentity, error) {
		reads++
		w.Use(credential)
		return &record.AccountIdentity{ID: strings.TrimSuffix(credential, "-rotated"), TimeZone: "Asia/Tokyo"}, nil
	})
	sink := &accountSink{pinned: "a"}
	expect := func(what string, err, want error, wantReads int) {
		t.Helper()
		if !errors.Is(err, want) || reads != wantReads {
			t.Errorf("%s: error %v, want %v; %d readings, want %d", what, err, want, reads, wantReads)
		}
		reads = 0
	}
	identify := func() error { return w.Identify(t.Context(), "deals", nil, sink) }
	vouch := func() error { _, err := w.Vouch(t.Context()); return err }

	expect("the first sync", identify(), nil, 1)
	w.Use(credential)
	expect("its page", vouch(), nil, 0)
	expect("its end", identify(), nil, 0)
	now = now.Add(time.Hour)
	expect("an hour later", identify(), nil, 1)
	now = now.Add(-2 * time.Hour)
	expect("a clock that was set back", identify(), nil, 1)

	credential = "a-rotated"
	w.Use(credential)
	expect("a page of a rotated credential", vouch(), nil, 1)
	expect("the next page", vouch(), nil, 0)
	expect("the end of that sync", identify(), nil, 1)
	commits := sink.commits
	for range 2 {
		expect("another stream", w.Identify(t.Context(), "reps", nil, sink), nil, 0)
	}
	if got := sink.commits - commits; got != 1 {
		t.Errorf("another stream's account was compared %d times, want 1", got)
	}

	credential = "b"
	w.Use(credential)
	expect("another account's credential", identify(), errOther, 1)
	expect("the sync after it", identify(), errOther, 1)
	expect("another stream of it", w.Identify(t.Context(), "reps", nil, sink), errOther, 1)
	credential = "a"
	w.Use(credential)
	expect("the first credential again", identify(), nil, 1)

	w.Use("b")
	w.Use("a") // Between the two, a page may have been read with b.
	if err := vouch(); source.ReasonOf(err) != source.ReasonConfig || err == nil {
		t.Errorf("a page of two credentials ended with %v", err)
	}
	reads = 0
	expect("the sync after it", identify(), nil, 1)
	if n := strings.Count(log.String(), "time zone"); n != 1 {
		t.Errorf("%d warnings of the time zone, want 1:\n%s", n, log.String())
	}
}

// TestAccountWatchFailure holds that an account that could not be asked is asked again.
func TestAccountWatchFailure(t *testing.T) {
	down := errors.New("down")
	failing := true
	w := source.NewAccountWatch("", source.Environment{}, func(context.Context) (*record.AccountIdentity, error) {
		if failing {
			return nil, down
		}
		return &record.AccountIdentity{ID: "a"}, nil
	})
	sink := &accountSink{pinned: "a"}
	for range 2 {
		if err := w.Identify(t.Context(), "all", nil, sink); !errors.Is(err, down) || sink.commits != 0 {
			t.Errorf("error is %v, %d commits", err, sink.commits)
		}
	}
	failing = false
	if err := w.Identify(t.Context(), "all", nil, sink); err != nil || sink.commits != 1 {
		t.Errorf("error is %v, %d commits", err, sink.commits)
	}
}
