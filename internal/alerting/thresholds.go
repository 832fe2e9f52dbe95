package alerting

import (
	"iter"
	"reflect"
	"strconv"
	"strings"
)

// Threshold is a limit as an expression has it: a number, or a template that the chart fills in.
type Threshold string

// Thresholds are the limits in the rules that a user may change. Shares are ratios, 0.85 is 85%. Each
// stands in one rule alone, so that who changes it knows what changes; boards take their defaults from here.
type Thresholds struct {
	// PaceWarning and PaceCritical are shares of what should have been reached by today. Deals come in lumps: 10% behind
	// is a deal that slipped by a week, 30% behind does not come back by itself.
	PaceWarning, PaceCritical Threshold
	// PaceWarningElapsed and PaceCriticalElapsed keep pace alerts quiet early on, when one deal decides the ratio.
	PaceWarningElapsed, PaceCriticalElapsed Threshold
	// PaceWarningTrailing and PaceCriticalTrailing silence pace alerts of teams that recover: below them, the last ten
	// working days fell behind, too.
	PaceWarningTrailing, PaceCriticalTrailing Threshold

	// Forecast is the share of the target that won and weighted pipeline must add up to. Weights are guesses, so a
	// tenth is allowed. ForecastElapsed waits for a pipeline that can still close in the period.
	// ForecastRemainingDays is how far away the end of a target may be for its pipeline to matter: longer than a
	// quarter, and than most sales cycles.
	Forecast, ForecastElapsed, ForecastRemainingDays Threshold
	// Commit is the share that won and committed deals must add up to, late enough for commitments to mean something.
	// CommitRemainingDays is as for the forecast.
	Commit, CommitElapsed, CommitRemainingDays Threshold
	// Coverage is how often the open deals due in the period must cover what remains: 1 / win rate; 3 is a win rate of
	// a third. From CoverageElapsed on, new pipeline no longer closes in time, and pace and commit tell more.
	// CoverageRemainingDays is as for the forecast.
	Coverage, CoverageElapsed, CoverageRemainingDays Threshold

	// RecentDays is for how long after a period's end its missed target is news. It stands in a range, too, so that
	// only whole numbers will do.
	RecentDays Threshold

	// PipelineCreation is the share of the year's average that the last 30 days must bring.
	PipelineCreation Threshold
	// CreatedDeals is how many deals a year must have for its average to mean anything.
	CreatedDeals Threshold

	// WinRate is the share of the year's win rate that the last 30 days must reach, over at least ClosedDeals.
	WinRate, ClosedDeals Threshold
	// Cycle is how much longer than in the whole year deals may have taken in the last 90 days, over at least WonDeals.
	Cycle, WonDeals Threshold
	// Overdue is the share of a team's open deals that may have a close date in the past, of at least OpenDeals.
	Overdue, OpenDeals Threshold

	// Rejected is the share of records that may be unreadable: a few typos are normal, a changed field is not.
	Rejected Threshold
	// RecordsKept is the share of yesterday's records that must still be there where there were more than Records.
	RecordsKept, Records Threshold
	// RevenueKept is the share of yesterday's revenue of the trailing year that must still be there. The day that
	// leaves that window takes less with it, unless one deal is a fifth of a year.
	RevenueKept Threshold

	// FileStaleDays is for how long nobody may have written the file of a spreadsheet: most are exported every day or
	// week.
	FileStaleDays Threshold

	// StaleWarning and StaleCritical are sync intervals: one missed run is bad luck, two are a failure. Short intervals
	// must not page anybody at once: stale data is critical only after StaleAtLeastHours.
	StaleWarning, StaleCritical, StaleAtLeastHours Threshold
	// SyncFailures is the share of syncs that may fail in an hour.
	SyncFailures Threshold
	// SyncDuration is the share of the interval that a sync may take: beyond it, runs begin to be skipped.
	SyncDuration Threshold
	// QuotaWarning and QuotaCritical are shares of an API allowance that must be left.
	QuotaWarning, QuotaCritical Threshold
	// Throttled is how many calls a second the CRM may refuse: 0.05 are three a minute.
	Throttled Threshold
}

// DefaultThresholds returns the thresholds of the committed rules.
func DefaultThresholds() Thresholds {
	return Thresholds{
		PaceWarning: "0.85", PaceCritical: "0.7",
		PaceWarningElapsed: "0.2", PaceCriticalElapsed: "0.5",
		PaceWarningTrailing: "1", PaceCriticalTrailing: "1",
		Forecast: "0.9", ForecastElapsed: "0.33", ForecastRemainingDays: "120",
		Commit: "0.8", CommitElapsed: "0.6", CommitRemainingDays: "120",
		Coverage: "3", CoverageElapsed: "0.8", CoverageRemainingDays: "120",
		RecentDays:       "5",
		PipelineCreation: "0.7", CreatedDeals: "20",
		WinRate: "0.7", ClosedDeals: "10",
		Cycle: "1.3", WonDeals: "20",
		Overdue: "0.1", OpenDeals: "10",
		Rejected:    "0.01",
		RecordsKept: "0.8", Records: "50",
		RevenueKept:   "0.8",
		FileStaleDays: "7",
		StaleWarning:  "3", StaleCritical: "12", StaleAtLeastHours: "4",
		SyncFailures: "0.5", SyncDuration: "0.8",
		QuotaWarning: "0.2", QuotaCritical: "0.05",
		Throttled: "0.05",
	}
}

// Number returns what a threshold is compared with; 0 for a placeholder.
func (t Threshold) Number() float64 {
	number, _ := strconv.ParseFloat(string(t), 64) // A placeholder is no number.
	return number
}

// Placeholders returns ${paceWarning} for PaceWarning, and so on: rules with these are a template that needs no parser.
func Placeholders() Thresholds {
	var t Thresholds
	for field, value := range reflect.ValueOf(&t).Elem().Fields() {
		value.SetString("${" + key(field.Name) + "}")
	}
	return t
}

// All returns every threshold by its key (paceWarning), in the order of declaration.
func (t Thresholds) All() iter.Seq2[string, Threshold] {
	return func(yield func(string, Threshold) bool) {
		for field, value := range reflect.ValueOf(t).Fields() {
			if !yield(key(field.Name), Threshold(value.String())) {
				return
			}
		}
	}
}

func key(field string) string { return strings.ToLower(field[:1]) + field[1:] }

// days and hours leave the arithmetic to PromQL: where a place stands, there is nothing to multiply yet.
func (t Threshold) days() string { return string(t) + " * 86400" }

func (t Threshold) hours() string { return string(t) + " * 3600" }
