package dashboard

// addSync shows whether data arrives, and how late.
func (g *generator) addSync(l *layout) {
	l.add(12, 7, timeline(spec{
		title: "Syncs of each source", unit: unitPlain,
		text: g.describe("Whether the last sync had succeeded, over time.", "OK all along.", "sales_exporter_source_up"),
		queries: []series{{
			g.pick("sales_exporter_source_up").max("instance", "source"), "{{source}} on {{instance}}",
		}},
	}, states("FAILED", "OK")...))
	l.add(12, 7, lines(spec{
		title: "Duration of syncs and their interval", unit: unitSeconds, low: new(0.0),
		text: g.describe("Nineteen of twenty syncs took less than the marks, failed ones too. A run that takes longer than "+
			"the interval (dashed) lets the next one be skipped. The daily full read takes longer than others.",
			"Well below the dashed line.", "sales_exporter_sync_duration_seconds", "sales_exporter_sync_interval_seconds"),
		queries: []series{
			{g.quantile("0.95", "sales_exporter_sync_duration_seconds", "instance", "source"), "{{source}} on {{instance}}"},
			{g.pick("sales_exporter_sync_interval_seconds").max("source"), "{{source}}: interval"},
		},
	}).marks().overrideQuery("B", property("custom.lineStyle", dashed()), property("custom.showPoints", "never")))
	l.add(12, 8, lines(spec{
		title: "Age of data", unit: unitSeconds, low: new(0.0),
		text: g.describe("Time since the last complete sync, and since the newest change that any mirrored record has "+
			"(dashed). The second grows over night and at weekends, when nobody works in the CRM.",
			"The first a little above the interval at most.", "sales_exporter_sync_last_success_timestamp_seconds",
			"sales_exporter_data_watermark_timestamp_seconds"),
		queries: []series{
			{
				"time() - " + g.pick("sales_exporter_sync_last_success_timestamp_seconds").max("instance", "source"),
				"{{source}} on {{instance}}",
			},
			{
				"time() - " + g.pick("sales_exporter_data_watermark_timestamp_seconds").max("source", "object"),
				"{{source}}: newest of {{object}}",
			},
		},
	}).overrideQuery("B", property("custom.lineStyle", dashed()), property("custom.lineWidth", 1)))
	l.add(6, 8, lines(spec{
		title: "Records a second", unit: unitEvents, low: new(0.0),
		text: g.describe("Records that syncs handed to the mirror, by what became of them.",
			"Mostly unchanged ones; many deleted ones at once mean lost permissions.", "sales_exporter_sync_records_total"),
		queries: []series{{
			g.pick("sales_exporter_sync_records_total").rate().total("source", "op"), "{{source}}: {{op}}",
		}},
	}))
	l.add(6, 8, bars(spec{
		title: "Failed syncs by reason", unit: unitCount, decimals: new(0), low: new(0.0),
		text: g.describe("Syncs that failed in the time range, by reason, the most frequent first. auth and scope do not mend "+
			"themselves.", "0.", "sales_exporter_sync_errors_total"),
		queries: []series{{
			"sort_desc(" + g.pick("sales_exporter_sync_errors_total").increase("$__range").total("reason") + ")", "{{reason}}",
		}},
	}))
	l.add(12, 8, g.syncTable())
	l.add(12, 8, g.mirrorTable())
}

// syncTable lists when each source was tried, when it succeeded, and how often it should.
func (g *generator) syncTable() *panel {
	by := []string{"instance", "source"}
	return table(spec{
		title: "Last syncs", noValue: "no data",
		text: g.describe("When each source was last tried and last read completely.", "A success after each attempt.",
			"sales_exporter_sync_last_attempt_timestamp_seconds", "sales_exporter_sync_last_success_timestamp_seconds",
			"sales_exporter_sync_interval_seconds"),
		queries: []series{
			{g.pick("sales_exporter_sync_last_attempt_timestamp_seconds").max(by...) + " * 1000", ""},
			{g.pick("sales_exporter_sync_last_success_timestamp_seconds").max(by...) + " * 1000", ""},
			{g.pick("sales_exporter_sync_interval_seconds").max(by...), ""},
		},
	}).
		organize([2]string{"source", "Source"}, [2]string{"instance", "Instance"}, [2]string{"Value #A", "Last attempt"},
			[2]string{"Value #B", "Last success"}, [2]string{"Value #C", "Interval"}).
		column("Last attempt", unitFromNow).
		column("Last success", unitFromNow).
		column("Interval", unitSeconds)
}

// mirrorTable lists what each instance holds.
func (g *generator) mirrorTable() *panel {
	by := []string{"instance", "source", "object"}
	return table(spec{
		title: "Records in the mirror", noValue: "no data",
		text: g.describe("Live records of each source in the local mirror of each instance, and those that cannot be read and "+
			"count nowhere.", "As many as the CRM has, and the same in all instances; none is rejected.",
			"sales_exporter_mirror_records", "sales_exporter_records_quarantined"),
		queries: []series{
			{g.pick("sales_exporter_mirror_records").max(by...), ""},
			{g.pick("sales_exporter_records_quarantined").total(by...), ""},
		},
	}).
		organize([2]string{"source", "Source"}, [2]string{"object", "Object"}, [2]string{"instance", "Instance"},
			[2]string{"Value #A", "Records"}, [2]string{"Value #B", "Rejected"}).
		sortBy("Records", true).
		column("Records", unitCount, decimals(0)).
		column("Rejected", unitCount, decimals(0))
}

