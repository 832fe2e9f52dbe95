package dashboard

// pipeline answers: what is there to win, when, and is it enough?
func (g *generator) pipeline() *board {
	variables := []variable{
		datasourceVariable(), jobVariable(), sourceVariable(), g.currencyVariable(), periodVariable(), g.targetVariable(),
		dimensionVariable("pipeline", "Pipeline"), dimensionVariable("team", "Team"),
	}
	g.begin(variables)
	l := &layout{}
	l.row("What can we win?", false)
	g.addPipelineTiles(l)
	l.add(8, 8, g.pipelineByClosing())
	l.add(8, 8, g.pipelineByStage())
	l.add(8, 8, g.forecastCategories())
	l.row("Is it enough?", false)
	g.addForecast(l)
	l.row("What is created, won and lost?", false)
	g.addFlow(l)
	l.row("How do deals perform?", false)
	g.addWinning(l)
	l.row("How old are open deals?", true)
	g.addAges(l)
	return g.finish(frame{
		uid: "sales-pipeline", title: "Sales / Pipeline & forecast", tags: kpiTags(), variables: variables,
		description: "What can we win, when is it due, and is it enough? The filters for source, pipeline and " +
			"team apply to deals. Targets keep their own scope.",
	}, l)
}

func (g *generator) addPipelineTiles(l *layout) {
	open, deals := g.pick("sales_pipeline_amount"), g.pick("sales_pipeline_deals")
	overdue := g.pick("sales_pipeline_amount", `closing="overdue"`)
	l.add(5, 4, stat(spec{
		title: "Open pipeline", unit: g.money, decimals: new(1),
		text:    g.describe("Sum of the amounts of all open deals.", "", "sales_pipeline_amount"),
		queries: []series{{open.sum(), "open"}},
	}))
	l.add(5, 4, stat(spec{
		title: "Weighted pipeline", unit: g.money, decimals: new(1),
		text: g.describe("Sum of the amounts of all open deals, each times its probability in the CRM.", "",
			"sales_pipeline_weighted_amount"),
		queries: []series{{g.pick("sales_pipeline_weighted_amount", `probability="crm"`).sum(), "weighted"}},
	}))
	l.add(4, 4, stat(spec{
		title: "Open deals", unit: unitCount, decimals: new(0),
		text:    g.describe("Number of open deals.", "", "sales_pipeline_deals"),
		queries: []series{{deals.sum(), "deals"}},
	}))
	share := g.plan("sales_pipeline_coverage_ratio", `denominator="target"`)
	l.add(5, 4, stat(spec{
		title: "Due for $target", unit: g.money, decimals: new(1),
		text: g.describe("Sum of the amounts of the open deals that are due in the period and count toward the target.", "",
			"sales_pipeline_coverage_ratio", "sales_target_value"),
		queries: []series{{"sum(" + share.once() + "\n* " + g.plan("sales_target_value").once() + ")", "due"}},
	}))
	l.add(5, 4, verdictStat(spec{
		title: "Overdue share", unit: unitRatio, decimals: new(1), noValue: "no open deal, or no data",
		steps: overdueShare().steps,
		text: g.describe("Share of the open pipeline whose expected close date has passed. It makes the forecast wrong.",
			"Less than 10 %.", "sales_pipeline_amount"),
		queries: []series{{
			verdict(overdue.sum()+"\n/\n"+positive(open.sum()), "GOOD", overdueShare().levels...),
			"{{status}}",
		}},
	}))
}

func (g *generator) pipelineByClosing() *panel {
	return bars(spec{
		title: "Open pipeline by expected close", unit: g.money, decimals: new(1), low: new(0.0),
		text: g.describe("Amounts of open deals by expected close date. Overdue deals have a close date in the past and "+
			"need an update.", "Little overdue and little without a date.", "sales_pipeline_amount"),
		queries: []series{{g.byClosing("sales_pipeline_amount"), "{{closing}}"}},
	})
}

func (g *generator) pipelineByStage() *panel {
	return bars(spec{
		title: "Open pipeline by stage", unit: g.money, decimals: new(1), low: new(0.0),
		text:    g.describe("Amounts of open deals by stage.", "", "sales_pipeline_amount"),
		queries: []series{{"sort_desc(" + g.pick("sales_pipeline_amount").sum("deal_stage") + ")", "{{deal_stage}}"}},
	})
}

func (g *generator) forecastCategories() *panel {
	return bars(spec{
		title: "Open pipeline by forecast category", unit: g.money, decimals: new(1), low: new(0.0),
		text: g.describe("Amounts of open deals by the forecast category that the rep assigned.", "",
			"sales_pipeline_forecast_category_amount"),
		queries: []series{{
			"sort_desc(" + g.pick("sales_pipeline_forecast_category_amount").sum("category") + ")", "{{category}}",
		}},
	})
}

