package dashboard

// pipeline answers: what is there to win, when, and is it enough?
func (g *generator) pipeline() *board {
	variables := []variable{
		datasourceVariable(), jobVariable(), sourceVariable(), g.currencyVariable(), periodVariable(), g.targetVariable(),
		dimensionVariable("pipeline", "Pipeline"), dimensionVariable("team", "Team"),
	}
	g.begin(variables)
	l := &layout{}
	l.row("What is there to win?", false)
	g.addPipelineTiles(l)
	l.add(8, 8, g.pipelineByClosing())
	l.add(8, 8, g.pipelineByStage())
	l.add(8, 8, g.forecastCategories())
	l.row("Will it be enough?", false)
	g.addForecast(l)
	l.row("What comes in, what goes out", false)
	g.addFlow(l)
	l.row("How deals go", false)
	g.addWinning(l)
	l.row("How old are open deals?", true)
	g.addAges(l)
	return g.finish(frame{
		uid: "sales-pipeline", title: "Sales / Pipeline & forecast", tags: kpiTags(), variables: variables,
		description: "What is there to win, when it is due, and whether it is enough. The filters for source, pipeline and " +
			"team narrow deals; targets keep their own scope.",
	}, l)
}

func (g *generator) addPipelineTiles(l *layout) {
	open, deals := g.pick("sales_pipeline_amount"), g.pick("sales_pipeline_deals")
	overdue := g.pick("sales_pipeline_amount", `closing="overdue"`)
	l.add(5, 4, stat(spec{
		title: "Open pipeline", unit: g.money, decimals: new(1),
		text:    g.describe("Amounts of all open deals.", "", "sales_pipeline_amount"),
		queries: []series{{open.sum(), "open"}},
	}))
	l.add(5, 4, stat(spec{
		title: "Weighted pipeline", unit: g.money, decimals: new(1),
		text: g.describe("Amounts of all open deals, each times the probability that the CRM gives it.", "",
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
		text: g.describe("Amounts of open deals that are due in the period and count for the target.", "",
			"sales_pipeline_coverage_ratio", "sales_target_value"),
		queries: []series{{"sum(" + share.once() + "\n* " + g.plan("sales_target_value").once() + ")", "due"}},
	}))
	l.add(5, 4, verdictStat(spec{
		title: "Overdue share", unit: unitRatio, decimals: new(1), noValue: "no open deal, or no data",
		steps: steps(colorGood, from(0.1, colorWarn), from(0.25, colorBad)),
		text: g.describe("Part of the open pipeline whose expected close date has passed. A forecast built on it is wrong.",
			"Less than 10 %.", "sales_pipeline_amount"),
		queries: []series{{
			verdict(overdue.sum()+"\n/\n"+positive(open.sum()), "TIDY", level{0.1, "UNTIDY"}, level{0.25, "UNRELIABLE"}),
			"{{status}}",
		}},
	}))
}

func (g *generator) pipelineByClosing() *panel {
	return bars(spec{
		title: "Open pipeline by expected close", unit: g.money, decimals: new(1), low: new(0.0),
		text: g.describe("Amounts of open deals by when they are expected to close. Overdue deals have a close date in the "+
			"past: nobody has updated them.", "Little overdue and little without a date.", "sales_pipeline_amount"),
		queries: []series{{g.byClosing("sales_pipeline_amount"), "{{closing}}"}},
	})
}

func (g *generator) pipelineByStage() *panel {
	return bars(spec{
		title: "Open pipeline by stage", unit: g.money, decimals: new(1), low: new(0.0),
		text:    g.describe("Amounts of open deals by the stage they stand in.", "", "sales_pipeline_amount"),
		queries: []series{{"sort_desc(" + g.pick("sales_pipeline_amount").sum("deal_stage") + ")", "{{deal_stage}}"}},
	})
}

func (g *generator) forecastCategories() *panel {
	return bars(spec{
		title: "Open pipeline by forecast category", unit: g.money, decimals: new(1), low: new(0.0),
		text: g.describe("Amounts of open deals by what their reps promise.", "",
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
		text: g.describe("What the target would end with if the open deals due in the period were won: those in the category "+
			"commit, also best case, or each times its probability. The projection goes on at the rate so far.",
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
		steps: steps(colorBad, from(2, colorWarn), from(3, colorGood)),
		text: g.describe("Open deals due in the period as a multiple of what is missing to the target; REACHED where "+
			"nothing is.", "3 times, or 1 / win rate where that is known.", "sales_pipeline_coverage_ratio"),
		queries: []series{{coverageVerdict(g.coverage(), g.plan("sales_target_gap_value").sum()), "{{status}}"}},
	}).orReached())
	l.add(4, 9, stat(spec{
		title: "Pace of ten days", unit: unitRatio, decimals: new(1), steps: onPlanSteps(),
		noValue: "over, or no data",
		text: g.describe("What the last ten working days brought as a part of what they should have. It shows whether a team "+
			"that is behind recovers.", "100 % or more.", "sales_target_trailing_pace_ratio"),
		queries: []series{{g.plan("sales_target_trailing_pace_ratio").max("target"), "{{target}}"}},
	}))
}

// addFlow compares what is created with what is closed.
func (g *generator) addFlow(l *layout) {
	flow := func(name string) string { return g.pick(name, `window="trailing_30d"`).daily().sum() }
	l.add(12, 8, trend(spec{
		title: "Created, won and lost in 30 days", unit: g.money, low: new(0.0),
		text: g.describe("Amounts of deals created, won and lost in the thirty days before each day.",
			"Created above won + lost, or the pipeline dries up.", "sales_pipeline_created_amount",
			"sales_revenue_won_amount", "sales_revenue_lost_amount"),
		queries: []series{
			{flow("sales_pipeline_created_amount"), "created"},
			{flow("sales_revenue_won_amount"), "won"},
			{flow("sales_revenue_lost_amount"), "lost"},
		},
	}).override("created", fixed(colorMain)).override("won", fixed(colorGood)).override("lost", fixed(colorBad)))
	l.add(12, 8, trend(spec{
		title: "Deals created, won and lost in 30 days", unit: unitAxis, low: new(0.0),
		text: g.describe("Numbers of deals created, won and lost in the thirty days before each day.", "",
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
		text: g.describe("Won deals as a part of closed deals, in the thirty days and in the year before each day.",
			"30 days near the year or above it.", "sales_win_ratio"),
		queries: []series{{rate("trailing_30d"), "30 days"}, {rate("trailing_365d"), "365 days"}},
	}))
	quantile := func(q, name, window string) string {
		return "histogram_quantile(" + q + ", " + g.pick(name, `window="`+window+`"`, `outcome="won"`).bucket().daily().sum("le") +
			") / 86400"
	}
	l.add(6, 8, trend(spec{
		title: "Days from creation to win", unit: unitWholeDays, low: new(0.0),
		text: g.describe("Half and nine tenths of the deals won in the ninety days before each day took less. Read from "+
			"buckets, so it is an estimate.", "Steady or falling.", "sales_cycle_seconds"),
		queries: []series{
			{quantile("0.5", "sales_cycle_seconds", "trailing_90d"), "half"},
			{quantile("0.9", "sales_cycle_seconds", "trailing_90d"), "nine tenths"},
		},
	}))
	window := `window="${period}_to_date"`
	l.add(12, 8, table(spec{
		title: "Deal size and cycle, all teams", noValue: "nothing won, or no data",
		text: g.describe("Means and medians of deals won in the period to date, over all teams and pipelines of a source. A mean far above the median means few large "+
			"deals decide.", "", "sales_deal_size_mean_amount", "sales_deal_size_median_amount", "sales_cycle_mean_seconds",
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
		text: g.describe("Half of the open deals of a stage were created longer ago. Read from buckets, so it is an estimate. "+
			"The filter for team does not narrow it.",
			"Less than two cycles.", "sales_deal_age_seconds"),
		queries: []series{{median("sales_deal_age_seconds"), "{{deal_stage}}"}},
	}))
	l.add(12, 9, bars(spec{
		title: "Median time in the present stage", unit: unitWholeDays, decimals: new(0), low: new(0.0),
		text: g.describe("Half of the open deals of a stage have been in it for longer. Read from buckets, so it is an "+
			"estimate. The filter for team does not narrow it.", "Short, and shorter in late stages.", "sales_deal_time_in_stage_seconds"),
		queries: []series{{median("sales_deal_time_in_stage_seconds"), "{{deal_stage}}"}},
	}))
	size := func(q string) string {
		sizes := g.pick("sales_deal_size_amount", `window="trailing_90d"`).bucket()
		return "histogram_quantile(" + q + ", " + sizes.sum("le") + ")"
	}
	l.add(12, 9, bars(spec{
		title: "Size of deals won in 90 days", unit: g.money, decimals: new(1), low: new(0.0),
		text: g.describe("A tenth of the deals won in the last ninety days were smaller than the first bar says, half than the second, "+
			"nine tenths than the third. Read from buckets, so it is an estimate.", "", "sales_deal_size_amount"),
		queries: []series{{size("0.1"), "a tenth"}, {size("0.5"), "half"}, {size("0.9"), "nine tenths"}},
	}))
	l.add(12, 9, bars(spec{
		title: "Deals left out, by reason", unit: unitCount, decimals: new(0), low: new(0.0),
		text: g.describe("Deals that a filter leaves out, whose amount is in a currency without a rate, that are won without a "+
			"close date, or that have a date which cannot be true. A deal counts under each of its reasons.",
			"None without a reason that you know.", "sales_records_excluded"),
		queries: []series{{g.pick("sales_records_excluded").max("source", "reason"), "{{source}}: {{reason}}"}},
	}))
}
