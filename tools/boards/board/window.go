package board

import (
	"fmt"
	"strconv"
	"time"

	"github.com/prometheus/common/model"
)

// Window is the time range of a board and what Grafana derives the resolution from.
type Window struct {
	From, To time.Time
	// MaxDataPoints is the width of a panel in pixels; 0 means 1000.
	MaxDataPoints int
	// MinInterval is the "min interval" of the panel or "min step" of the query; 0 means the scrape interval.
	MinInterval time.Duration
	// ScrapeInterval is the one that the data source is configured with; 0 means Grafana's default of 15 s.
	ScrapeInterval time.Duration
}

// Range is the length of the window.
func (w Window) Range() time.Duration { return w.To.Sub(w.From) }

// Interval is $__interval and the step of range queries: one step a pixel, rounded to a round duration, not under the
// minimum.
func (w Window) Interval() time.Duration {
	points := w.MaxDataPoints
	if points == 0 {
		points = 1000
	}
	return max(roundInterval(w.Range()/time.Duration(points)), w.minInterval())
}

// RateInterval is $__rate_interval: wide enough that a rate always sees two samples, even if one scrape is lost.
func (w Window) RateInterval() time.Duration {
	return max(w.Interval()+w.minInterval(), 4*w.minInterval())
}

func (w Window) minInterval() time.Duration {
	switch {
	case w.MinInterval > 0:
		return w.MinInterval
	case w.ScrapeInterval > 0:
		return w.ScrapeInterval
	default:
		return 15 * time.Second
	}
}

// builtIn returns the value of a built-in variable of the data source.
func (w Window) builtIn(name, format string) (string, bool) {
	switch name {
	case "__interval":
		return model.Duration(w.Interval()).String(), true
	case "__interval_ms":
		return strconv.FormatInt(w.Interval().Milliseconds(), 10), true
	case "__rate_interval":
		return model.Duration(w.RateInterval()).String(), true
	case "__range":
		return fmt.Sprintf("%ds", w.rangeSeconds()), true
	case "__range_s":
		return strconv.FormatInt(w.rangeSeconds(), 10), true
	case "__range_ms":
		return strconv.FormatInt(w.Range().Milliseconds(), 10), true
	case "__from":
		return formatTime(w.From, format), true
	case "__to":
		return formatTime(w.To, format), true
	default:
		return "", false
	}
}

// rangeSeconds is at least 1: PromQL refuses an empty range.
func (w Window) rangeSeconds() int64 { return max(1, int64(w.Range().Round(time.Second)/time.Second)) }

func formatTime(t time.Time, format string) string {
	switch format {
	case "date:seconds":
		return strconv.FormatInt(t.Unix(), 10)
	case "date", "date:iso":
		return t.UTC().Format("2006-01-02T15:04:05.000Z")
	default:
		return strconv.FormatInt(t.UnixMilli(), 10)
	}
}

const day = 24 * time.Hour

// roundInterval rounds to the durations that people read at a glance: up to 12 h to the nearest, above downwards.
func roundInterval(d time.Duration) time.Duration {
	switch {
	case d >= 42*day:
		return 365 * day
	case d >= 21*day:
		return 30 * day
	case d >= 7*day:
		return 7 * day
	case d >= day:
		return day
	case d >= 9*time.Hour:
		return 12 * time.Hour
	}
	return nearest(d)
}

func nearest(d time.Duration) time.Duration {
	round := []time.Duration{
		time.Second, 2 * time.Second, 5 * time.Second, 10 * time.Second, 15 * time.Second, 20 * time.Second,
		30 * time.Second, time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 15 * time.Minute,
		20 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour, 3 * time.Hour, 6 * time.Hour,
	}
	for i, r := range round[1:] {
		if d < (round[i]+r)/2 {
			return round[i]
		}
	}
	return round[len(round)-1]
}
