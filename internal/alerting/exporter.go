package alerting

import (
	"fmt"
	"time"

	"github.com/prometheus/common/model"

	"github.com/sales-exporter/sales_exporter/internal/source"
)

const (
	buildInfo      = "sales_exporter_build_info"
	sourceUp       = "sales_exporter_source_up"
	syncErrors     = "sales_exporter_sync_errors_total"
	syncInterval   = "sales_exporter_sync_interval_seconds"
	lastSuccess    = "sales_exporter_sync_last_success_timestamp_seconds"
	syncDuration   = "sales_exporter_sync_duration_seconds"
	quotaRemaining = "sales_exporter_api_quota_remaining"
	quotaLimit     = "sales_exporter_api_quota_limit"
	apiRequests    = "sales_exporter_api_requests_total"
	seriesFolded   = "sales_exporter_series_folded"
	reloaded       = "sales_exporter_config_last_reload_successful"
	syncAge        = "source:sales_exporter_sync_age_seconds:max"
)

// bySource are the labels of one CRM.
func bySource() []string { return []string{"source"} }

// exporter returns the alerts for whoever runs the exporter.
func (b *builder) exporter(t *Thresholds) []Rule {
	b.record(syncAge, bySource(),
		"Age of the oldest numbers that any replica serves. Absent before the first good sync, when there are none.",
		"time() - "+b.over("min", bySource(), lastSuccess, b.series(lastSuccess)))
	return []Rule{
		b.exporterDown(),
		b.exporterAbsent(),
		b.sourceDown(warning, 15*time.Minute),
		b.sourceDown(critical, time.Hour),
		b.dataStale(warning, t.StaleWarning, 0),
		b.dataStale(critical, t.StaleCritical, t.StaleAtLeast),
		b.authFailing(),
		b.syncFailing(t),
		b.syncSlow(t),
		b.quotaLow(warning, t.QuotaWarning),
		b.quotaLow(critical, t.QuotaCritical),
		b.throttled(t),
		b.seriesLimitReached(),
		b.configReloadFailed(),
	}
}

// exporterDown knows the exporter's targets by what they were before: the name of the job is anybody's choice.
func (b *builder) exporterDown() Rule {
	return alert(Rule{
		Alert: "SalesExporterDown",
		Why:   "Every replica of a job that served the exporter in the last week is down.",
		Expr: fmt.Sprintf("max by (job) (%s and on (job, instance) last_over_time(%s[7d])) == 0",
			b.series("up"), b.series(buildInfo)),
		For:   Duration(5 * time.Minute),
		Keeps: []string{"job"},
	}, critical, sre, text{
		summary: "{{ $labels.job }}: no sales exporter answers",
		description: []string{
			"Prometheus cannot scrape any instance. All sales KPIs are gone and no business alert can fire.",
			"Likely causes: a crash, a configuration that does not load, memory, a network policy.",
			"Next: look at the logs of the process and at the error on Prometheus' targets page.",
		},
		board: board(operationsBoard),
	})
}

func (b *builder) exporterAbsent() Rule {
	return alert(Rule{
		Alert: "SalesExporterAbsent",
		Why:   "Prometheus knows of no exporter at all, so that there is no target that could be down.",
		Expr:  "absent(" + b.series(buildInfo) + ")",
		For:   Duration(15 * time.Minute),
	}, critical, sre, text{
		summary: "no sales exporter is scraped",
		description: []string{
			"No target of Prometheus is a sales exporter. All sales KPIs are gone and no business alert can fire.",
			"Likely causes: the deployment or its scrape configuration was removed, or service discovery finds nothing.",
			"Next: compare the deployed objects and the scrape configuration with what they were.",
		},
		board: "/d/" + operationsBoard,
	})
}

// sourceDown waits for a failure: a first sync that takes an hour is not one.
func (b *builder) sourceDown(severity string, after time.Duration) Rule {
	return alert(Rule{
		Alert: "SalesSourceDown",
		Why:   "The last sync failed. Until the first one has ended, the source is not down but new.",
		Expr: lines(
			b.max(sourceUp)+" == 0",
			"and "+on("source")+" "+b.over("sum", bySource(), syncErrors, b.series(syncErrors))+" > 0"),
		For:   Duration(after),
		Keeps: []string{"job", "source"},
	}, severity, sre, text{
		summary: "{{ $labels.source }}: the CRM cannot be read",
		description: []string{
			"Syncs fail for at least " + model.Duration(after).String() + ". The last good values are still served.",
			"Likely causes: an outage of the CRM, an expired credential, a spent API allowance, the network.",
			"Next: sales_exporter_sync_errors_total says the reason, the log says more.",
		},
		board: board(operationsBoard, "source"),
	})
}

