package dashboard

// business puts sales beside operations: did the incident cost us?
func (g *generator) business() *board {
	variables := []variable{
		datasourceVariable(), jobVariable(), sourceVariable(), g.currencyVariable(), sliVariable(), incidentVariable(),
	}
	g.begin(variables)
	l := &layout{}
	l.row("Sales", false)
	month := func(name string) string { return g.pick(name, `window="month_to_date"`).daily().sum() }
	l.add(12, 7, trend(spec{
		title: "Won this month", unit: g.money, low: new(0.0),
		text: g.describe("Revenue won since the start of the month. Flat while no deal is won, and back to 0 when a month starts.",
			"Rising during working hours.", "sales_revenue_won_amount"),
		queries: []series{{month("sales_revenue_won_amount"), "won"}},
	}).override("won", fixed(colorMain), property("custom.fillOpacity", 20)))
	l.add(12, 7, trend(spec{
		title: "Deals this month", unit: unitAxis, low: new(0.0),
		text: g.describe("Deals created, won and lost since the start of the month.", "", "sales_deals_created",
			"sales_deals_won", "sales_deals_lost"),
		queries: []series{
			{month("sales_deals_created"), "created"}, {month("sales_deals_won"), "won"}, {month("sales_deals_lost"), "lost"},
		},
	}).override("created", fixed(colorMain)).override("won", fixed(colorGood)).override("lost", fixed(colorBad)))
	l.row("Operations", false)
	l.add(12, 7, trend(spec{
		title: "Your service level", unit: unitPlain,
		text: "Result of the query in the variable **Service level** at the top of the dashboard: availability, orders per " +
			"minute, latency. By default, the share of scrape targets that are up.\n\n" +
			"Formula: your query. See [dashboards](" + docsURL + "dashboards.md#sales-and-operations).",
		queries: []series{{"${sli_query:raw}", "service level"}},
	}))
	l.add(12, 7, trend(spec{
		title: "Firing alerts", unit: unitAxis, low: new(0.0), noValue: "no alert fires",
		text: "Number of firing alerts whose name matches the variable **Incidents**.\n\n" +
			"Formula: count of firing alerts by name. See [dashboards](" + docsURL + "dashboards.md#sales-and-operations).",
		queries: []series{{
			`count by (alertname) (max by (alertname, severity, source, target) (ALERTS{alertstate="firing",alertname=~"$incidents"}))`,
			"{{alertname}}",
		}},
	}))
	l.row("Can the sales numbers be trusted?", false)
	l.add(5, 6, g.dataAge())
	l.add(7, 6, bars(spec{
		title: "Data age by source", unit: unitSeconds, decimals: new(1), noValue: withoutSync, low: new(0.0), high: new(4.0 * 3600),
		steps: steps(colorGood, from(3600, colorWarn), from(4*3600, colorBad)),
		text: g.describe("Time since the last complete sync. During a CRM outage the numbers do not change, and this "+
			"grows.", "Less than an hour.", "sales_exporter_sync_last_success_timestamp_seconds"),
		queries: []series{{"time() - max by (source) (" + g.lastSync() + ")", "{{source}}"}},
	}))
	l.add(12, 6, alerts("Open operations alerts", "Firing and pending alerts for the people on call.", "sre"))
	return g.finish(frame{
		uid: "sales-and-operations", title: "Sales / Sales and operations", tags: kpiTags(), variables: variables,
		from: "now-7d", refresh: "1m",
		description: "Sales and your service level on one time axis: did the incident cost us revenue?",
	}, l)
}

func sliVariable() variable {
	query := "avg(up)"
	return variable{
		Type: "textbox", Name: "sli_query", Label: "Service level", Query: query,
		Current: &option{Selected: true, Text: query, Value: query},
		Options: []option{{Selected: true, Text: query, Value: query}},
	}
}

func incidentVariable() variable {
	query := ".+"
	return variable{
		Type: "textbox", Name: "incidents", Label: "Incidents", Query: query,
		Current: &option{Selected: true, Text: query, Value: query},
		Options: []option{{Selected: true, Text: query, Value: query}},
	}
}
