package dashboard

// addExposition shows what the exporter serves, and what that costs.
func (g *generator) addExposition(l *layout) {
	l.add(12, 10, table(spec{
		title: "Series by metric",
		text: g.describe("Series of each metric on the metrics page, and label values that were folded into \"other\" to "+
			"respect the limits. Sort by Folded to see where numbers lose detail. Sums stay correct.", "0 folded.",
			"sales_exporter_series", "sales_exporter_series_folded"),
		queries: []series{
			{g.pick("sales_exporter_series").max("metric"), ""},
			{g.pick("sales_exporter_series_folded").max("metric"), ""},
		},
	}).
		organize([2]string{"metric", "Metric"}, [2]string{"Value #A", "Series"}, [2]string{"Value #B", "Folded"}).
		sortBy("Series", true).
		column("Series", unitCount, decimals(0)).
		column("Folded", unitCount, decimals(0)))
	l.add(12, 10, bars(spec{
		title: "Fifteen metrics with the most series", unit: unitCount, decimals: new(0), low: new(0.0),
		text:    g.describe("The metrics that make up most of a scrape.", "", "sales_exporter_series"),
		queries: []series{{"sort_desc(topk(15, " + g.pick("sales_exporter_series").max("metric") + "))", "{{metric}}"}},
	}))
	l.add(6, 7, verdictStat(spec{
		title: "Folded label values", unit: unitCount, decimals: new(0), steps: steps(colorGood, from(1, colorWarn)),
		text: g.describe("Label values folded into \"other\", over all metrics.", "0.",
			"sales_exporter_series_folded"),
		queries: []series{{
			verdict("sum("+g.pick("sales_exporter_series_folded").max("metric")+")", "NONE", level{1, "FOLDED"}), "{{status}}",
		}},
	}))
	l.add(9, 7, timeSeries(spec{
		title: "Age of the served values", unit: unitSeconds, low: new(0.0),
		text: g.describe("Time since the instant for which the served KPI values were computed.",
			"At most the sync interval.", "sales_exporter_snapshot_timestamp_seconds"),
		queries: []series{{
			"time() - " + g.pick("sales_exporter_snapshot_timestamp_seconds").max("instance"), "{{instance}}",
		}},
	}))
	l.add(9, 7, timeSeries(spec{
		title: "Time to compute all KPIs", unit: unitSeconds, low: new(0.0),
		text: g.describe("95 % of the computations took less.", "Far below the sync interval.",
			"sales_exporter_kpi_compute_duration_seconds"),
		queries: []series{{
			g.quantile("0.95", "sales_exporter_kpi_compute_duration_seconds", "instance"), "{{instance}}",
		}},
	}).marks())
	l.add(12, 7, timeSeries(spec{
		title: "Scrape duration", unit: unitSeconds, low: new(0.0),
		text: g.describeScraped("How long Prometheus took to scrape each instance.", "Far below the scrape timeout.",
			"scrape_duration_seconds"),
		queries: []series{{perInstance(scraped("scrape_duration_seconds")), "{{instance}}"}},
	}))
	l.add(12, 7, timeSeries(spec{
		title: "Samples per scrape", unit: unitAxis, low: new(0.0),
		text: g.describeScraped("Number of samples in each scrape. It changes in a step when dimensions or windows change.",
			"Steady.", "scrape_samples_scraped"),
		queries: []series{{perInstance(scraped("scrape_samples_scraped")), "{{instance}}"}},
	}))
}

