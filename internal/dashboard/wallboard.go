package dashboard

// wallboard is read from across a room: six tiles, nothing to choose.
func (g *generator) wallboard() *board {
	variables := []variable{datasourceVariable(), jobVariable(), g.currencyVariable(), periodVariable(), g.targetVariable()}
	for i := range variables {
		variables[i].Hide = 2
	}
	g.begin(variables)
	value, actual := g.plan("sales_target_value"), g.plan("sales_target_actual_value")
	expected := g.plan("sales_target_expected_value")
	l := &layout{}
	l.add(8, 9, verdictStat(spec{
		title: "Pace: $target", unit: unitRatio, decimals: new(1), steps: onPlan().steps,
		text: g.describe("Won revenue as a share of what is expected by the end of today.", "100 % or more.",
			"sales_target_actual_value", "sales_target_expected_value"),
		queries: []series{{verdict(g.ratio(actual, expected), "BEHIND", onPlan().levels...), "{{status}}"}},
	}))
	l.add(8, 9, gauge(spec{
		title: "Attainment", unit: unitRatio, decimals: new(0), low: new(0.0), high: new(1.2),
		steps:   steps(colorMain, from(1, colorGood)),
		text:    g.describe("Share of the target that is won.", "100 % at the end of the period.", "sales_target_attainment_ratio"),
		queries: []series{{g.ratio(actual, value), "won / target"}},
	}))
	l.add(8, 9, stat(spec{
		title: "Gap to target", unit: g.money, decimals: new(2), steps: steps(colorGood, from(0, colorMain)),
		text:    g.describe("Target minus won revenue. Negative once the target is exceeded.", "0 or less by the end.", "sales_target_gap_value"),
		queries: []series{{g.plan("sales_target_gap_value").sum(), "missing"}},
	}))
	l.add(8, 9, stat(spec{
		title: "Won so far", unit: g.money, decimals: new(2),
		text: g.describe("Revenue won since the start of the period, within the scope of the target.", "",
			"sales_target_actual_value"),
		queries: []series{{actual.sum(), "won"}},
	}))
	l.add(8, 9, bars(spec{
		title: "Top five this month", unit: g.money, decimals: new(1), low: new(0.0), noValue: "no data, or rep is not a dimension",
		text: g.describe("The five reps who won most since the start of the month. Requires the dimension rep.", "",
			"sales_revenue_won_amount"),
		queries: []series{{
			`topk(5, ` + g.pick("sales_revenue_won_amount", `window="month_to_date"`, `rep!~"`+nameless+`"`).sum("rep") + ` > 0)`, "{{rep}}",
		}},
	}))
	l.add(8, 9, g.dataAge())
	return g.finish(frame{
		uid: "sales-wallboard", title: "Sales / Wallboard", tags: kpiTags(), variables: variables, refresh: "1m",
		description: "Six tiles for a screen on the wall. Add &kiosk to the URL to open it in kiosk mode.",
	}, l)
}