func (b *builder) dataStale(severity string, intervals float64, atLeast time.Duration) Rule {
	conditions := []string{
		b.series(syncAge),
		fmt.Sprintf("> %s (%s * %s)", on("source"), number(intervals), b.max(syncInterval)),
	}
	if atLeast > 0 {
		conditions = append(conditions, fmt.Sprintf("and %s > %s", b.series(syncAge), number(atLeast.Seconds())))
	}
	return alert(Rule{
		Alert: "SalesDataStale",
		Why:   "Older than so many runs: the numbers are served, but no longer true.",
		Expr:  lines(conditions...),
		For:   Duration(5 * time.Minute),
		Keeps: []string{"job", "source"},
	}, severity, sre, text{
		summary: "{{ $labels.source }}: the numbers are {{ $value | humanizeDuration }} old",
		description: []string{
			"No sync succeeded for several intervals. KPIs and targets show the state of the last good one.",
			"Likely causes: syncs fail, or one runs far longer than the interval.",
			"Next: see which of the two it is on the board, then the reason of the failures.",
		},
		board: board(operationsBoard, "source"),
	})
}

// authFailing asks for a source that is down, so that it ends with the repair and not an hour later.
func (b *builder) authFailing() Rule {
	refused := fmt.Sprintf(`reason=~"%s|%s"`, source.ReasonAuth, source.ReasonScope)
	return alert(Rule{
		Alert: "SalesAuthFailing",
		Why:   "A refused credential or a lost permission does not come back by itself.",
		Expr: lines(
			b.sumOf("increase", bySource(), time.Hour, syncErrors, refused)+" > 0",
			"and "+on("source")+" "+b.max(sourceUp)+" == 0"),
		For:   Duration(10 * time.Minute),
		Keeps: []string{"job", "source"},
	}, critical, sre, text{
		summary: "{{ $labels.source }}: the CRM refuses the exporter's credential",
		description: []string{
			"Syncs fail because the credential is refused or lacks a permission. Somebody must act in the CRM.",
			"Likely causes: a rotated or expired secret, a deactivated user, a removed scope or field permission, or " +
				"records that vanished in bulk and were therefore kept.",
			"Next: run sales_exporter check-source for this source.",
		},
		board: board(operationsBoard, "source"),
	})
}

func (b *builder) syncFailing(t *Thresholds) Rule {
	return alert(Rule{
		Alert: "SalesSyncFailing",
		Why:   "Failures that come and go never keep a source down for long.",
		Expr: lines(
			b.sumOf("increase", bySource(), time.Hour, syncErrors),
			fmt.Sprintf("/ (%s > 0)", b.sumOf("increase", bySource(), time.Hour, syncDuration+"_count")),
			"> "+number(t.SyncFailures)),
		For:   Duration(30 * time.Minute),
		Keeps: []string{"job", "source"},
	}, warning, sre, text{
		summary: "{{ $labels.source }}: {{ $value | humanizePercentage }} of the syncs of the last hour failed",
		description: []string{
			"Most syncs fail. The numbers are as fresh as the last one that did not.",
			"Likely causes: timeouts, rate limits, an unsteady network or CRM.",
			"Next: sales_exporter_sync_errors_total says the reasons.",
		},
		board: board(operationsBoard, "source"),
	})
}

func (b *builder) syncSlow(t *Thresholds) Rule {
	span := 2 * time.Hour
	return alert(Rule{
		Alert: "SalesSyncSlow",
		Why:   "Two hours, so that the daily full read alone does not make an average.",
		Expr: lines(
			b.sumOf("rate", bySource(), span, syncDuration+"_sum"),
			fmt.Sprintf("/ (%s > 0)", b.sumOf("rate", bySource(), span, syncDuration+"_count")),
			fmt.Sprintf("> %s (%s * %s)", on("source"), number(t.SyncDuration), b.max(syncInterval))),
		For:   Duration(time.Hour),
		Keeps: []string{"job", "source"},
	}, warning, sre, text{
		summary: "{{ $labels.source }}: a sync takes {{ $value | humanizeDuration }}, about as long as its interval",
		description: []string{
			"Runs that take longer than the interval are skipped, and the numbers become older than configured.",
			"Likely causes: a slow CRM, waiting for rate limits, or an interval that is too short for the account.",
			"Next: compare the time spent throttled with the latency of calls; lengthen the interval.",
		},
		board: board(operationsBoard, "source"),
	})
}

