package alertmanager

import (
	"slices"
	"testing"

	"github.com/prometheus/alertmanager/inhibit"
	"github.com/prometheus/alertmanager/pkg/labels"
	"github.com/prometheus/common/model"
)

// foreign are alerts of others, some with names that look like ours.
func foreign() []string {
	return []string{
		"", "DiskFull", "Sales", "SalesforceDown", "SalesDataStaleness", "MySalesDataStale", "salesdatastale", "SalesTargetMissed2",
	}
}

// inhibitions returns the inhibit rules of the files that this repository ships.
func inhibitions(t *testing.T, file string) (rules []*inhibit.InhibitRule) {
	t.Helper()
	for _, r := range load(t, file).InhibitRules {
		rules = append(rules, inhibit.NewInhibitRule(r))
	}
	if len(rules) < 3 {
		t.Fatalf("%s has only %d inhibit rules", file, len(rules))
	}
	return rules
}

// names reports which alerts a side of a rule is about, as far as the name alone decides; named is false where it takes
// any name.
func names(side labels.Matchers, of []string) (matched []string, named bool) {
	for _, m := range side {
		named = named || m.Name == "alertname"
	}
	for _, name := range of {
		fits := !slices.ContainsFunc(side, func(m *labels.Matcher) bool { return m.Name == "alertname" && !m.Matches(name) })
		if fits {
			matched = append(matched, name)
		}
	}
	return matched, named
}

// TestB27InhibitionsNameAlerts: without names on both sides, alerts of others inhibit each other, for the labels that
// they lack count as equal.
func TestB27InhibitionsNameAlerts(t *testing.T) {
	for _, file := range []string{exampleFile, demoFile} {
		for i, rule := range inhibitions(t, file) {
			for side, matchers := range map[string]labels.Matchers{
				"source": rule.SourceMatchers, "target": rule.TargetMatchers,
			} {
				matched, named := names(matchers, foreign())
				if !named || len(matched) > 0 {
					t.Errorf("%s: the %s of inhibit rule %d (%s) names its alerts: %v; it matches %q", file, side, i, rule.Name,
						named, matched)
				}
			}
		}
	}
}

// TestB27 is the case: two foreign alerts of different hosts, and siblings of it. None may silence another, whichever
// fires.
func TestB27(t *testing.T) {
	others := []model.LabelSet{
		{"alertname": "DiskFull", "severity": "critical", "instance": "y"},
		{"alertname": "DiskFull", "severity": "warning", "instance": "z"},
		{"alertname": "DiskFull", "severity": "info", "instance": "z", "audience": "sre"},
		{"alertname": "SalesforceDown", "severity": "critical", "job": "blackbox"},
		{"alertname": "SalesforceDown", "severity": "warning", "job": "blackbox"},
		{"alertname": "ShopRevenue", "severity": "warning", "audience": "sales"},
		{"alertname": "ShopRevenue", "severity": "critical", "audience": "revops", "job": "sales_exporter", "source": "acme"},
		{"severity": "critical"},
		{"severity": "warning"},
	}
	ours := []model.LabelSet{
		{"alertname": "SalesExporterAbsent", "severity": "critical", "audience": "sre"},
		{"alertname": "SalesExporterDown", "severity": "critical", "audience": "sre", "job": "sales_exporter"},
		{"alertname": "SalesDataStale", "severity": "critical", "audience": "sre", "job": "sales_exporter", "source": "acme"},
	}
	for _, file := range []string{exampleFile, demoFile} {
		cfg := load(t, file)
		for _, firing := range append(slices.Clone(ours), others...) {
			in := inhibitor(t, cfg, firing)
			for _, other := range others {
				if in.Mutes(t.Context(), other) {
					t.Errorf("%s: %s is silenced by %s", file, other, firing)
				}
			}
		}
		if !inhibitor(t, cfg, ours[2]).Mutes(t.Context(), model.LabelSet{
			"alertname": "SalesDataStale", "severity": "warning", "audience": "sre", "job": "sales_exporter", "source": "acme",
		}) {
			t.Errorf("%s: critical no longer silences the warning", file)
		}
	}
}

// TestInhibitionsNameTheRightAlerts holds the lists of names equal to the rules: an alert that is new there would sound
// while its source is down.
func TestInhibitionsNameTheRightAlerts(t *testing.T) {
	var all, business []string
	severities := map[string]map[string]bool{}
	for _, r := range shippedRules(t) {
		if severities[r.Alert] == nil {
			severities[r.Alert] = map[string]bool{}
			all = append(all, r.Alert)
			if r.Labels["audience"] != "sre" {
				business = append(business, r.Alert)
			}
		}
		severities[r.Alert][r.Labels["severity"]] = true
	}
	graded := slices.DeleteFunc(slices.Clone(all), func(name string) bool { return len(severities[name]) < 2 })
	for _, file := range []string{exampleFile, demoFile} {
		found := map[string]bool{}
		for _, rule := range inhibitions(t, file) {
			targets, _ := names(rule.TargetMatchers, all)
			sources, _ := names(rule.SourceMatchers, all)
			switch {
			case slices.Contains(targets, "SalesWinRateDropped"):
				found["business"] = true
				if !slices.Equal(targets, business) {
					t.Errorf("%s: the rule %s silences %v, alerts for people are %v", file, rule.Name, targets, business)
				}
			case len(sources) > 2:
				found["graded"] = true
				if !slices.Equal(sources, graded) || !slices.Equal(targets, graded) {
					t.Errorf("%s: the rule %s is about %v and %v, alerts of two severities are %v", file, rule.Name, sources, targets,
						graded)
				}
			}
		}
		if len(found) != 2 {
			t.Errorf("%s: the rules that were looked for are not there: %v", file, found)
		}
	}
}