// addForecast compares what may be won with the target of the board.
func (g *generator) addForecast(l *layout) {
	forecast := func(method string) string {
		return g.plan("sales_target_forecast_value", `method="`+method+`"`).daily().sum()
	}
	l.add(16, 9, trend(spec{
		title: "Forecast against the target", unit: g.money, low: new(0.0),
		text: g.describe("Won revenue at the end of the period if the open deals due in it are won: those in category "+
			"commit, also best case, or each times its probability. The projection continues the rate so far.",
			"Won + weighted at or above the target.", "sales_target_forecast_value", "sales_target_projection_value"),
		queries: []series{
			{g.plan("sales_target_actual_value").daily().sum(), "won"},
			{forecast("commit"), "won + commit"},
			{forecast("best_case"), "won + best case"},
			{forecast("weighted"), "won + weighted"},
			{g.plan("sales_target_projection_value").daily().sum(), "projection"},
			{g.plan("sales_target_value").daily().sum(), "target"},
		},
	}).
		override("won", fixed(colorMain), property("custom.fillOpacity", 20)).
		override("won + weighted", fixed(colorAccent), property("custom.lineWidth", 3)).
		override("projection", property("custom.lineStyle", dashed())).
		override("target", fixed(colorNeutral)))
	l.add(4, 9, verdictStat(spec{
		title: "Coverage of the gap", unit: unitMultiple, decimals: new(2),
		steps: covered().steps,
		text: g.describe("Open deals due in the period as a multiple of the gap to the target. REACHED if there is no "+
			"gap.", "3 times, or 1 / win rate if it is known.", "sales_pipeline_coverage_ratio"),
		queries: []series{{coverageVerdict(g.coverage(), g.plan("sales_target_gap_value").sum()), "{{status}}"}},
	}).orReached())
	l.add(4, 9, stat(spec{
		title: "Recent pace", unit: unitRatio, decimals: new(1), steps: onPlan().steps,
		noValue: "period ended, or no data",
		text: g.describe("Won in the last ten working days as a share of what was expected in them. It shows whether a team "+
			"that is behind is recovering.", "100 % or more.", "sales_target_trailing_pace_ratio"),
		queries: []series{{g.plan("sales_target_trailing_pace_ratio").max("target"), "{{target}}"}},
	}))
}

// addFlow compares what is created with what is closed.
func (g *generator) addFlow(l *layout) {
	flow := func(name string) string { return g.pick(name, `window="trailing_30d"`).daily().sum() }
	l.add(12, 8, trend(spec{
		title: "Created, won and lost in 30 days", unit: g.money, low: new(0.0),
		text: g.describe("Amounts of deals created, won and lost in the 30 days before each day.",
			"Created above won + lost, otherwise the pipeline shrinks.", "sales_pipeline_created_amount",
			"sales_revenue_won_amount", "sales_revenue_lost_amount"),
		queries: []series{
			{flow("sales_pipeline_created_amount"), "created"},
			{flow("sales_revenue_won_amount"), "won"},
			{flow("sales_revenue_lost_amount"), "lost"},
		},
	}).override("created", fixed(colorMain)).override("won", fixed(colorGood)).override("lost", fixed(colorBad)))
	l.add(12, 8, trend(spec{
		title: "Deals created, won and lost in 30 days", unit: unitAxis, low: new(0.0),
		text: g.describe("Number of deals created, won and lost in the 30 days before each day.", "",
			"sales_deals_created", "sales_deals_won", "sales_deals_lost"),
		queries: []series{
			{flow("sales_deals_created"), "created"},
			{flow("sales_deals_won"), "won"},
			{flow("sales_deals_lost"), "lost"},
		},
	}).override("created", fixed(colorMain)).override("won", fixed(colorGood)).override("lost", fixed(colorBad)))
}

