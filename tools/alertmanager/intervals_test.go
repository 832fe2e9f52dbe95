package alertmanager

import (
	"testing"
	"time"
	_ "time/tzdata" // The intervals name zones, and a bare build machine holds none.

	"github.com/prometheus/alertmanager/config"
	"github.com/prometheus/alertmanager/dispatch"
	"github.com/prometheus/alertmanager/timeinterval"
	"github.com/prometheus/common/model"
)

func intervals(cfg *config.Config) map[string][]timeinterval.TimeInterval {
	named := map[string][]timeinterval.TimeInterval{}
	for _, i := range cfg.TimeIntervals {
		named[i.Name] = i.TimeIntervals
	}
	return named
}

// sends reports whether the routes of labels send at a time, decided as Alertmanager's pipeline does: not muted, and
// within an active interval where the route has some.
func sends(t *testing.T, cfg *config.Config, labels model.LabelSet, at time.Time) bool {
	t.Helper()
	intervener := timeinterval.NewIntervener(intervals(cfg))
	routes := dispatch.NewRoute(cfg.Route, nil).Match(labels)
	for _, route := range routes {
		muted, _, err := intervener.Mutes(route.RouteOpts.MuteTimeIntervals, at)
		if err != nil {
			t.Fatal(err)
		}
		active := len(route.RouteOpts.ActiveTimeIntervals) == 0
		if !active {
			if active, _, err = intervener.Mutes(route.RouteOpts.ActiveTimeIntervals, at); err != nil {
				t.Fatal(err)
			}
		}
		if !muted && active {
			return true
		}
	}
	return false
}

func TestHours(t *testing.T) {
	cfg := load(t, exampleFile)
	pace := model.LabelSet{"alertname": "SalesRevenueBehindPace", "audience": "sales", "severity": "critical"}
	missed := model.LabelSet{"alertname": "SalesTargetMissed", "audience": "sales", "severity": "info"}
	digest := model.LabelSet{"alertname": "SalesDealsOverdue", "audience": "revops", "severity": "info"}
	dropped := model.LabelSet{"alertname": "SalesRecordsDropped", "audience": "revops", "severity": "warning"}
	down := model.LabelSet{"alertname": "SalesExporterDown", "audience": "sre", "severity": "critical"}
	for _, c := range []struct {
		name   string
		labels model.LabelSet
		at     string
		want   bool
	}{
		{"a working morning", pace, "2026-11-23T08:00:00+01:00", true},
		{"a minute before", pace, "2026-11-23T07:59:00+01:00", false},
		{"the last minute", pace, "2026-11-23T17:59:00+01:00", true},
		{"the evening", pace, "2026-11-23T18:00:00+01:00", false},
		{"a Saturday", pace, "2026-11-21T11:00:00+01:00", false},
		{"the pager at night", down, "2026-11-21T03:00:00+01:00", true},
		{"the pager at Christmas", down, "2026-12-25T03:00:00+01:00", true},

		// The offset of the zone changes on 29 March and on 25 October 2026: the hour on the wall stays.
		{"the Friday before summer time, 07:30 UTC", pace, "2026-03-27T07:30:00Z", true},
		{"the Friday before summer time, 06:30 UTC", pace, "2026-03-27T06:30:00Z", false},
		{"the Monday of summer time, 06:30 UTC", pace, "2026-03-30T06:30:00Z", true},
		{"the Monday of summer time, 16:00 UTC", pace, "2026-03-30T16:00:00Z", false},
		{"the Friday before winter time, 06:30 UTC", pace, "2026-10-23T06:30:00Z", true},
		{"the Monday of winter time, 06:30 UTC", pace, "2026-10-26T06:30:00Z", false},
		{"the Monday of winter time, 16:30 UTC", pace, "2026-10-26T16:30:00Z", true},

		{"Christmas Eve", pace, "2026-12-24T11:00:00+01:00", false},
		{"New Year's Eve", pace, "2026-12-31T11:00:00+01:00", false},
		{"between the years", pace, "2026-12-29T11:00:00+01:00", true},
		{"Good Friday 2027", pace, "2027-03-26T11:00:00+01:00", false},
		{"the same date a year before", pace, "2026-03-26T11:00:00+01:00", true},
		{"Christmas, for the digest too", digest, "2026-12-25T08:30:00+01:00", false},
		{"New Year, for results too", missed, "2027-01-01T11:00:00+01:00", false},

		{"the first day of a quarter says nothing of pace", pace, "2026-07-01T11:00:00+02:00", false},
		{"nor the second", pace, "2026-07-02T11:00:00+02:00", false},
		{"the third does", pace, "2026-07-03T11:00:00+02:00", true},
		{"the first day of a month within it does", pace, "2026-06-01T11:00:00+02:00", true},
		{"results come on the first day of a quarter", missed, "2026-07-01T11:00:00+02:00", true},
		// Midnight in Berlin is 22:00 UTC: in UTC, the rollover would begin two hours late.
		{"the rollover begins at Berlin's midnight", pace, "2026-06-30T15:00:00Z", true},

		{"the digest hour", digest, "2026-11-23T08:30:00+01:00", true},
		{"after the digest hour", digest, "2026-11-23T09:00:00+01:00", false},
		{"records that dropped on a Friday at ten are sent at once", dropped, "2026-11-20T10:30:00+01:00", true},
		{"those that dropped on a Friday evening wait", dropped, "2026-11-20T18:30:00+01:00", false},
		{"until Monday morning", dropped, "2026-11-23T08:00:00+01:00", true},
		{"no digest on Sunday", digest, "2026-11-22T08:30:00+01:00", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			at, err := time.Parse(time.RFC3339, c.at)
			if err != nil {
				t.Fatal(err)
			}
			if got := sends(t, cfg, c.labels, at); got != c.want {
				t.Errorf("at %s it sends: %t, want %t", c.at, got, c.want)
			}
		})
	}
}

