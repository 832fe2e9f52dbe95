package dashboard

// team answers a manager: how does each team do, who sells, and what do they do next?
func (g *generator) team() *board {
	variables := []variable{
		datasourceVariable(), jobVariable(), sourceVariable(), g.currencyVariable(), periodVariable(),
		namedVariable("team", "Team", ""), namedVariable("rep", "Rep", `,team=~"$team"`),
	}
	g.begin(variables)
	l := &layout{}
	l.row("Team $team", false)
	// Grafana repeats the row and all panels up to the next row, once for each chosen team.
	l.panels[len(l.panels)-1].Repeat = "team"
	g.addTeamTiles(l)
	l.row("Who sells?", false)
	g.addReps(l)
	l.add(24, 12, g.leaderboard())
	l.row("What do the best reps do?", false)
	g.addRepTrends(l)
	l.row("What is open for the selected reps?", false)
	g.addRepFocus(l)
	l.row("How are the targets going?", false)
	g.addRepTargets(l)
	l.add(10, 8, text("About reps", aboutReps))
	l.add(24, 8, g.targetDetails())
	return g.finish(frame{
		uid: "sales-team", title: "Sales / Team & reps", tags: kpiTags(), variables: variables,
		description: "How each team does against its target, who sells most, and what is open for the selected reps.",
	}, l)
}

const aboutReps = `Only the top ten are listed, on purpose: a dashboard is not the place to blame the others.

* Reps are shown only if **rep** is one of the ` + "`dimensions`" + ` in the configuration.
* ` + "`rep_label: hash`" + ` shows pseudonyms, ` + "`rep_label: id`" + ` shows the ids of the CRM: see [configuration](` + docsURL + `configuration.md).
* Reps beyond the limit of label values are folded into **other**, which is not ranked.
* A rep who has the same name in two CRMs is one rep. A rep who has two names is two reps.`

// withoutReps is what panels about reps say where there are none.
const withoutReps = "no data, or rep is not a dimension"

// ofReps returns the series of a metric of the chosen reps; with all of them chosen, also what is nobody's.
func (g *generator) ofReps(name string, matchers ...string) selection {
	return g.pick(name, append([]string{`rep=~"$rep"`}, matchers...)...)
}

// perRep returns the series of a metric that are one rep's.
func (g *generator) perRep(name string, matchers ...string) selection {
	return g.ofReps(name, append([]string{`rep!~"other` + nameless + `"`}, matchers...)...)
}

// addTeamTiles adds what is repeated for each team. Values are by target: a team may have one to reach and one to
// stretch for.
func (g *generator) addTeamTiles(l *layout) {
	const without = "no team target"
	l.add(5, 5, verdictStat(spec{
		title: "Pace", unit: unitRatio, decimals: new(1), steps: onPlan().steps, noValue: without,
		text: g.describe("Revenue won by the team as a share of what is expected by the end of today.",
			"100 % or more. Below 85 % the target is at risk.", "sales_target_pace_ratio"),
		queries: []series{{verdict(g.ofTeams("sales_target_pace_ratio"), "BEHIND", onPlan().levels...), "{{status}}"}},
	}))
	l.add(4, 5, gauge(spec{
		title: "Attainment", unit: unitRatio, decimals: new(0), low: new(0.0), high: new(1.2), noValue: without,
		steps: steps(colorMain, from(1, colorGood)),
		text: g.describe("Share of the team's target that is won.", "100 % at the end of the period.",
			"sales_target_attainment_ratio"),
		queries: []series{{g.ofTeams("sales_target_attainment_ratio"), "won / target"}},
	}))
	l.add(4, 5, verdictStat(spec{
		title: "Coverage", unit: unitMultiple, decimals: new(2), noValue: without,
		steps: covered().steps, links: toPipelineOfTeam(),
		text: g.describe("Open deals of the team due in the period as a multiple of the gap to its target. REACHED if there "+
			"is no gap.", "3 times, or 1 / win rate if it is known.", "sales_pipeline_coverage_ratio"),
		queries: []series{{
			coverageVerdict(g.ofTeams("sales_pipeline_coverage_ratio", `denominator="remaining"`),
				g.ofTeams("sales_target_gap_value")),
			"{{status}}",
		}},
	}).orReached())
	l.add(4, 5, stat(spec{
		title: "Previous period", unit: unitRatio, decimals: new(0), steps: steps(colorMain, from(1, colorGood)),
		noValue: "no target then",
		text: g.describe("Share of its target that the team won in the previous period.", "100 %.",
			"sales_target_previous_attainment_ratio"),
		queries: []series{{g.ofTeams("sales_target_previous_attainment_ratio"), "before"}},
	}))
	l.add(7, 5, trend(spec{
		title: "Pace over time", unit: unitRatio, low: new(0.0), noValue: "no team target, or no history yet",
		steps: onPlan().steps,
		text: g.describe("Pace since the start of the period, and pace of the last ten working days (dashed). A team that "+
			"is behind is recovering while the dashed line is above 100 %.", "100 % or more.", "sales_target_pace_ratio",
			"sales_target_trailing_pace_ratio"),
		queries: []series{
			{g.runningDaily(g.perTeam("sales_target_pace_ratio").daily().max("target")), "{{target}}"},
			{g.runningDaily(g.perTeam("sales_target_trailing_pace_ratio").daily().max("target")), "{{target}}, ten days"},
		},
	}).overrideQuery("B", property("custom.lineStyle", dashed()), property("custom.lineWidth", 1)))
}