// addWinning shows how often, how large and how fast.
func (g *generator) addWinning(l *layout) {
	rate := func(window string) string {
		w := `window="` + window + `"`
		won, lost := g.pick("sales_deals_won", w).daily().sum(), g.pick("sales_deals_lost", w).daily().sum()
		return won + "\n/\n(" + won + " + " + lost + " > 0)"
	}
	l.add(6, 8, trend(spec{
		title: "Win rate", unit: unitRatio, low: new(0.0), high: new(1.0),
		text: g.describe("Won deals as a share of closed deals, in the 30 and 365 days before each day.",
			"30 days near or above 365 days.", "sales_win_ratio"),
		queries: []series{{rate("trailing_30d"), "30 days"}, {rate("trailing_365d"), "365 days"}},
	}))
	quantile := func(q, name, window string) string {
		return "histogram_quantile(" + q + ", " + g.pick(name, `window="`+window+`"`, `outcome="won"`).bucket().daily().sum("le") +
			") / 86400"
	}
	l.add(6, 8, trend(spec{
		title: "Days from creation to win", unit: unitWholeDays, low: new(0.0),
		text: g.describe("50 % and 90 % of the deals won in the 90 days before each day took less. Estimated from "+
			"histogram buckets.", "Steady or falling.", "sales_cycle_seconds"),
		queries: []series{
			{quantile("0.5", "sales_cycle_seconds", "trailing_90d"), "50 %"},
			{quantile("0.9", "sales_cycle_seconds", "trailing_90d"), "90 %"},
		},
	}))
	window := `window="${period}_to_date"`
	l.add(12, 8, table(spec{
		title: "Deal size and cycle, all teams", noValue: "nothing won, or no data",
		text: g.describe("Means and medians of deals won in the period to date, over all teams and pipelines of a source. If the "+
			"mean is far above the median, a few large deals dominate.", "", "sales_deal_size_mean_amount", "sales_deal_size_median_amount", "sales_cycle_mean_seconds",
			"sales_cycle_median_seconds"),
		queries: []series{
			{g.pick("sales_deal_size_mean_amount", `rollup="all"`, window).max("source"), ""},
			{g.pick("sales_deal_size_median_amount", `rollup="all"`, window).max("source"), ""},
			{g.pick("sales_cycle_mean_seconds", `rollup="all"`, window).max("source"), ""},
			{g.pick("sales_cycle_median_seconds", `rollup="all"`, window).max("source"), ""},
			{g.pick("sales_win_ratio", `rollup="all"`, `basis="amount"`, window).max("source"), ""},
		},
	}).
		organize([2]string{"source", "Source"}, [2]string{"Value #A", "Mean deal"}, [2]string{"Value #B", "Median deal"},
			[2]string{"Value #C", "Mean cycle"}, [2]string{"Value #D", "Median cycle"}, [2]string{"Value #E", "Amount won"}).
		column("Mean deal", g.money, decimals(1)).
		column("Median deal", g.money, decimals(1)).
		column("Mean cycle", unitSeconds, decimals(1)).
		column("Median cycle", unitSeconds, decimals(1)).
		column("Amount won", unitRatio, decimals(0)))
}

// addAges shows the distributions of open deals, and of what deals are worth.
func (g *generator) addAges(l *layout) {
	median := func(name string) string {
		return "sort_desc(histogram_quantile(0.5, " + g.pick(name).bucket().sum("deal_stage", "le") + ") / 86400)"
	}
	l.add(12, 9, bars(spec{
		title: "Median age by stage", unit: unitWholeDays, decimals: new(0), low: new(0.0),
		text: g.describe("50 % of the open deals in a stage are older. Estimated from histogram buckets. "+
			"The team filter does not apply.",
			"Less than two sales cycles.", "sales_deal_age_seconds"),
		queries: []series{{median("sales_deal_age_seconds"), "{{deal_stage}}"}},
	}))
	l.add(12, 9, bars(spec{
		title: "Median time in the current stage", unit: unitWholeDays, decimals: new(0), low: new(0.0),
		text: g.describe("50 % of the open deals in a stage have been in it for longer. Estimated from histogram buckets. "+
			"The team filter does not apply.", "Short, and shorter in late stages.", "sales_deal_time_in_stage_seconds"),
		queries: []series{{median("sales_deal_time_in_stage_seconds"), "{{deal_stage}}"}},
	}))
	size := func(q string) string {
		sizes := g.pick("sales_deal_size_amount", `window="trailing_90d"`).bucket()
		return "histogram_quantile(" + q + ", " + sizes.sum("le") + ")"
	}
	l.add(12, 9, bars(spec{
		title: "Size of deals won in 90 days", unit: g.money, decimals: new(1), low: new(0.0),
		text: g.describe("10 %, 50 % and 90 % of the deals won in the last 90 days were smaller than the bar shows. "+
			"Estimated from histogram buckets.", "", "sales_deal_size_amount"),
		queries: []series{{size("0.1"), "10 %"}, {size("0.5"), "50 %"}, {size("0.9"), "90 %"}},
	}))
	l.add(12, 9, bars(spec{
		title: "Excluded deals by reason", unit: unitCount, decimals: new(0), low: new(0.0),
		text: g.describe("Deals that a filter excludes, whose amount is in a currency without a rate, that are won without a "+
			"close date, or that have a date that cannot be true. A deal counts once for each reason.",
			"Only deals that you exclude on purpose.", "sales_records_excluded"),
		queries: []series{{g.pick("sales_records_excluded").max("source", "reason"), "{{source}}: {{reason}}"}},
	}))
}
