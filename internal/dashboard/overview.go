package dashboard

// overview answers a sales leader: will we hit the number?
func (g *generator) overview() *board {
	variables := []variable{datasourceVariable(), jobVariable(), g.currencyVariable(), periodVariable(), g.targetVariable()}
	g.begin(variables)
	l := &layout{}
	l.row("Are we on track? $target", false)
	g.addVerdict(l)
	g.addTrajectory(l)
	l.row("By team", false)
	g.addTeamTargets(l)
	l.add(12, 7, g.wonByTeam())
	l.row("Pipeline at a glance", false)
	l.add(8, 8, g.pipelineByClosing())
	l.add(8, 8, g.pipelineByStage())
	l.add(8, 8, g.forecastCategories())
	l.row("Compared with earlier periods", false)
	l.add(14, 11, g.growth())
	l.add(10, 11, text("About these numbers", aboutNumbers))
	l.row("Open alerts", false)
	l.add(24, 8, alerts("Open sales alerts", "Firing and pending alerts for sales, from Prometheus.", "sales|revops"))
	return g.finish(frame{
		uid: "sales-overview", title: "Sales / Overview", tags: kpiTags(), variables: variables,
		description: "Will we hit the number? Attainment, pace, forecast and coverage of one revenue target.",
	}, l)
}

const aboutNumbers = `Every number comes from a local mirror of the CRMs. The tile **Data age** shows how fresh it is.

* A number is right or absent: nothing is shown before the first complete sync.
* **Working days** count today as elapsed; weekends and holidays do not lower the pace.
* Amounts are shown in one currency: see [dashboards](` + docsURL + `dashboards.md#your-currency-and-fiscal-year) to choose yours.
* Definitions: [metrics](` + docsURL + `metrics.md) · What to do: [runbooks](` + docsURL + `runbooks/)
* Past days come from Prometheus. Use [backfill](` + docsURL + `backfill.md) to fill them in.`

// ratio returns the expression of one target metric as a part of another, over all scopes of the target.
func (g *generator) ratio(part, whole selection) string {
	return part.sum() + "\n/\n" + positive(whole.sum())
}

// addVerdict adds the tiles that fit the first screen.
func (g *generator) addVerdict(l *layout) {
	value, actual := g.plan("sales_target_value"), g.plan("sales_target_actual_value")
	expected := g.plan("sales_target_expected_value")
	l.add(6, 5, verdictStat(spec{
		title: "Pace", unit: unitRatio, decimals: new(1), steps: onPlan().steps, links: to("Teams", "sales-team"),
		text: g.describe("Won revenue as a share of what is expected by the end of today.",
			"100 % or more. Below 85 % the target is at risk.", "sales_target_actual_value", "sales_target_expected_value"),
		queries: []series{{verdict(g.ratio(actual, expected), "BEHIND", onPlan().levels...), "{{status}}"}},
	}))
	l.add(5, 5, gauge(spec{
		title: "Attainment", unit: unitRatio, decimals: new(0), low: new(0.0), high: new(1.2),
		steps: steps(colorMain, from(1, colorGood)),
		text: g.describe("Share of the target that is won. Compare it with the pace: 40 % is good in the first month of a quarter.",
			"100 % at the end of the period.", "sales_target_attainment_ratio"),
		queries: []series{{g.ratio(actual, value), "won / target"}},
	}))
	l.add(5, 5, stat(spec{
		title: "Won so far", unit: g.money, decimals: new(2), links: to("Pipeline", "sales-pipeline"),
		text: g.describe("Revenue won since the start of the period, within the scope of the target.", "",
			"sales_target_actual_value"),
		queries: []series{{actual.sum(), "won"}},
	}))
	l.add(4, 5, stat(spec{
		title: "Gap to target", unit: g.money, decimals: new(2), steps: steps(colorGood, from(0, colorMain)),
		text: g.describe("Target minus won revenue. Negative once the target is exceeded.", "0 or less by the end.",
			"sales_target_gap_value"),
		queries: []series{{g.plan("sales_target_gap_value").sum(), "missing"}},
	}))
	l.add(4, 5, bars(spec{
		title: "Period elapsed", unit: unitRatio, decimals: new(0), low: new(0.0), high: new(1.0),
		text: g.describe("Elapsed share of the period, in calendar days and in working days.", "",
			"sales_target_elapsed_ratio"),
		queries: []series{
			{g.plan("sales_target_elapsed_ratio", `method="linear"`).max(), "days"},
			{g.plan("sales_target_elapsed_ratio", `method="working_days"`).max(), "working days"},
		},
	}))
	g.addOutlook(l)
}