// toPipelineOfTeam leads to the pipeline of the row's team. ${__all_variables} would name all the chosen ones.
func toPipelineOfTeam() []panelLink {
	return []panelLink{{
		Title: "Pipeline", URL: "/d/sales-pipeline?${__url_time_range}&${datasource:queryparam}&${job:queryparam}" +
			"&${source:queryparam}&${currency:queryparam}&${period:queryparam}&${team:queryparam}",
	}}
}

// addReps shows how many take part.
func (g *generator) addReps(l *layout) {
	window := `window="${period}_to_date"`
	active := g.pick("sales_rep_info", `active="true"`).max("source", "rep_id", "team")
	won := g.perRep("sales_deals_won", window).sum("source", "rep")
	l.add(4, 6, stat(spec{
		title: "Active reps", unit: unitCount, decimals: new(0), noValue: withoutReps,
		text:    g.describe("Reps who can currently own deals, by CRM.", "", "sales_rep_info"),
		queries: []series{{"count(" + active + ")", "active"}},
	}))
	l.add(4, 6, stat(spec{
		title: "Reps who won a deal", unit: unitCount, decimals: new(0), noValue: "none, or no data",
		text: g.describe("Reps who won at least one deal in the period to date, by CRM, including reps who have left since.",
			"Close to the number of active reps.",
			"sales_deals_won"),
		queries: []series{{"count(" + won + " > 0)", "won"}},
	}))
	l.add(8, 6, bars(spec{
		title: "Active reps by team", unit: unitCount, decimals: new(0), low: new(0.0), noValue: withoutReps,
		text:    g.describe("Number of active reps in each team.", "", "sales_rep_info"),
		queries: []series{{"sort_desc(count by (team) (" + active + "))", "{{team}}"}},
	}))
	each := g.pick("sales_revenue_per_rep_amount", `rollup="team"`, `team=~"$team"`, `team!~"`+nameless+`"`, window)
	l.add(8, 6, bars(spec{
		title: "Revenue per rep", unit: g.money, decimals: new(1), low: new(0.0), noValue: "no rollup by team",
		text: g.describe("Won revenue in the period to date, divided by the number of reps of the team who closed a deal, by CRM.", "",
			"sales_revenue_per_rep_amount"),
		queries: []series{{"sort_desc(" + each.max("source", "team") + ")", "{{team}} ({{source}})"}},
	}))
}

// leaderboard lists the reps who won most. Its columns share rep and team, on which they are joined.
func (g *generator) leaderboard() *panel {
	window := `window="${period}_to_date"`
	by := []string{"rep", "team"}
	amount := g.perRep("sales_revenue_won_amount", window).sum(by...)
	won, lost := g.perRep("sales_deals_won", window).sum(by...), g.perRep("sales_deals_lost", window).sum(by...)
	return table(spec{
		title: "Top ten reps by won revenue", noValue: withoutReps,
		text: g.describe("Reps by revenue won in the period to date, with their win rate and their pipeline.",
			"A pipeline larger than the won revenue.", "sales_revenue_won_amount", "sales_deals_won", "sales_pipeline_amount",
			"sales_pipeline_created_amount"),
		queries: []series{
			{amount, ""},
			{won, ""},
			{won + "\n/\n" + positive(won+" + "+lost), ""},
			{g.perRep("sales_pipeline_amount").sum(by...), ""},
			{g.perRep("sales_pipeline_created_amount", window).sum(by...), ""},
		},
	}).
		organize([2]string{"rep", "Rep"}, [2]string{"team", "Team"}, [2]string{"Value #A", "Won"},
			[2]string{"Value #B", "Deals won"}, [2]string{"Value #C", "Win rate"},
			[2]string{"Value #D", "Open pipeline"},
			[2]string{"Value #E", "Pipeline created"}).
		sortBy("Won", true).
		top(10).
		column("Won", g.money, decimals(1), property("min", 0), property("fieldMinMax", true),
			property("custom.cellOptions", map[string]any{"mode": "basic", "type": "gauge"})).
		column("Deals won", unitCount, decimals(0)).
		column("Win rate", unitRatio, decimals(0)).
		column("Open pipeline", g.money, decimals(1)).
		column("Pipeline created", g.money, decimals(1))
}

