package alerting

import (
	"fmt"
	"time"
)

const (
	revenueWon    = "sales_revenue_won_amount"
	revenueWonSum = "source:" + revenueWon + ":sum"
	mirrorRecords = "sales_exporter_mirror_records"
	unreadable    = "sales_exporter_records_quarantined"
	excluded      = "sales_records_excluded"
	watermark     = "sales_exporter_data_watermark_timestamp_seconds"
	targetCount   = "job:" + targetValue + ":count"
)

// weekend is how long an alert stays that compares with yesterday: tomorrow its yesterday is as bad as today, and what
// broke on a Friday must still be there on Monday.
const weekend = 3 * 24 * time.Hour

// quality returns the alerts on data that cannot be right.
func (b *builder) quality(t *Thresholds) []Rule {
	money := []string{"source", "currency", "window"}
	b.record(revenueWonSum, money, "Won revenue over trailing windows.", b.sum(money, revenueWon, averagedWindows))
	b.record(targetCount, nil, "Number of targets with a value, for jobs that have revenue.", lines(
		"count by (job) ("+b.maxBy([]string{"target"}, targetValue)+")",
		"or 0 * group by (job) ("+b.series(revenueWon)+")"))
	return []Rule{
		b.recordsRejected(t),
		b.recordsDropped(t),
		b.revenueDropped(t),
		b.fileStale(t),
		b.targetsMissing(),
		b.unknownValues(),
	}
}

func (b *builder) recordsRejected(t *Thresholds) Rule {
	rejected := b.over("sum", []string{"source", "object"}, unreadable, b.max(unreadable))
	return alert(Rule{
		Alert: "SalesRecordsRejected",
		Why:   "Uses the current number of unreadable records: a counter that appears with its value, as after a restart, shows no increase.",
		Expr: lines(
			rejected,
			fmt.Sprintf("/ (%s + %s > 0)", rejected, b.max(mirrorRecords)),
			"> "+string(t.Rejected)),
		For:   Duration(30 * time.Minute),
		Keeps: []string{"job", "source", "object"},
	}, warning, revops, text{
		summary: "{{ $labels.source }}: {{ $value | humanizePercentage }} of the {{ $labels.object }} could not be read",
		description: []string{
			"Records that cannot be read are rejected and count in no KPI, so the KPIs of this source are too low.",
			"Likely causes: a field in the CRM changed its type, or an import wrote dates or amounts as free text.",
			"Next: run \"sales_exporter rejects\". It lists each record with its place, the reason and the value.",
		},
		board: board(operationsBoard, "source"),
	})
}

func (b *builder) recordsDropped(t *Thresholds) Rule {
	records := b.max(mirrorRecords)
	return alert(Rule{
		Alert: "SalesRecordsDropped",
		Why:   "Losing a fifth of the records within a day means a mass deletion, a lost permission or a broken page of the API.",
		Expr: lines(records,
			fmt.Sprintf("< %s * (%s > %s)", t.RecordsKept,
				b.over("max", b.lookup(mirrorRecords).labels, mirrorRecords, b.series(mirrorRecords)+" offset 1d"),
				t.Records)),
		For: Duration(30 * time.Minute), KeepFiringFor: Duration(weekend),
		Keeps: []string{"job", "source", "object"},
	}, warning, revops, text{
		summary: "{{ $labels.source }}: the number of {{ $labels.object }} dropped to {{ $value | humanize }} within a day",
		description: []string{
			"The CRM shows far fewer records than a day ago. All KPIs of this source drop with them.",
			"Likely causes: a mass deletion or a merge, a permission that the exporter's user lost, or a new filter.",
			"Next: count the records in the CRM. If they are there, check the permissions of the exporter's user.",
		},
		board: board(operationsBoard, "source"),
	})
}