// addOutlook adds the second line of tiles: what is likely to come.
func (g *generator) addOutlook(l *layout) {
	value := g.plan("sales_target_value")
	weighted := g.plan("sales_target_forecast_value", `method="weighted"`)
	commit := g.plan("sales_target_forecast_value", `method="commit"`)
	l.add(4, 4, verdictStat(spec{
		title: "Forecast", unit: unitRatio, decimals: new(1), steps: onPlan().steps,
		links: to("Pipeline", "sales-pipeline"),
		text: g.describe("Won so far plus the open deals due in the period, each times its probability, as a share of "+
			"the target.", "100 % or more.", "sales_target_forecast_value"),
		queries: []series{{verdict(g.ratio(weighted, value), "BELOW TARGET", onPlan().levels...), "{{status}}"}},
	}))
	l.add(4, 4, stat(spec{
		title: "Won + commit", unit: unitRatio, decimals: new(1), steps: onPlan().steps,
		text: g.describe("Won so far plus the open deals due in the period with forecast category commit, as a share of "+
			"the target.", "100 % when 60 % of the period is over.", "sales_target_forecast_value"),
		queries: []series{{g.ratio(commit, value), "commit"}},
	}))
	l.add(4, 4, verdictStat(spec{
		title: "Pipeline coverage", unit: unitMultiple, decimals: new(2),
		steps: covered().steps, links: to("Pipeline", "sales-pipeline"),
		text: g.describe("Open deals due in the period as a multiple of the gap to the target. REACHED if there is no "+
			"gap.", "3 times, or 1 / win rate if it is known.", "sales_pipeline_coverage_ratio"),
		queries: []series{{coverageVerdict(g.coverage(), g.plan("sales_target_gap_value").sum()), "{{status}}"}},
	}).orReached())
	l.add(3, 4, stat(spec{
		title: "Needed per day", unit: g.money, decimals: new(1), noValue: "no working day left, or no data",
		text: g.describe("Revenue needed on each working day after today to reach the target.",
			"Not more than the average of the days so far.", "sales_target_required_rate_per_day"),
		queries: []series{{"clamp_min(" + g.plan("sales_target_required_rate_per_day").sum() + ", 0)", "needed"}},
	}))
	l.add(3, 4, g.leftOut())
	l.add(3, 4, g.dataAge())
	l.add(3, 4, g.exporterState())
}

// exporterState tells an exporter that is away from a company that sells nothing.
func (g *generator) exporterState() *panel {
	return verdictStat(spec{
		title: "Exporter", unit: unitPlain, steps: steps(colorBad, from(1, colorGood)), noValue: "not scraped",
		links:   toOperations(),
		text:    g.describeScraped("Whether Prometheus can scrape at least one instance. While it cannot, the numbers are not updated.", "UP.", "up"),
		queries: []series{{`max(up{job=~"$job"})`, "exporter"}},
	}).words(states("DOWN", "UP")...)
}