// addRepTrends shows the five who are first at the end of the time range, over all of it.
func (g *generator) addRepTrends(l *layout) {
	best := func(s selection) string {
		return s.daily().sum("rep") + "\nand on (rep)\ntopk(5, " + s.daily().end().sum("rep") + ")"
	}
	l.add(12, 8, trend(spec{
		title: "Won in 90 days, top five", unit: g.money, low: new(0.0), noValue: withoutReps,
		text: g.describe("Revenue won in the 90 days before each day, for the five reps who won most in the last 90 days.",
			"", "sales_revenue_won_amount"),
		queries: []series{{best(g.perRep("sales_revenue_won_amount", `window="trailing_90d"`)), "{{rep}}"}},
	}))
	l.add(12, 8, trend(spec{
		title: "Pipeline created in 90 days, top five", unit: g.money, low: new(0.0), noValue: withoutReps,
		text: g.describe("Amounts of deals created in the 90 days before each day, for the five reps who created most in "+
			"the last 90 days.", "", "sales_pipeline_created_amount"),
		queries: []series{{best(g.perRep("sales_pipeline_created_amount", `window="trailing_90d"`)), "{{rep}}"}},
	}))
}

// addRepFocus shows the open deals of the chosen reps: what a rep looks at in the morning.
func (g *generator) addRepFocus(l *layout) {
	l.add(8, 8, bars(spec{
		title: "Open deals by expected close", unit: unitCount, decimals: new(0), low: new(0.0), noValue: "no open deal, or no data",
		text: g.describe("Number of open deals of the selected reps by expected close date. Overdue deals need a new date or "+
			"must be closed.", "None overdue.", "sales_pipeline_deals"),
		queries: []series{{g.byClosing("sales_pipeline_deals", `rep=~"$rep"`), "{{closing}}"}},
	}))
	l.add(8, 8, bars(spec{
		title: "Open pipeline by stage", unit: g.money, decimals: new(1), low: new(0.0), noValue: "no open deal, or no data",
		text: g.describe("Amounts of open deals of the selected reps by stage.", "",
			"sales_pipeline_amount"),
		queries: []series{{"sort_desc(" + g.ofReps("sales_pipeline_amount").sum("deal_stage") + ")", "{{deal_stage}}"}},
	}))
	flow := func(name string) string { return g.ofReps(name, `window="trailing_30d"`).daily().sum() }
	l.add(8, 8, trend(spec{
		title: "Deals created, won and lost in 30 days", unit: unitAxis, low: new(0.0),
		text: g.describe("Number of deals of the selected reps created, won and lost in the 30 days before each day.",
			"Created above won + lost.", "sales_deals_created", "sales_deals_won", "sales_deals_lost"),
		queries: []series{
			{flow("sales_deals_created"), "created"},
			{flow("sales_deals_won"), "won"},
			{flow("sales_deals_lost"), "lost"},
		},
	}).override("created", fixed(colorMain)).override("won", fixed(colorGood)).override("lost", fixed(colorBad)))
}

// addRepTargets shows targets whose scope is a rep.
func (g *generator) addRepTargets(l *layout) {
	const without = "no rep has a target"
	scope := []string{`kpi="revenue_won"`, `period="$period"`}
	own := g.pick("sales_target_attainment_ratio", append([]string{`rep=~"$rep"`, `rep!=""`}, scope...)...)
	l.add(7, 8, bars(spec{
		title: "Attainment of the top ten", unit: unitRatio, decimals: new(0), low: new(0.0), high: new(1.2),
		steps: steps(colorMain, from(1, colorGood)), noValue: without,
		text: g.describe("Share of their own targets that the ten reps with the highest attainment have won.", "100 % at the end of the period.",
			"sales_target_attainment_ratio"),
		queries: []series{{"sort_desc(topk(10, " + g.running(own.max("rep", "target")) + "))", "{{rep}}"}},
	}))
	l.add(7, 8, columns("le", spec{
		title: "Rep targets by attainment", unit: unitAxis, low: new(0.0), noValue: without,
		text: g.describe("Number of rep targets with an attainment up to each bucket's bound: 1 means reached. It shows whether "+
			"the whole team is behind or only a few reps.", "Few up to 0.5 late in the period.", "sales_rep_attainment_ratio"),
		queries: []series{{"sort(" + g.pick("sales_rep_attainment_ratio", scope...).bucket().sum("le") + ")", ""}},
	}).organize([2]string{"le", "le"}, [2]string{"Value", "targets"}).sortBy("targets", false))
}

// targetDetails lists what targets are for. A target of any KPI and period stands in it.
func (g *generator) targetDetails() *panel {
	ends := g.pick("sales_target_end_timestamp_seconds", `currency=~"|$currency"`)
	return table(spec{
		title: "All targets", noValue: "no target",
		text: g.describe("Objective of each target, who is accountable for it, its review date and its end.",
			"Each target has someone accountable, and no review is overdue.", "sales_target_info",
			"sales_target_end_timestamp_seconds"),
		queries: []series{
			{g.pick("sales_target_info").max("target", "kpi", "objective", "accountable", "review_by"), ""},
			{ends.max("target", "kpi") + " * 1000", ""},
		},
	}).
		organize([2]string{"target", "Target"}, [2]string{"kpi", "KPI"}, [2]string{"objective", "Objective"},
			[2]string{"accountable", "Accountable"}, [2]string{"review_by", "Review by"}, [2]string{"Value #A"},
			[2]string{"Value #B", "Ends"}).
		sortBy("Target", false).
		column("Ends", unitFromNow)
}