func (b *builder) revenueDropped(t *Thresholds) Rule {
	keep, year := []string{"source", "currency"}, b.series(revenueWonSum, lastYear)
	return alert(Rule{
		Alert: "SalesRevenueDropImplausible",
		Why:   "A trailing window never restarts at 0, so the end of a period does not look like a loss.",
		Expr: lines(year,
			fmt.Sprintf("< %s (%s * (%s offset 1d > 0))", on(keep...), t.RevenueKept, year)),
		For: Duration(time.Hour), KeepFiringFor: Duration(weekend),
		Keeps: []string{"job", "source", "currency"}, Labels: b.kpiLabel(revenueWon),
	}, warning, revops, text{
		summary: "{{ $labels.source }}: won revenue of the last 365 days dropped to " +
			"{{ $value | humanize }} {{ $labels.currency }}",
		description: []string{
			"Won revenue does not disappear overnight: deals were reopened or deleted, or their amounts changed in bulk.",
			"Likely causes: an import or a workflow in the CRM, a changed amount field, a stage that no longer means won.",
			"Next: find the deals that were modified on that day. Do not rely on any number of this source until then.",
			b.formula(revenueWon),
		},
		board: board(overviewBoard, "currency"),
	})
}

// fileStale leaves CRMs out, which are those that are called: the newest change in a quiet one may be old and right.
func (b *builder) fileStale(t *Thresholds) Rule {
	return alert(Rule{
		Alert: "SalesFileStale",
		Why:   "A file is read every minute, but its content can be months old.",
		Expr: lines(
			"time() - "+b.max(watermark, `object="deals"`)+" > "+t.FileStaleDays.days(),
			"unless "+on("source")+" "+b.series(apiRequests)),
		For:   Duration(time.Hour),
		Keeps: []string{"job", "source"},
	}, warning, revops, text{
		summary: "{{ $labels.source }}: the file has not been updated for {{ $value | humanizeDuration }}",
		description: []string{
			"The exporter reads the file, but its content is old. KPIs and targets show the sales of the day it was written.",
			"Likely causes: an export that no longer runs, a file that is now written elsewhere, a sheet that nobody maintains.",
			"Next: ask the owner of the file. If it is updated less often on purpose, raise the threshold.",
		},
		board: board(operationsBoard, "source"),
	})
}

func (b *builder) targetsMissing() Rule {
	return alert(Rule{
		Alert: "SalesTargetsMissing",
		Why:   "Without targets, every alert on pace stays silent.",
		Expr:  lines(b.series(targetCount), "and "+b.highest(targetCount, 24*time.Hour)+" == 0"),
		For:   Duration(time.Hour), KeepFiringFor: Duration(4 * time.Hour),
		Keeps: []string{"job"},
	}, info, revops, text{
		summary: "{{ $labels.job }}: there is revenue, but no target has a value",
		description: []string{
			"No target is configured, or none has a value, so there are no alerts on pace, forecast and coverage.",
			"Likely causes: targets were never configured, or the targets file is empty.",
			"Next: add targets to the configuration.",
		},
		board: board(overviewBoard),
	})
}

func (b *builder) unknownValues() Rule {
	return alert(Rule{
		Alert: "SalesUnknownValues",
		Why:   "Filters exclude deals on purpose. A missing currency rate is a mistake.",
		Expr:  b.maxBy([]string{"source", "reason"}, excluded, `reason="currency_rate_missing"`) + " > 0",
		For:   Duration(time.Hour),
		Keeps: []string{"job", "source", "reason"},
	}, info, revops, text{
		summary: "{{ $labels.source }}: {{ $value | humanize }} deals are missing from sums, because their currency has no rate",
		description: []string{
			"Amounts that cannot be converted to the reporting currency are excluded, so revenue and pipeline are too low.",
			"Likely causes: a currency was added in the CRM without a rate, or the account has a single currency.",
			"Next: add a rate for the currency in the CRM, or correct the currency of these deals.",
			b.formula(excluded),
		},
		board: board(operationsBoard, "source"),
	})
}