// quotaLow looks at daily allowances: those of seconds are spent and refilled all the time. Of two replicas, the one
// that sees less is right.
func (b *builder) quotaLow(severity string, left float64) Rule {
	keep, daily := []string{"source", "quota"}, `quota=~"daily.*"`
	return alert(Rule{
		Alert: "SalesAPIQuotaLow",
		Why:   "What is left of a day's API allowance.",
		Expr: lines(
			b.over("min", keep, quotaRemaining, b.series(quotaRemaining, daily)),
			fmt.Sprintf("/ (%s > 0)", b.maxBy(keep, quotaLimit, daily)),
			"< "+number(left)),
		For:   Duration(10 * time.Minute),
		Keeps: []string{"job", "source", "quota"},
	}, severity, sre, text{
		summary: "{{ $labels.source }}: {{ $value | humanizePercentage }} of the API allowance {{ $labels.quota }} is left",
		description: []string{
			"Once the allowance is spent, syncs stop until the CRM renews it, and so may other integrations.",
			"Likely causes: another integration, too short an interval, repeated full reads.",
			"Next: see who spends it; daily_share is the exporter's own part, daily is everybody's.",
		},
		board: board(operationsBoard, "source"),
	})
}

func (b *builder) throttled(t *Thresholds) Rule {
	return alert(Rule{
		Alert: "SalesAPIThrottled",
		Why:   "The exporter paces itself below the CRM's limits; refusals mean that others call, too.",
		Expr: b.sumOf("rate", bySource(), 15*time.Minute, apiRequests, `code="429"`) +
			" > " + number(t.Throttled),
		For:   Duration(30 * time.Minute),
		Keeps: []string{"job", "source"},
	}, info, sre, text{
		summary: `{{ $labels.source }}: the CRM refuses {{ $value | printf "%.2f" }} calls a second`,
		description: []string{
			"The CRM answers 429 (too many requests) to the exporter. It waits and tries again, so syncs take longer.",
			"Likely causes: another integration in the same account, or requests_per_second is set too high.",
			"Next: lower api_budget.requests_per_second, or give the exporter an app of its own.",
		},
		board: board(operationsBoard, "source"),
	})
}

func (b *builder) seriesLimitReached() Rule {
	return alert(Rule{
		Alert: "SalesSeriesLimitReached",
		Why:   "Values beyond the limits are folded into \"other\": sums stay right, details are lost.",
		Expr:  b.maxBy(nil, seriesFolded) + " > 0",
		For:   Duration(15 * time.Minute),
		Keeps: []string{"job"},
	}, warning, sre, text{
		summary: "{{ $labels.job }}: {{ $value | humanize }} label values are folded into \"other\"",
		description: []string{
			"The CRM holds more reps, pipelines or other values than the limits allow. The smallest are shown together.",
			"Likely causes: a dimension that maps to free text, or a company that grew.",
			"Next: drop the dimension, map its values, or raise limits in the configuration.",
		},
		board: board(operationsBoard),
	})
}

func (b *builder) configReloadFailed() Rule {
	return alert(Rule{
		Alert: "SalesConfigReloadFailed",
		Why:   "The process runs on, with a configuration that is not the one on disk: its next start fails.",
		Expr:  b.over("min", []string{"instance"}, reloaded, b.series(reloaded)) + " == 0",
		For:   Duration(5 * time.Minute),
		Keeps: []string{"job", "instance"},
	}, warning, sre, text{
		summary: "{{ $labels.instance }}: the configuration on disk does not load",
		description: []string{
			"The exporter keeps the configuration from before. A restart would end with an error.",
			"Likely causes: a typing error, a missing secret or targets file.",
			"Next: sales_exporter check-config names every mistake.",
		},
		board: board(operationsBoard, "instance"),
	})
}