// TestEveryIntervalHasALocation: without one an interval is in UTC, and moves by an hour twice a year.
func TestEveryIntervalHasALocation(t *testing.T) {
	for name, parts := range intervals(load(t, exampleFile)) {
		for i, part := range parts {
			if part.Location == nil || part.Location.String() == "UTC" {
				t.Errorf("part %d of %s has no location", i+1, name)
			}
		}
	}
}

// leaves calls visit with every route that can be the end of a way for an audience. A route with children is one as
// well: it takes what none of them takes.
func leaves(cfg *config.Config, audience string, visit func(*dispatch.Route)) {
	var walk func(*dispatch.Route, bool)
	walk = func(route *dispatch.Route, inside bool) {
		for _, matcher := range route.Matchers {
			inside = inside || matcher.Name == "audience" && matcher.Matches(audience)
		}
		if inside {
			visit(route)
		}
		for _, child := range route.Routes {
			walk(child, inside)
		}
	}
	walk(dispatch.NewRoute(cfg.Route, nil), false)
}

// TestPeopleAreLeftAloneAtNight: child routes do not inherit time intervals, so that each must have its own.
func TestPeopleAreLeftAloneAtNight(t *testing.T) {
	cfg := load(t, exampleFile)
	for _, audience := range []string{"sales", "revops"} {
		found := 0
		leaves(cfg, audience, func(route *dispatch.Route) {
			found++
			if len(route.RouteOpts.ActiveTimeIntervals) == 0 {
				t.Errorf("the route %s sends at any hour", route.ID())
			}
			if len(route.RouteOpts.MuteTimeIntervals) == 0 {
				t.Errorf("the route %s sends on holidays", route.ID())
			}
		})
		if found < 2 {
			t.Errorf("audience %s has %d routes; the test looks at nothing", audience, found)
		}
	}
}

// TestEveryWindowHoldsATick: a group sends at its own ticks only. A route whose ticks lie farther apart than its window
// is long can miss the window every day, and then never sends.
func TestEveryWindowHoldsATick(t *testing.T) {
	cfg := load(t, exampleFile)
	named := intervals(cfg)
	dispatch.NewRoute(cfg.Route, nil).Walk(func(route *dispatch.Route) {
		for _, name := range route.RouteOpts.ActiveTimeIntervals {
			for _, part := range named[name] {
				for _, window := range part.Times {
					length := time.Duration(window.EndMinute-window.StartMinute) * time.Minute
					if route.RouteOpts.GroupInterval > length {
						t.Errorf("the route %s ticks every %s, but %s lasts %s",
							route.ID(), route.RouteOpts.GroupInterval, name, length)
					}
				}
			}
		}
	})
}
