package dashboard

// addSync shows whether data arrives, and how late.
func (g *generator) addSync(l *layout) {
	l.add(12, 7, timeline(spec{
		title: "Syncs by source", unit: unitPlain,
		text: g.describe("Whether the last sync succeeded, over time.", "Always OK.", "sales_exporter_source_up"),
		queries: []series{{
			g.pick("sales_exporter_source_up").max("instance", "source"), "{{source}} on {{instance}}",
		}},
	}, states("FAILED", "OK")...))
	l.add(12, 7, timeSeries(spec{
		title: "Sync duration and interval", unit: unitSeconds, low: new(0.0),
		text: g.describe("95 % of the syncs took less than shown, including failed ones. If a sync takes longer than the "+
			"interval (dashed), the next one is skipped. The daily full sync takes longer than the others.",
			"Well below the dashed line.", "sales_exporter_sync_duration_seconds", "sales_exporter_sync_interval_seconds"),
		queries: []series{
			{g.quantile("0.95", "sales_exporter_sync_duration_seconds", "instance", "source"), "{{source}} on {{instance}}"},
			{g.pick("sales_exporter_sync_interval_seconds").max("source"), "{{source}}: interval"},
		},
	}).marks().overrideQuery("B", property("custom.lineStyle", dashed()), property("custom.showPoints", "never")))
	l.add(12, 8, timeSeries(spec{
		title: "Data age", unit: unitSeconds, low: new(0.0),
		text: g.describe("Time since the last complete sync, and since the newest change of any mirrored record (dashed). "+
			"The second grows at night and at weekends, when nobody works in the CRM.",
			"The first at most a little above the sync interval.", "sales_exporter_sync_last_success_timestamp_seconds",
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
	l.add(6, 8, timeSeries(spec{
		title: "Records per second", unit: unitEvents, low: new(0.0),
		text: g.describe("Records that syncs passed to the mirror, by operation.",
			"Mostly unchanged. Many deleted at once can mean a lost permission.", "sales_exporter_sync_records_total"),
		queries: []series{{
			g.pick("sales_exporter_sync_records_total").rate().total("source", "op"), "{{source}}: {{op}}",
		}},
	}))
	l.add(6, 8, bars(spec{
		title: "Failed syncs by reason", unit: unitCount, decimals: new(0), low: new(0.0),
		text: g.describe("Failed syncs in the time range by reason, the most frequent first. auth and scope do not recover by "+
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
		text: g.describe("Last sync attempt and last complete sync of each source.", "A success after each attempt.",
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
		text: g.describe("Live records of each source in the local mirror of each instance, and rejected records, which "+
			"cannot be read and count in no KPI.", "As many as in the CRM, the same in all instances, none rejected.",
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
	l.add(12, 8, timeSeries(spec{
		title: "API calls left today", unit: unitAxis, low: new(0.0), noValue: "no daily quota",
		text: g.describe("API calls left today, of the CRM's quota (daily) and of the exporter's share of it (daily_share), "+
			"with the limits (dashed).", "A sawtooth that never reaches 0.", "sales_exporter_api_quota_remaining",
			"sales_exporter_api_quota_limit"),
		queries: []series{
			{g.pick("sales_exporter_api_quota_remaining", daily).min(by...), "{{source}} {{quota}}: left"},
			{g.pick("sales_exporter_api_quota_limit", daily).max(by...), "{{source}} {{quota}}: limit"},
		},
	}).overrideQuery("B", property("custom.lineStyle", dashed()), property("custom.lineWidth", 1)))
	l.add(12, 8, timeSeries(spec{
		title: "API calls per second", unit: unitRate, low: new(0.0),
		text: g.describe("API calls by endpoint and status, of all instances together, because the CRM counts them all.",
			"Few 429 (too many requests), no 401 or 403.", "sales_exporter_api_requests_total"),
		queries: []series{{
			g.pick("sales_exporter_api_requests_total").rate().total("source", "endpoint", "code"),
			"{{source}} {{endpoint}} {{code}}",
		}},
	}))
	l.add(8, 8, timeSeries(spec{
		title: "Latency of API calls", unit: unitSeconds, low: new(0.0),
		text: g.describe("50 % and 95 % of the calls were answered in less.", "Steady.",
			"sales_exporter_api_request_duration_seconds"),
		queries: []series{
			{g.quantile("0.5", "sales_exporter_api_request_duration_seconds", "source"), "{{source}}: 50 %"},
			{g.quantile("0.95", "sales_exporter_api_request_duration_seconds", "source"), "{{source}}: 95 %"},
		},
	}).marks())
	l.add(8, 8, timeSeries(spec{
		title: "Waiting for rate limits", unit: unitSeconds, low: new(0.0),
		text: g.describe("Seconds per second that API calls wait for rate limits, the exporter's own and the CRM's. It can "+
			"exceed 1, because calls run in parallel.", "Near 0, except during the first sync.", "sales_exporter_api_throttled_seconds_total"),
		queries: []series{{
			g.pick("sales_exporter_api_throttled_seconds_total").rate().total("instance", "source"),
			"{{source}} on {{instance}}",
		}},
	}))
	l.add(8, 8, bars(spec{
		title: "API quotas left now", unit: unitRatio, decimals: new(0), low: new(0.0), high: new(1.0),
		steps: allowance().steps, noValue: "no known quota",
		text: g.describe("Share of each quota that is left, including short-term quotas.", "Daily quotas above 20 %.",
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
		title: "API calls per day against the limits",
		text: g.describe("API calls of all instances in the last 24 hours, the CRM's limit, the exporter's share of it, and "+
			"how long the rest lasts at the rate of the last hour.",
			"Calls below the exporter's share, and the rest lasts for more than a day.", "sales_exporter_api_requests_total",
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
			[2]string{"Value #B", "Exporter's share"}, [2]string{"Value #C", "Left of share"},
			[2]string{"Value #D", "CRM limit"}, [2]string{"Value #E", "Rest lasts for"}).
		column("Calls in 24 hours", unitCount, decimals(0)).
		column("Exporter's share", unitCount, decimals(0)).
		column("Left of share", unitCount, decimals(0)).
		column("CRM limit", unitCount, decimals(0)).
		column("Rest lasts for", unitSeconds, decimals(1))
}