// addRuntime shows what each process uses.
func (g *generator) addRuntime(l *layout) {
	process := func(title, unit, says, good, name, expr string) {
		l.add(8, 7, timeSeries(spec{
			title: title, unit: unit, low: new(0.0), text: g.describeScraped(says, good, name),
			queries: []series{{perInstance(expr), "{{instance}}"}},
		}))
	}
	l.add(8, 7, timeSeries(spec{
		title: "Memory", unit: unitBytes, low: new(0.0),
		text: g.describeScraped("Memory of each process, and the part used by the Go heap (dashed).",
			"Flat over days.", "process_resident_memory_bytes", "go_memstats_heap_inuse_bytes"),
		queries: []series{
			{perInstance(scraped("process_resident_memory_bytes")), "{{instance}}"},
			{perInstance(scraped("go_memstats_heap_inuse_bytes")), "{{instance}}: heap"},
		},
	}).overrideQuery("B", property("custom.lineStyle", dashed()), property("custom.lineWidth", 1)))
	process("CPU cores in use", unitPlain, "CPU time per second: 1 means one core.", "Peaks only during syncs.",
		"process_cpu_seconds_total", "rate("+scraped("process_cpu_seconds_total")+"[$__rate_interval])")
	process("Goroutines", unitAxis, "Go's lightweight threads.", "Flat over days.",
		"go_goroutines", scraped("go_goroutines"))
	// Prometheus 3 writes the quantile as a float, servers before it as the page does.
	process("Longest pause for garbage collection", unitSeconds, "The longest of the recent pauses.", "Milliseconds.",
		"go_gc_duration_seconds", scraped("go_gc_duration_seconds", `quantile=~"1|1[.]0"`))
	process("Open files", unitAxis, "Open file descriptors, including connections.", "Flat over days.",
		"process_open_fds", scraped("process_open_fds"))
	process("Time since start", unitSeconds, "A drop to 0 is a restart.", "One rising line.",
		"process_start_time_seconds", "time() - "+scraped("process_start_time_seconds"))
}

// addConfiguration shows what runs, and whether all instances run the same.
func (g *generator) addConfiguration(l *layout) {
	l.add(8, 5, verdictStat(spec{
		title: "Last load of the configuration", unit: unitPlain, steps: steps(colorBad, from(1, colorGood)),
		text: g.describe("Whether the last load of the configuration file succeeded. If not, the previous configuration is "+
			"still in force.", "OK.", "sales_exporter_config_last_reload_successful"),
		queries: []series{{g.pick("sales_exporter_config_last_reload_successful").max("instance"), "{{instance}}"}},
	}).words(states("FAILED", "OK")...))
	hash := g.pick("sales_exporter_config_hash")
	l.add(8, 5, verdictStat(spec{
		title: "Configurations in force", unit: unitCount, decimals: new(0),
		steps: steps(colorGood, from(2, colorWarn)),
		text: g.describe("Number of different configurations that the instances run with.", "1, except during a rollout.",
			"sales_exporter_config_hash"),
		queries: []series{{
			verdict(`count(count_values("hash", `+hash.max("instance")+"))", "ALIKE", level{2, "DIFFERENT"}), "{{status}}",
		}},
	}))
	l.add(8, 5, verdictStat(spec{
		title: "Restarts in this time range", unit: unitCount, decimals: new(0),
		steps: steps(colorGood, from(1, colorWarn), from(3, colorBad)),
		text: g.describeScraped("How often each instance was restarted under the same address.", "0, or upgrades.",
			"process_start_time_seconds"),
		queries: []series{{perInstance("changes(" + scraped("process_start_time_seconds") + "[$__range])"), "{{instance}}"}},
	}))
	l.add(24, 6, table(spec{
		title: "Instances", noValue: "not scraped",
		text: g.describe("Version, start time and configuration of each instance.", "One version and one hash.",
			"sales_exporter_build_info", "sales_exporter_config_hash",
			"sales_exporter_config_last_reload_success_timestamp_seconds"),
		queries: []series{
			{g.pick("sales_exporter_build_info").max("instance", "version", "revision", "goversion"), ""},
			{perInstance(scraped("process_start_time_seconds")) + " * 1000", ""},
			{hash.max("instance"), ""},
			{g.pick("sales_exporter_config_last_reload_success_timestamp_seconds").max("instance") + " * 1000", ""},
		},
	}).
		organize([2]string{"instance", "Instance"}, [2]string{"version", "Version"}, [2]string{"revision", "Revision"},
			[2]string{"goversion", "Go"}, [2]string{"Value #A"}, [2]string{"Value #B", "Started"},
			[2]string{"Value #C", "Configuration hash"}, [2]string{"Value #D", "Configuration loaded"}).
		column("Started", unitFromNow).
		column("Configuration hash", unitPlain, decimals(0)).
		column("Configuration loaded", unitFromNow))
}
