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
	anyUp          = "source:" + sourceUp + ":max"
	failed         = "source:sales_exporter_source_failed:max"
	refusals       = "source:sales_exporter_sync_refusals:sum"
	refusalsUp     = "source:sales_exporter_sync_refusals_while_up:sum"
)

// bySource are the labels of one CRM.
func bySource() []string { return []string{"source"} }

// exporter returns the alerts for whoever runs the exporter.
func (b *builder) exporter(t *Thresholds) []Rule {
	b.recordSyncs()
	return []Rule{
		b.exporterDown(),
		b.exporterAbsent(),
		b.sourceDown(warning, 15*time.Minute),
		b.sourceDown(critical, time.Hour),
		b.dataStale(warning, t.StaleWarning, ""),
		b.dataStale(critical, t.StaleCritical, t.StaleAtLeastHours),
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

func (b *builder) recordSyncs() {
	b.record(syncAge, bySource(),
		"Age of the oldest numbers that any replica serves. Absent before the first good sync, when there are none.",
		"time() - "+b.over("min", bySource(), lastSuccess, b.series(lastSuccess)))
	b.record(anyUp, bySource(), "", b.max(sourceUp))
	b.record(failed, bySource(),
		"There while the last sync failed. Absent for a source that is up, and for one whose first sync still runs.",
		lines(
			b.series(anyUp)+" == 0",
			"and "+on("source")+" "+b.over("sum", bySource(), syncErrors, b.series(syncErrors))+" > 0"))
	refused := fmt.Sprintf(`reason=~"%s|%s"`, source.ReasonAuth, source.ReasonScope)
	b.record(refusals, bySource(), "Syncs that ended with a refusal.",
		b.over("sum", bySource(), syncErrors, b.series(syncErrors, refused)))
	b.record(refusalsUp, bySource(), "The same while the source is up: its last value is the count at the last good sync.",
		b.series(refusals)+" and "+on("source")+" "+b.series(anyUp)+" == 1")
}

// exporterDown knows exporters by what their jobs served before: the name of a job is anybody's choice. It does not ask
// for the instance that served, for the next one has another name and may never come up; nor for all targets of the
// job, which may hold others.
func (b *builder) exporterDown() Rule {
	return alert(Rule{
		Alert: "SalesExporterDown",
		Why:   "A job served the exporter in the last week. Now no instance does, and one at least does not answer.",
		Expr: lines(
			"group by (job) ("+b.series("up")+" == 0)",
			fmt.Sprintf("and on (job) last_over_time(%s[7d])", b.series(buildInfo)),
			"unless on (job) "+b.series(buildInfo)),
		For:   Duration(5 * time.Minute),
		Keeps: []string{"job"},
	}, critical, sre, text{
		summary: "{{ $labels.job }}: no sales exporter answers",
		description: []string{
			"Prometheus can scrape no exporter of this job. Its sales KPIs are gone and its business alerts cannot fire.",
			"Likely causes: a crash, a configuration that does not load, memory, a network policy.",
			"Next: look at the logs of the process and at the error on Prometheus' targets page.",
		},
		board: board(operationsBoard),
	})
}

// exporterAbsent covers what leaves no target behind that could be down.
func (b *builder) exporterAbsent() Rule {
	perJob := func(of string) string { return "group by (job) (" + of + ")" }
	lastDay := fmt.Sprintf("last_over_time(%s[1d])", b.series(buildInfo))
	return alert(Rule{
		Alert: "SalesExporterAbsent",
		Why:   "A job had an exporter within a day and has none now; or no job had one for a day.",
		Expr: lines(
			perJob(lastDay)+" unless on (job) "+perJob(b.series(buildInfo)),
			"or absent("+lastDay+")"),
		For:   Duration(15 * time.Minute),
		Keeps: []string{"job"},
	}, critical, sre, text{
		summary: "{{ with $labels.job }}{{ . }}: the sales exporter has vanished{{ else }}" +
			"no sales exporter is scraped{{ end }}",
		description: []string{
			"{{ if $labels.job }}No target of this job is a sales exporter any longer; within the last day one was. Its " +
				"KPIs are gone and its business alerts cannot fire.{{ else }}No target of Prometheus is a sales exporter, " +
				"and none was within the last day. There are no sales KPIs and no business alert can fire.{{ end }}",
			"Likely causes: the deployment or its scrape configuration was removed, or service discovery finds nothing.",
			"Next: compare the deployed objects and the scrape configuration with what they were.",
		},
		board: "/d/" + operationsBoard + "{{ with $labels.job }}?var-job={{ . | urlquery }}{{ end }}",
	})
}

// sourceDown waits for a failure: a first sync that takes an hour is not one. It looks back instead of waiting, so that
// an exporter that restarts every few minutes does not begin the wait anew each time.
func (b *builder) sourceDown(severity string, after time.Duration) Rule {
	return alert(Rule{
		Alert: "SalesSourceDown",
		Why:   "Never up in this time, and a sync failed in it. Until the first one has ended, a source is not down but new.",
		Expr: lines(
			b.highest(anyUp, after)+" == 0",
			fmt.Sprintf("and %s present_over_time(%s[%s])", on("source"), b.series(failed), model.Duration(after))),
		For: Duration(5 * time.Minute), KeepFiringFor: Duration(30 * time.Minute),
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

// dataStale asks for an age, too, unless atLeast is empty.
func (b *builder) dataStale(severity string, intervals, atLeast Threshold) Rule {
	conditions := []string{
		b.series(syncAge),
		fmt.Sprintf("> %s (%s * %s)", on("source"), intervals, b.max(syncInterval)),
	}
	if atLeast != "" {
		conditions = append(conditions, fmt.Sprintf("and %s > %s", b.series(syncAge), atLeast.hours()))
	}
	return alert(Rule{
		Alert: "SalesDataStale",
		Why:   "Older than so many runs: the numbers are served, but no longer true.",
		Expr:  lines(conditions...),
		For:   Duration(5 * time.Minute), KeepFiringFor: Duration(30 * time.Minute),
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

// authFailing compares with the last good sync instead of looking at a range: a source may be read once a day, and the
// first failure may have been counted before the first scrape. It ends with the repair, whatever failed before.
func (b *builder) authFailing() Rule {
	return alert(Rule{
		Alert: "SalesAuthFailing",
		Why:   "Refused since the last good sync, if there was one. A refused credential does not come back by itself.",
		Expr: lines(
			b.series(refusals)+" > 0",
			"and "+on("source")+" "+b.series(anyUp)+" == 0",
			fmt.Sprintf("unless %s (%s == %s last_over_time(%s[7d]))",
				on("source"), b.series(refusals), on("source"), b.series(refusalsUp))),
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
			"> "+string(t.SyncFailures)),
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
			fmt.Sprintf("> %s (%s * %s)", on("source"), t.SyncDuration, b.max(syncInterval))),
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
func (b *builder) quotaLow(severity string, left Threshold) Rule {
	keep, daily := []string{"source", "quota"}, `quota=~"daily.*"`
	return alert(Rule{
		Alert: "SalesAPIQuotaLow",
		Why:   "What is left of a day's API allowance.",
		Expr: lines(
			b.over("min", keep, quotaRemaining, b.series(quotaRemaining, daily)),
			fmt.Sprintf("/ (%s > 0)", b.maxBy(keep, quotaLimit, daily)),
			"< "+string(left)),
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
			" > " + string(t.Throttled),
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
			"The CRM holds more reps, pipelines or other values than the limits allow. The smallest are shown together, or a " +
				"dimension has lost its values.",
			"Likely causes: a dimension that maps to free text, or a company that grew.",
			"Next: the log and the landing page say what was cut. Drop the dimension, map its values, choose metrics.grain " +
				"and metrics.disable, or raise limits in the configuration.",
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
