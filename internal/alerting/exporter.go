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
		"Age of the oldest numbers that a replica serves. Absent before the first successful sync.",
		"time() - "+b.over("min", bySource(), lastSuccess, b.series(lastSuccess)))
	b.record(anyUp, bySource(), "", b.max(sourceUp))
	b.record(failed, bySource(),
		"Present while the last sync has failed. Absent for a source that is up, and while its first sync is still running.",
		lines(
			b.series(anyUp)+" == 0",
			"and "+on("source")+" "+b.over("sum", bySource(), syncErrors, b.series(syncErrors))+" > 0"))
	refused := fmt.Sprintf(`reason=~"%s|%s"`, source.ReasonAuth, source.ReasonScope)
	b.record(refusals, bySource(), "Syncs that failed because the CRM refused access.",
		b.over("sum", bySource(), syncErrors, b.series(syncErrors, refused)))
	b.record(refusalsUp, bySource(), "The same, only while the source is up: its last value is the count at the last successful sync.",
		b.series(refusals)+" and "+on("source")+" "+b.series(anyUp)+" == 1")
}

// exporterDown knows exporters by what their jobs served before: the name of a job is anybody's choice. It does not ask
// for the instance that served, for the next one has another name and may never come up; nor for all targets of the
// job, which may hold others.
func (b *builder) exporterDown() Rule {
	return alert(Rule{
		Alert: "SalesExporterDown",
		Why:   "The job served the exporter in the last week. Now no instance does, and at least one target is down.",
		Expr: lines(
			"group by (job) ("+b.series("up")+" == 0)",
			fmt.Sprintf("and on (job) last_over_time(%s[7d])", b.series(buildInfo)),
			"unless on (job) "+b.series(buildInfo)),
		For:   Duration(5 * time.Minute),
		Keeps: []string{"job"},
	}, critical, sre, text{
		summary: "{{ $labels.job }}: no sales exporter can be scraped",
		description: []string{
			"Prometheus cannot scrape any exporter of this job. Its sales KPIs are missing and its business alerts cannot fire.",
			"Likely causes: a crash, a configuration that does not load, too little memory, a network policy.",
			"Next: check the log of the process and the error on the targets page of Prometheus.",
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
		Why:   "The job had an exporter within the last day and has none now, or no job has had one for a day.",
		Expr: lines(
			perJob(lastDay)+" unless on (job) "+perJob(b.series(buildInfo)),
			"or absent("+lastDay+")"),
		For:   Duration(15 * time.Minute),
		Keeps: []string{"job"},
	}, critical, sre, text{
		summary: "{{ with $labels.job }}{{ . }}: the sales exporter is no longer a target{{ else }}" +
			"no sales exporter is scraped{{ end }}",
		description: []string{
			"{{ if $labels.job }}This job had a sales exporter as a target within the last day and has none now. Its " +
				"KPIs are missing and its business alerts cannot fire.{{ else }}Prometheus has no sales exporter as a target " +
				"and had none within the last day. There are no sales KPIs and no business alert can fire.{{ end }}",
			"Likely causes: the deployment or its scrape configuration was removed, or service discovery finds nothing.",
			"Next: check what changed in the deployment and in the scrape configuration.",
		},
		board: "/d/" + operationsBoard + "{{ with $labels.job }}?var-job={{ . | urlquery }}{{ end }}",
	})
}

// sourceDown waits for a failure: a first sync that takes an hour is not one. It looks back instead of waiting, so that
// an exporter that restarts every few minutes does not begin the wait anew each time.
func (b *builder) sourceDown(severity string, after time.Duration) Rule {
	return alert(Rule{
		Alert: "SalesSourceDown",
		Why:   "Not up at any time in this range, and a sync failed in it. A source is not down while its first sync is running.",
		Expr: lines(
			b.highest(anyUp, after)+" == 0",
			fmt.Sprintf("and %s present_over_time(%s[%s])", on("source"), b.series(failed), model.Duration(after))),
		For: Duration(5 * time.Minute), KeepFiringFor: Duration(30 * time.Minute),
		Keeps: []string{"job", "source"},
	}, severity, sre, text{
		summary: "{{ $labels.source }}: the source cannot be read",
		description: []string{
			"Syncs have failed for at least " + model.Duration(after).String() + ". The last good values are still served.",
			"Likely causes: an outage of the CRM, an expired credential, a used-up API quota, the network.",
			"Next: see sales_exporter_sync_errors_total for the reason and the log for details.",
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
		Why:   "Older than this many sync intervals: the numbers are served but out of date.",
		Expr:  lines(conditions...),
		For:   Duration(5 * time.Minute), KeepFiringFor: Duration(30 * time.Minute),
		Keeps: []string{"job", "source"},
	}, severity, sre, text{
		summary: "{{ $labels.source }}: the numbers are {{ $value | humanizeDuration }} old",
		description: []string{
			"No sync has succeeded for several intervals. KPIs and targets show the state of the last successful sync.",
			"Likely causes: syncs fail, or a sync runs much longer than the interval.",
			"Next: check on the dashboard which of the two it is, then the reason for the failures.",
		},
		board: board(operationsBoard, "source"),
	})
}

// authFailing compares with the last good sync instead of looking at a range: a source may be read once a day, and the
// first failure may have been counted before the first scrape. It ends with the repair, whatever failed before.
func (b *builder) authFailing() Rule {
	return alert(Rule{
		Alert: "SalesAuthFailing",
		Why:   "Access refused since the last successful sync, if there was one. A refused credential does not recover by itself.",
		Expr: lines(
			b.series(refusals)+" > 0",
			"and "+on("source")+" "+b.series(anyUp)+" == 0",
			fmt.Sprintf("unless %s (%s == %s last_over_time(%s[7d]))",
				on("source"), b.series(refusals), on("source"), b.series(refusalsUp))),
		For:   Duration(10 * time.Minute),
		Keeps: []string{"job", "source"},
	}, critical, sre, text{
		summary: "{{ $labels.source }}: the CRM refuses access to the exporter",
		description: []string{
			"Syncs fail because the credential is refused or lacks a permission. Someone must fix it in the CRM.",
			"Likely causes: a rotated or expired secret, a deactivated user, a removed scope or field permission, or " +
				"many records that disappeared at once and were therefore kept.",
			"Next: run \"sales_exporter check-source\" for this source.",
		},
		board: board(operationsBoard, "source"),
	})
}

func (b *builder) syncFailing(t *Thresholds) Rule {
	return alert(Rule{
		Alert: "SalesSyncFailing",
		Why:   "Failures that come and go never keep a source down long enough for the other alerts.",
		Expr: lines(
			b.sumOf("increase", bySource(), time.Hour, syncErrors),
			fmt.Sprintf("/ (%s > 0)", b.sumOf("increase", bySource(), time.Hour, syncDuration+"_count")),
			"> "+string(t.SyncFailures)),
		For:   Duration(30 * time.Minute),
		Keeps: []string{"job", "source"},
	}, warning, sre, text{
		summary: "{{ $labels.source }}: {{ $value | humanizePercentage }} of the syncs of the last hour failed",
		description: []string{
			"Most syncs fail. The numbers are as fresh as the last successful sync.",
			"Likely causes: timeouts, rate limits, an unreliable network or CRM.",
			"Next: see sales_exporter_sync_errors_total for the reasons.",
		},
		board: board(operationsBoard, "source"),
	})
}

func (b *builder) syncSlow(t *Thresholds) Rule {
	span := 2 * time.Hour
	return alert(Rule{
		Alert: "SalesSyncSlow",
		Why:   "Averaged over two hours, so that the daily full sync alone does not fire it.",
		Expr: lines(
			b.sumOf("rate", bySource(), span, syncDuration+"_sum"),
			fmt.Sprintf("/ (%s > 0)", b.sumOf("rate", bySource(), span, syncDuration+"_count")),
			fmt.Sprintf("> %s (%s * %s)", on("source"), t.SyncDuration, b.max(syncInterval))),
		For:   Duration(time.Hour),
		Keeps: []string{"job", "source"},
	}, warning, sre, text{
		summary: "{{ $labels.source }}: a sync takes {{ $value | humanizeDuration }}, about as long as its interval",
		description: []string{
			"If a sync takes longer than the interval, the next one is skipped and the numbers get older than configured.",
			"Likely causes: a slow CRM, waiting for rate limits, or an interval that is too short for the account.",
			"Next: compare the throttled time with the latency of API calls, or lengthen the interval.",
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
		Why:   "Share of the daily API quota that is left.",
		Expr: lines(
			b.over("min", keep, quotaRemaining, b.series(quotaRemaining, daily)),
			fmt.Sprintf("/ (%s > 0)", b.maxBy(keep, quotaLimit, daily)),
			"< "+string(left)),
		For:   Duration(10 * time.Minute),
		Keeps: []string{"job", "source", "quota"},
	}, severity, sre, text{
		summary: "{{ $labels.source }}: {{ $value | humanizePercentage }} of the API quota {{ $labels.quota }} is left",
		description: []string{
			"When the quota is used up, syncs stop until the CRM resets it. Other integrations may stop too.",
			"Likely causes: another integration, a sync interval that is too short, repeated full syncs.",
			"Next: find out what uses the quota: daily_share is the exporter's own share, daily is the quota of the whole account.",
		},
		board: board(operationsBoard, "source"),
	})
}

func (b *builder) throttled(t *Thresholds) Rule {
	return alert(Rule{
		Alert: "SalesAPIThrottled",
		Why:   "The exporter stays below the CRM's limits, so refused calls mean that something else calls the API too.",
		Expr: b.sumOf("rate", bySource(), 15*time.Minute, apiRequests, `code="429"`) +
			" > " + string(t.Throttled),
		For:   Duration(30 * time.Minute),
		Keeps: []string{"job", "source"},
	}, info, sre, text{
		summary: `{{ $labels.source }}: the CRM refuses {{ $value | printf "%.2f" }} calls a second`,
		description: []string{
			"The CRM answers the exporter with 429 (too many requests). The exporter waits and retries, so syncs take longer.",
			"Likely causes: another integration in the same account, or requests_per_second is set too high.",
			"Next: lower api_budget.requests_per_second, or create a separate app for the exporter.",
		},
		board: board(operationsBoard, "source"),
	})
}

func (b *builder) seriesLimitReached() Rule {
	return alert(Rule{
		Alert: "SalesSeriesLimitReached",
		Why:   "Values beyond the limits are folded into \"other\": sums stay correct, details are lost.",
		Expr:  b.maxBy(nil, seriesFolded) + " > 0",
		For:   Duration(15 * time.Minute),
		Keeps: []string{"job"},
	}, warning, sre, text{
		summary: "{{ $labels.job }}: {{ $value | humanize }} label values are folded into \"other\"",
		description: []string{
			"The CRM has more reps, pipelines or other values than the limits allow. The smallest values are merged, or a " +
				"dimension was dropped.",
			"Likely causes: a dimension that maps to free text, or a company that grew.",
			"Next: see the log or the landing page for what was folded. Remove the dimension, map its values, set " +
				"metrics.grain or metrics.disable, or raise limits in the configuration.",
		},
		board: board(operationsBoard),
	})
}

func (b *builder) configReloadFailed() Rule {
	return alert(Rule{
		Alert: "SalesConfigReloadFailed",
		Why:   "The process keeps running with the previous configuration. Its next start will fail.",
		Expr:  b.over("min", []string{"instance"}, reloaded, b.series(reloaded)) + " == 0",
		For:   Duration(5 * time.Minute),
		Keeps: []string{"job", "instance"},
	}, warning, sre, text{
		summary: "{{ $labels.instance }}: the configuration on disk does not load",
		description: []string{
			"The exporter keeps the previous configuration. A restart would fail.",
			"Likely causes: a typing error, a missing secret, a missing targets file.",
			"Next: run \"sales_exporter check-config\". It reports the mistakes.",
		},
		board: board(operationsBoard, "instance"),
	})
}