// addAPI shows what calls cost and how long they take.
func (g *generator) addAPI(l *layout) {
	by := []string{"source", "quota"}
	daily := `quota=~"daily.*"`
	l.add(12, 8, lines(spec{
		title: "API calls left today", unit: unitAxis, low: new(0.0), noValue: "no daily allowance",
		text: g.describe("What is left of a day's calls, of the CRM's allowance (daily) and of our share of it (daily_share), "+
			"with the limits (dashed).", "A saw that never touches the ground.", "sales_exporter_api_quota_remaining",
			"sales_exporter_api_quota_limit"),
		queries: []series{
			{g.pick("sales_exporter_api_quota_remaining", daily).min(by...), "{{source}} {{quota}}: left"},
			{g.pick("sales_exporter_api_quota_limit", daily).max(by...), "{{source}} {{quota}}: limit"},
		},
	}).overrideQuery("B", property("custom.lineStyle", dashed()), property("custom.lineWidth", 1)))
	l.add(12, 8, lines(spec{
		title: "API calls a second", unit: unitRate, low: new(0.0),
		text: g.describe("Calls by endpoint and answer, of all instances together: the CRM counts them all.",
			"Few 429, which is the CRM asking for patience, and no 401 or 403.", "sales_exporter_api_requests_total"),
		queries: []series{{
			g.pick("sales_exporter_api_requests_total").rate().total("source", "endpoint", "code"),
			"{{source}} {{endpoint}} {{code}}",
		}},
	}))
	l.add(8, 8, lines(spec{
		title: "Latency of API calls", unit: unitSeconds, low: new(0.0),
		text: g.describe("Half of the calls, and nineteen of twenty, were answered in less.", "Steady.",
			"sales_exporter_api_request_duration_seconds"),
		queries: []series{
			{g.quantile("0.5", "sales_exporter_api_request_duration_seconds", "source"), "{{source}}: half"},
			{g.quantile("0.95", "sales_exporter_api_request_duration_seconds", "source"), "{{source}}: 95 %"},
		},
	}).marks())
	l.add(8, 8, lines(spec{
		title: "Waiting for rate limits", unit: unitSeconds, low: new(0.0),
		text: g.describe("Seconds that calls wait for rate limits in each second, ours and the CRM's. Parallel calls may wait "+
			"for more than one.", "Near 0 but for the first sync.", "sales_exporter_api_throttled_seconds_total"),
		queries: []series{{
			g.pick("sales_exporter_api_throttled_seconds_total").rate().total("instance", "source"),
			"{{source}} on {{instance}}",
		}},
	}))
	l.add(8, 8, bars(spec{
		title: "Allowances left now", unit: unitRatio, decimals: new(0), low: new(0.0), high: new(1.0),
		steps: steps(colorBad, from(0.05, colorWarn), from(0.2, colorGood)), noValue: "no known allowance",
		text: g.describe("The part of each allowance that is left, short bursts too.", "Daily ones above 20 %.",
			"sales_exporter_api_quota_remaining", "sales_exporter_api_quota_limit"),
		queries: []series{{g.allowanceLeft(), "{{source}} {{quota}}"}},
	}))
	l.add(24, 6, g.callsTable())
}

// callsTable compares the calls of a day with what is allowed.
func (g *generator) callsTable() *panel {
	share := `quota="daily_share"`
	calls := g.pick("sales_exporter_api_requests_total")
	left := g.pick("sales_exporter_api_quota_remaining", share).min("source")
	return table(spec{
		title: "API calls a day against the limits",
		text: g.describe("Calls of all instances in the last 24 hours, beside the CRM's limit and the share of it that the "+
			"exporter may use; and for how long what is left lasts at the rate of the last hour.",
			"Calls below our share, and more than a day left.", "sales_exporter_api_requests_total",
			"sales_exporter_api_quota_limit", "sales_exporter_api_quota_remaining"),
		queries: []series{
			{calls.increase("1d").total("source"), ""},
			{g.pick("sales_exporter_api_quota_limit", share).max("source"), ""},
			{left, ""},
			{g.pick("sales_exporter_api_quota_limit", `quota="daily"`).max("source"), ""},
			{left + "\n/\n" + positive(calls.increase("1h").total("source")) + " * 3600", ""},
		},
	}).
		organize([2]string{"source", "Source"}, [2]string{"Value #A", "Calls in 24 hours"},
			[2]string{"Value #B", "Our share"}, [2]string{"Value #C", "Left of it"},
			[2]string{"Value #D", "Limit of the CRM"}, [2]string{"Value #E", "What is left lasts for"}).
		column("Calls in 24 hours", unitCount, decimals(0)).
		column("Our share", unitCount, decimals(0)).
		column("Left of it", unitCount, decimals(0)).
		column("Limit of the CRM", unitCount, decimals(0)).
		column("What is left lasts for", unitSeconds, decimals(1))
}
