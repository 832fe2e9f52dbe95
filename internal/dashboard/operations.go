package dashboard

import (
	"fmt"
	"strings"
)

// operations answers whoever runs the exporter: is it healthy, is its data fresh, and will the API allowance last?
func (g *generator) operations() *board {
	variables := []variable{datasourceVariable(), jobVariable(), instanceVariable(), sourceVariable()}
	g.begin(variables)
	l := &layout{}
	l.row("Is it healthy?", false)
	g.addHealth(l)
	g.addBudgetTiles(l)
	l.row("Sync", false)
	g.addSync(l)
	l.row("API quota", false)
	g.addAPI(l)
	l.row("Open alerts", false)
	l.add(24, 7, alerts("Open alerts of the exporter", "Firing and pending alerts for the people on call.", "sre"))
	l.row("Exposition", true)
	g.addExposition(l)
	l.row("Runtime", true)
	g.addRuntime(l)
	l.row("Configuration", true)
	g.addConfiguration(l)
	return g.finish(frame{
		uid: "sales-exporter-operations", title: "Sales exporter / Operations", tags: exporterTags(),
		from: "now-1h", refresh: "1m", variables: variables,
		description: "Is the exporter healthy, is its data fresh, and is there enough API quota?",
	}, l)
}

// scraped returns the series of a metric that Prometheus or its client library makes.
func scraped(name string, matchers ...string) string {
	matchers = append([]string{`job=~"$job"`, `instance=~"$instance"`}, matchers...)
	return name + "{" + strings.Join(matchers, ",") + "}"
}

// perInstance keeps replicas apart: the health of one must not hide behind that of another.
func perInstance(expr string) string { return "max by (instance) (" + expr + ")" }

// describeScraped is describe for such metrics.
func (g *generator) describeScraped(says, good string, names ...string) string {
	var b strings.Builder
	b.WriteString(g.describe(says, good))
	for _, name := range names {
		fmt.Fprintf(&b, "\n\n[`%s`](%s)", name, docsURL+"metrics.md#the-exporter-itself")
	}
	return b.String()
}

// quantile returns a quantile of what a histogram observed of late. Nothing is drawn while it observes nothing.
func (g *generator) quantile(q, name string, by ...string) string {
	return "histogram_quantile(" + q + ", " + g.pick(name).bucket().rate().total(append(by, "le")...) + ")"
}

// marks makes single observations visible, which a line needs two of.
func (p *panel) marks() *panel {
	p.FieldConfig.Defaults.Custom["showPoints"] = "always"
	return p
}

func states(off, on string) []word { return []word{{0, off, colorBad}, {1, on, colorGood}} }

// addHealth adds the first line of tiles: does it run, and does it read?
func (g *generator) addHealth(l *layout) {
	states01 := steps(colorBad, from(1, colorGood))
	l.add(6, 4, verdictStat(spec{
		title: "Exporter", unit: unitPlain, steps: states01, noValue: "not scraped",
		text:    g.describeScraped("Whether Prometheus can scrape each instance.", "UP.", "up"),
		queries: []series{{perInstance(scraped("up")), "{{instance}}"}},
	}).words(states("DOWN", "UP")...))
	l.add(6, 4, verdictStat(spec{
		title: "Sources", unit: unitPlain, steps: states01,
		text: g.describe("Whether the last sync of each CRM succeeded, in the worst instance. If not, the last good values are "+
			"still served.", "UP.", "sales_exporter_source_up"),
		queries: []series{{g.pick("sales_exporter_source_up").min("source"), "{{source}}"}},
	}).words(states("DOWN", "UP")...))
	l.add(6, 4, stat(spec{
		title: "Oldest data", unit: unitSeconds, decimals: new(1), noValue: withoutSync,
		steps: steps(colorGood, from(3600, colorWarn), from(4*3600, colorBad)),
		text: g.describe("Time since the last complete sync, for the source and instance that are furthest behind. It keeps "+
			"growing while all instances are down.",
			"Less than an hour.", "sales_exporter_sync_last_success_timestamp_seconds"),
		queries: []series{{"time() - min(" + g.lastSync("instance") + ")", "oldest"}},
	}))
	l.add(6, 4, stat(spec{
		title: "Failed syncs in the last hour", unit: unitCount, decimals: new(0),
		steps: steps(colorGood, from(0.5, colorWarn), from(3, colorBad)),
		text: g.describe("Syncs that failed in the last hour, over all sources and instances.", "0.",
			"sales_exporter_sync_errors_total"),
		queries: []series{{g.pick("sales_exporter_sync_errors_total").increase("1h").total(), "failed"}},
	}))
}

// addBudgetTiles adds the second line of tiles: what may go wrong next?
func (g *generator) addBudgetTiles(l *layout) {
	l.add(6, 4, verdictStat(spec{
		title: "API quota left", unit: unitRatio, decimals: new(0), noValue: "no daily quota",
		steps: allowance().steps,
		text: g.describe("Share of the daily API calls that is left, of the CRM's quota or of the exporter's share, whichever is smaller.",
			"More than 20 %.", "sales_exporter_api_quota_remaining", "sales_exporter_api_quota_limit"),
		queries: []series{{
			verdict("min("+g.allowanceLeft(`quota=~"daily.*"`)+")", "NEARLY USED UP", allowance().levels...),
			"{{status}}",
		}},
	}))
	l.add(6, 4, stat(spec{
		title: "Throttled in the last hour", unit: unitSeconds, decimals: new(0),
		steps: steps(colorGood, from(300, colorWarn), from(1800, colorBad)),
		text: g.describe("Time that API calls waited for rate limits in the last hour, the exporter's own and the CRM's, over all "+
			"sources and instances.", "Less than five minutes.", "sales_exporter_api_throttled_seconds_total"),
		queries: []series{{g.pick("sales_exporter_api_throttled_seconds_total").increase("1h").total(), "waited"}},
	}))
	l.add(6, 4, stat(spec{
		title: "Firing alerts", unit: unitCount, decimals: new(0), noValue: "rules not loaded", steps: steps(colorGood, from(1, colorBad)),
		text: "Firing alerts about the exporter, including silenced ones. What each alert means: " +
			"[runbooks](" + docsURL + "runbooks/).\n\nGood: 0.",
		// A series that the rules record tells that none fires from nobody looking.
		queries: []series{{
			`count(max by (alertname, source, severity) (ALERTS{alertstate="firing",audience="sre"}))` + "\nor\n" +
				`0 * max(last_over_time(source:sales_exporter_source_up:max{job=~"$job"}[1d]))`, "firing",
		}},
	}))
	version := stat(spec{
		title: "Instances by version", unit: unitCount, decimals: new(0), noValue: "not scraped",
		text: g.describe("Number of instances by version.", "One version, except during an upgrade.",
			"sales_exporter_build_info"),
		queries: []series{{
			"count by (version) (" + g.pick("sales_exporter_build_info").max("instance", "version") + ")", "version {{version}}",
		}},
	})
	l.add(6, 4, version.named())
}

// allowanceLeft returns the part of each quota that is left, in the instance that knows of least.
func (g *generator) allowanceLeft(matchers ...string) string {
	by := []string{"source", "quota"}
	return g.pick("sales_exporter_api_quota_remaining", matchers...).min(by...) + "\n/\n" +
		positive(g.pick("sales_exporter_api_quota_limit", matchers...).max(by...))
}