// leftOut says when the numbers of a board are partial.
func (g *generator) leftOut() *panel {
	return stat(spec{
		title: "Excluded deals", unit: unitCount, decimals: new(0), steps: steps(colorGood, from(1, colorWarn)),
		links: to("Pipeline", "sales-pipeline"),
		text: g.describe("Deals missing from these numbers: a configured filter excludes them, or their amount is in a "+
			"currency without a rate.", "0, or as many as the filters are meant to exclude.", "sales_records_excluded"),
		queries: []series{{g.pick("sales_records_excluded").sum(), "excluded"}},
	})
}

// coverage returns what is due as a multiple of what is missing, over all scopes of the target.
func (g *generator) coverage() string {
	share := g.plan("sales_pipeline_coverage_ratio", `denominator="target"`)
	value, gap := g.plan("sales_target_value"), g.plan("sales_target_gap_value")
	return "sum(" + share.once() + "\n* " + value.once() + ")\n/\n" + positive(gap.sum())
}

// withoutSync is what tiles about the age of data say where there is none.
const withoutSync = "no sync in 7 days"

func (g *generator) dataAge() *panel {
	return stat(spec{
		title: "Data age", unit: unitSeconds, decimals: new(1), noValue: withoutSync,
		steps: steps(colorGood, from(3600, colorWarn), from(4*3600, colorBad)),
		links: toOperations(),
		text: g.describe("Time since the last complete sync of the source that is furthest behind. It keeps growing while "+
			"the exporter is down.",
			"Less than an hour.", "sales_exporter_sync_last_success_timestamp_seconds"),
		queries: []series{{"time() - min(" + g.lastSync() + ")", "oldest"}},
	})
}

func (g *generator) addTrajectory(l *layout) {
	l.add(14, 7, trend(spec{
		title: "Won so far against the plan", unit: g.money, low: new(0.0),
		text: g.describe("Won revenue, expected revenue, forecast and target for each day of the time range.",
			"The line won above the line expected by now.", "sales_target_actual_value", "sales_target_expected_value"),
		queries: []series{
			{g.plan("sales_target_actual_value").daily().sum(), "won"},
			{g.plan("sales_target_expected_value").daily().sum(), "expected by now"},
			{g.plan("sales_target_forecast_value", `method="weighted"`).daily().sum(), "won + weighted pipeline"},
			{g.plan("sales_target_value").daily().sum(), "target"},
		},
	}).
		override("won", fixed(colorMain), property("custom.fillOpacity", 20), property("custom.lineWidth", 3)).
		override("expected by now", fixed(colorWarn), property("custom.lineStyle", dashed())).
		override("won + weighted pipeline", fixed(colorAccent), property("custom.lineWidth", 1)).
		override("target", fixed(colorNeutral)))
	now := g.pick("sales_revenue_won_cumulative_amount", `period="$period"`)
	before := g.pick("sales_revenue_won_cumulative_amount", `period="previous_$period"`)
	l.add(10, 7, columns("day", spec{
		title: "Day by day, with the previous period", unit: g.money, low: new(0.0),
		noValue: "months and quarters only",
		text: g.describe("Revenue won from the start of the period to each day, compared with the same days of the previous "+
			"period. It needs no recorded history.", "Above the previous period.",
			"sales_revenue_won_cumulative_amount"),
		queries: []series{{now.sum("day"), ""}, {before.sum("day"), ""}},
	}).
		organize([2]string{"day", "day"}, [2]string{"Value #A", "this period"}, [2]string{"Value #B", "previous period"}).
		sortBy("day", false).
		override("this period", fixed(colorMain)).
		override("previous period", fixed(colorNeutral)))
}

func dashed() map[string]any { return map[string]any{"dash": []int{10, 10}, "fill": "dash"} }

// teamLink opens the team of a row.
func teamLink() []panelLink {
	return []panelLink{{
		Title: "Team", URL: "/d/sales-team?${__url_time_range}&${__all_variables}&var-team=${__data.fields.Team:percentencode}",
	}}
}

