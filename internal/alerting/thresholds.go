package alerting

import "time"

// Thresholds are the judgements in the rules: what somebody may see differently. Shares are ratios, 0.85 is 85%.
type Thresholds struct {
	// PaceWarning and PaceCritical are shares of what should have been reached by today. Deals come in lumps: 10% behind
	// is a deal that slipped by a week, 30% behind does not come back by itself.
	PaceWarning, PaceCritical float64
	// PaceWarningElapsed and PaceCriticalElapsed keep pace alerts quiet early on, when one deal decides the ratio.
	PaceWarningElapsed, PaceCriticalElapsed float64
	// TrailingPace silences pace alerts of teams that recover: below it, the last ten working days fell behind, too.
	TrailingPace float64

	// Forecast is the share of the target that won and weighted pipeline must add up to. Weights are guesses, so a
	// tenth is allowed. ForecastElapsed waits for a pipeline that can still close in the period.
	Forecast, ForecastElapsed float64
	// Commit is the share that won and committed deals must add up to, late enough for commitments to mean something.
	Commit, CommitElapsed float64

	// Remaining is how far away the end of a target may be for its pipeline to matter: longer than a quarter, and
	// than most sales cycles.
	Remaining time.Duration

	// Recent is for how long after a period's end its missed target is news.
	Recent time.Duration

	// Coverage is how often the open deals due in the period must cover what remains: 1 / win rate; 3 is a win rate of
	// a third. From CoverageElapsed on, new pipeline no longer closes in time, and pace and commit tell more.
	Coverage, CoverageElapsed float64
	// PipelineCreation is the share of the year's average that the last 30 days must bring.
	PipelineCreation float64
	// CreatedDeals is how many deals a year must have for its average to mean anything.
	CreatedDeals float64

	// WinRate is the share of the year's win rate that the last 30 days must reach, over at least ClosedDeals.
	WinRate, ClosedDeals float64
	// Cycle is how much longer than in the whole year deals may have taken in the last 90 days, over at least WonDeals.
	Cycle, WonDeals float64
	// Overdue is the share of a team's open deals that may have a close date in the past, of at least OpenDeals.
	Overdue, OpenDeals float64

	// Rejected is the share of records that may be unreadable: a few typos are normal, a changed field is not.
	Rejected float64
	// RecordsKept is the share of yesterday's records that must still be there where there were more than Records.
	RecordsKept, Records float64
	// RevenueKept is the share of yesterday's revenue of the trailing year that must still be there. The day that
	// leaves that window takes less with it, unless one deal is a fifth of a year.
	RevenueKept float64

	// StaleWarning and StaleCritical are sync intervals: one missed run is bad luck, two are a failure. Short intervals
	// must not page anybody at once: stale data is critical only after StaleAtLeast.
	StaleWarning, StaleCritical float64
	StaleAtLeast                time.Duration
	// SyncFailures is the share of syncs that may fail in an hour.
	SyncFailures float64
	// SyncDuration is the share of the interval that a sync may take: beyond it, runs begin to be skipped.
	SyncDuration float64
	// QuotaWarning and QuotaCritical are shares of an API allowance that must be left.
	QuotaWarning, QuotaCritical float64
	// Throttled is how many calls a second the CRM may refuse: 0.05 are three a minute.
	Throttled float64
}

// DefaultThresholds returns the thresholds of the committed rules.
func DefaultThresholds() Thresholds {
	return Thresholds{
		PaceWarning: 0.85, PaceCritical: 0.7, PaceWarningElapsed: 0.2, PaceCriticalElapsed: 0.5, TrailingPace: 1,
		Forecast: 0.9, ForecastElapsed: 0.33,
		Commit: 0.8, CommitElapsed: 0.6,
		Remaining: 120 * 24 * time.Hour, Recent: 5 * 24 * time.Hour,
		Coverage: 3, CoverageElapsed: 0.8,
		PipelineCreation: 0.7, CreatedDeals: 20,
		WinRate: 0.7, ClosedDeals: 10,
		Cycle: 1.3, WonDeals: 20,
		Overdue: 0.1, OpenDeals: 10,
		Rejected:    0.01,
		RecordsKept: 0.8, Records: 50,
		RevenueKept:  0.8,
		StaleWarning: 3, StaleCritical: 12, StaleAtLeast: 4 * time.Hour,
		SyncFailures: 0.5, SyncDuration: 0.8,
		QuotaWarning: 0.2, QuotaCritical: 0.05,
		Throttled: 0.05,
	}
}
