package schema

import (
	"maps"
	"slices"
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/alerting"
	"github.com/sales-exporter/sales_exporter/internal/kpi"
	"github.com/sales-exporter/sales_exporter/internal/telemetry"
)

// set is a set of names.
type set map[string]bool

func (s set) add(names ...string) {
	for _, name := range names {
		s[name] = true
	}
}

// pattern returns a pattern that matches the names, and nothing else.
func (s set) pattern() string { return "^(" + strings.Join(slices.Sorted(maps.Keys(s)), "|") + ")$" }

// alertLabels returns the schema of labels that users add to alerts. One that an alert carries already would make alerts
// of two teams the same, and Prometheus drops a rule with two equal alerts; or it would hide the team from routes.
func alertLabels(files []alerting.File) node {
	carried := set{}
	carried.add("alertname", "instance", "job", "kpi")
	for _, f := range files {
		for _, g := range f.Groups {
			for _, r := range g.Rules {
				carried.add(r.Keeps...)
			}
		}
	}
	return node{
		"type": []any{"object", "null"}, "additionalProperties": false,
		"patternProperties": node{
			"^[a-zA-Z_][a-zA-Z0-9_]*$": node{"type": []any{"string", "null"}},
			carried.pattern():          node{"const": "another label: alerts carry this one already"},
			"^severity$":               node{"const": "left out: overrides have severity beside labels"},
			"^__":                      node{"const": "another label: Prometheus keeps these for itself"},
		},
	}
}

// targetLabel returns the schema of labels that a scrape adds. One that the metrics carry, too, would rename theirs to
// exported_…, where no rule and no board looks for it. A label of Kubernetes becomes one of Prometheus with _ in place of
// other characters.
func targetLabel() node {
	carried := set{}
	for _, m := range kpi.Catalogue() {
		carried.add(m.PossibleLabels()...)
	}
	for _, d := range telemetry.Definitions() {
		carried.add(d.Labels...)
	}
	return node{
		"type": "string", "minLength": 1,
		"if":   node{"pattern": strings.ReplaceAll(carried.pattern(), "_", "[^a-zA-Z0-9]")},
		"then": node{"const": "another label: the metrics carry this one, and theirs would be renamed"},
	}
}