// addTeamTargets adds the targets of teams, for comparison.
func (g *generator) addTeamTargets(l *layout) {
	l.add(24, 7, table(spec{
		title: "Team targets", links: teamLink(),
		noValue: "no team target",
		text: g.describe("One row for each target whose scope is a team and nothing else.",
			"Pace of 100 % or more and a coverage of 3.", "sales_target_attainment_ratio", "sales_target_pace_ratio"),
		queries: []series{
			{g.ofTeams("sales_target_value"), ""},
			{g.ofTeams("sales_target_actual_value"), ""},
			{g.ofTeams("sales_target_attainment_ratio"), ""},
			{g.ofTeams("sales_target_pace_ratio"), ""},
			{g.ofTeams("sales_target_gap_value"), ""},
			{g.ofTeams("sales_target_forecast_value", `method="weighted"`), ""},
			{g.ofTeams("sales_pipeline_coverage_ratio", `denominator="remaining"`), ""},
		},
	}).
		organize([2]string{"team", "Team"}, [2]string{"target", "Name"}, [2]string{"Value #A", "Target"},
			[2]string{"Value #B", "Won"}, [2]string{"Value #C", "Attainment"}, [2]string{"Value #D", "Pace"},
			[2]string{"Value #E", "Gap"}, [2]string{"Value #F", "Forecast"}, [2]string{"Value #G", "Coverage"}).
		sortBy("Pace", false).
		override("Name", property("custom.width", 250)).
		column("Target", g.money, decimals(1)).
		column("Won", g.money, decimals(1)).
		column("Attainment", unitRatio, decimals(0), property("min", 0), property("max", 1),
			property("custom.cellOptions", map[string]any{"mode": "basic", "type": "gauge"})).
		column("Pace", unitRatio, append(colouredByThreshold(onPlan().steps), decimals(0))...).
		column("Gap", g.money, decimals(1)).
		column("Forecast", g.money, decimals(1)).
		column("Coverage", unitMultiple, decimals(1)))
	l.add(12, 7, bars(spec{
		title: "Attainment by team", unit: unitRatio, decimals: new(0), low: new(0.0), high: new(1.2),
		steps: steps(colorMain, from(1, colorGood)), noValue: "no team target",
		text: g.describe("Share of its target that each team has won.", "Each bar at or above the elapsed share of the period.",
			"sales_target_attainment_ratio"),
		queries: []series{{g.ofTeams("sales_target_attainment_ratio"), "{{team}}"}},
	}))
}

func (g *generator) wonByTeam() *panel {
	return bars(spec{
		title: "Won by team", unit: g.money, decimals: new(1), low: new(0.0),
		text: g.describe("Revenue won in the period to date, by the team of the deal's rep.", "", "sales_revenue_won_amount"),
		queries: []series{{
			emptyNamed("team", "no team", g.pick("sales_revenue_won_amount", `window="${period}_to_date"`).sum("team")+" != 0"),
			"{{team}}",
		}},
	})
}

func (g *generator) growth() *panel {
	change := append(colouredByThreshold(steps(colorBad, from(0, colorGood))), decimals(0))
	return table(spec{
		title: "Growth over the previous period",
		text: g.describe("This period to date compared with the same part of the previous period, by source.",
			"Above 0.", "sales_growth_ratio"),
		queries: []series{
			{g.pick("sales_growth_ratio", `rollup="all"`, `basis="month"`).max("source", "kpi"), ""},
			{g.pick("sales_growth_ratio", `rollup="all"`, `basis="quarter"`).max("source", "kpi"), ""},
			{g.pick("sales_growth_ratio", `rollup="all"`, `basis="year"`).max("source", "kpi"), ""},
		},
	}).organize([2]string{"source", "Source"}, [2]string{"kpi", "KPI"}, [2]string{"Value #A", "Month"},
		[2]string{"Value #B", "Quarter"}, [2]string{"Value #C", "Year"}).
		column("Month", unitRatio, change...).
		column("Quarter", unitRatio, change...).
		column("Year", unitRatio, change...)
}
