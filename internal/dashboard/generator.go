package dashboard

import "time"

// generator makes the boards of one set of options.
type generator struct {
	options Options
	money   string // Grafana's unit of amounts
	metrics map[string]*known
	filters map[string]bool // variables of the board being made that narrow queries
}

func newGenerator(o Options) *generator {
	return &generator{options: o, money: currencyUnit(o.Currency), metrics: catalogue()}
}

// frame is what differs between boards beside their panels.
type frame struct {
	uid         string
	title       string
	description string
	tags        []string
	from        string // default the fiscal quarter
	refresh     string // default 5m
	variables   []variable
}

// begin makes a board's variables known to the queries of its panels.
func (g *generator) begin(variables []variable) {
	g.filters = map[string]bool{}
	for _, v := range variables {
		g.filters[v.Name] = true
	}
}

func (g *generator) finish(f frame, l *layout) *board {
	b := &board{
		UID: f.uid, Title: f.title, Description: f.description, Tags: f.tags, Panels: l.panels, Refresh: f.refresh,
		FiscalYearStartMonth: int(g.options.FiscalYearStart - time.January),
		GraphTooltip:         1, SchemaVersion: 41, Timezone: "browser", Version: 1,
		Time:       timeRange{From: f.from, To: "now"},
		Templating: templating{List: f.variables}, Annotations: annotations{List: g.annotations()},
		Links: boardLinks(),
	}
	if b.Time.From == "" {
		b.Time.From = "now/fQ"
	}
	if b.Refresh == "" {
		b.Refresh = "5m"
	}
	g.filters = nil // The next board's variables are its own.
	return b
}

// tags of boards on KPIs and on the exporter.
func kpiTags() []string      { return []string{"sales", "sales-kpi"} }
func exporterTags() []string { return []string{"sales", "sales-exporter"} }

func boardLinks() []boardLink {
	return []boardLink{
		{
			Type: "dashboards", Title: "Sales dashboards", Tags: []string{"sales"}, AsDropdown: true, IncludeVars: true,
			KeepTime: true, Icon: "external link", Tooltip: "The other dashboards, with the same filters and time range",
		},
		{
			Type: "link", Title: "Definitions", URL: docsURL + "metrics.md", Icon: "doc", Tags: []string{},
			Tooltip: "What each number means and how it is computed", TargetBlank: true,
			IncludeVars: false, KeepTime: false,
		},
	}
}

// to returns a link from a value to another board that keeps filters and time.
func to(title, uid string) []panelLink {
	return []panelLink{{Title: title, URL: "/d/" + uid + "?${__url_time_range}&${__all_variables}"}}
}

// toOperations leads to what the exporter did in the last hour: over a quarter its rates say nothing.
func toOperations() []panelLink {
	return []panelLink{{Title: "Exporter", URL: "/d/sales-exporter-operations?from=now-1h&to=now&${__all_variables}"}}
}

// annotations mark what explains a bend in a line.
func (g *generator) annotations() []annotation {
	start := g.pick("sales_target_start_timestamp_seconds", `kpi="revenue_won"`, `currency=~".*"`)
	changed := g.pick("sales_target_value", `kpi="revenue_won"`, `currency=~".*"`)
	return []annotation{
		{
			BuiltIn: 1, Datasource: &datasource{Type: "grafana", UID: "-- Grafana --"}, Enable: true, Hide: true,
			IconColor: "rgba(0, 211, 255, 1)", Name: "Annotations & Alerts", Type: "dashboard",
		},
		{
			Name: "Period boundaries", Datasource: prometheus(), Enable: true, IconColor: colorNeutral,
			Expr:            "max by (period) (" + start.daily().max("target", "period") + " <= time()) * 1000",
			UseValueForTime: "on", Step: "1d", TitleFormat: "New period: {{period}}", TextFormat: "",
		},
		{
			Name: "Target changes", Datasource: prometheus(), Enable: true, IconColor: colorAccent,
			Expr: "max by (target) (changes(" + changed.series() + "[1h])) > 0", Step: "1h",
			TitleFormat: "Target {{target}} was changed", TextFormat: "",
		},
		{
			Name: "Exporter starts", Datasource: prometheus(), Enable: true, IconColor: colorMain,
			Expr: `max by (instance, version) (process_start_time_seconds{job=~"$job"}` +
				` * on (job, instance) group_left (version) sales_exporter_build_info{job=~"$job"}) * 1000`,
			UseValueForTime: "on", TitleFormat: "sales_exporter {{version}} started", TextFormat: "{{instance}}",
		},
		{
			Name: "Stale data", Datasource: prometheus(), Enable: true, IconColor: colorBad,
			Expr:        `max by (source) (ALERTS{alertname="SalesDataStale",alertstate="firing"})`,
			TitleFormat: "Data of {{source}} is stale", TextFormat: "The numbers are those of the last complete sync.",
		},
	}
}
