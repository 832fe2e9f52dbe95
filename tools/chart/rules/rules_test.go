package rules

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/sales-exporter/sales_exporter/internal/alerting"
	"github.com/sales-exporter/sales_exporter/tools/chart/repository"
)

// group is a group of rules, as Prometheus reads it.
type group struct {
	Name  string           `json:"name"`
	Rules []map[string]any `json:"rules"`
}

// id tells an alert's bands apart.
func id(rule map[string]any) string {
	if rule["record"] != nil {
		return fmt.Sprint("record ", rule["record"])
	}
	labels, _ := rule["labels"].(map[string]any)
	return fmt.Sprint(rule["alert"], " ", labels["severity"])
}

// rendered returns the groups that the chart renders, none where there is no PrometheusRule.
func rendered(t *testing.T, arguments ...string) []group {
	t.Helper()
	var all []group
	arguments = append(arguments, "--set=prometheusRule.enabled=true", "--set=prometheusRule.renderMode=alwaysRender")
	for _, object := range repository.Render(t, arguments...) {
		if object.GetKind() != "PrometheusRule" {
			continue
		}
		if len(all) > 0 {
			t.Error("there is a second PrometheusRule")
		}
		text, err := yaml.Marshal(object.Object["spec"])
		if err != nil {
			t.Fatal(err)
		}
		if all = groups(t, text); len(all) == 0 {
			t.Error("the PrometheusRule is empty")
		}
	}
	return all
}

func groups(t *testing.T, text []byte) []group {
	t.Helper()
	var file struct {
		Groups []group `json:"groups"`
	}
	if err := yaml.UnmarshalStrict(text, &file); err != nil {
		t.Fatal(err)
	}
	return file.Groups
}

// committed returns the groups of the product's rule files by the file that holds them.
func committed(t *testing.T) map[string][]group {
	t.Helper()
	files, err := filepath.Glob(repository.Path(t, "alerts", "*.rules.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	result := map[string][]group{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		result[filepath.Base(file)] = groups(t, text)
	}
	return result
}

// byID returns the rules of groups by their group and id.
func byID(groups []group) map[string]map[string]any {
	rules := map[string]map[string]any{}
	for _, g := range groups {
		for _, rule := range g.Rules {
			rules[g.Name+": "+id(rule)] = rule
		}
	}
	return rules
}

// difference returns the ids of rules that are gone or new, and of those that are not what they were.
func difference(before, after []group) (removed, added, changed []string) {
	old, now := byID(before), byID(after)
	for id, rule := range old {
		switch other, ok := now[id]; {
		case !ok:
			removed = append(removed, id)
		case !cmp.Equal(rule, other):
			changed = append(changed, id)
		}
	}
	for id := range now {
		if old[id] == nil {
			added = append(added, id)
		}
	}
	return slices.Sorted(slices.Values(removed)), added, changed
}

// TestDefaultRules: who sets nothing gets the product's rules, rule by rule.
func TestDefaultRules(t *testing.T) {
	got := map[string]group{}
	for _, g := range rendered(t) {
		got[g.Name] = g
	}
	want := map[string]group{}
	for _, file := range slices.Collect(maps.Values(committed(t))) {
		for _, g := range file {
			want[g.Name] = g
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the chart (+) renders something else than alerts/ (-):\n%s", diff)
	}
}

// TestThresholds: a threshold changes one rule and no other.
func TestThresholds(t *testing.T) {
	before := rendered(t)
	for name, value := range alerting.DefaultThresholds().All() {
		t.Run(name, func(t *testing.T) {
			removed, added, changed := difference(before,
				rendered(t, "--set-json=prometheusRule.thresholds."+name+"="+another(t, string(value))))
			if len(removed) != 0 || len(added) != 0 || len(changed) != 1 {
				t.Errorf("removed %q, added %q and changed %q instead of one change", removed, added, changed)
			}
		})
	}
}

// another returns a threshold that is not the given one and makes sense in its place: counts stay whole.
func another(t *testing.T, threshold string) string {
	t.Helper()
	value, err := strconv.ParseFloat(threshold, 64)
	if err != nil {
		t.Fatal(err)
	}
	if value >= 2 {
		return strconv.FormatFloat(value-1, 'f', -1, 64)
	}
	return strconv.FormatFloat(value*0.9, 'g', 3, 64)
}

// alerts returns the severities of each alert.
func alerts(groups []group) map[string][]string {
	bands := map[string][]string{}
	for _, g := range groups {
		for _, rule := range g.Rules {
			if rule["alert"] != nil {
				name, severity, _ := strings.Cut(id(rule), " ")
				bands[name] = append(bands[name], severity)
			}
		}
	}
	return bands
}

// TestDisabledAlerts: an alert that is disabled goes with all its bands, a band goes alone, and all other rules stay.
func TestDisabledAlerts(t *testing.T) {
	before := rendered(t)
	for alert, severities := range alerts(before) {
		override := "--set=prometheusRule.overrides." + alert
		t.Run(alert, func(t *testing.T) { lose(t, before, alert, severities, override+".enabled=false") })
		if len(severities) == 1 {
			continue
		}
		for _, severity := range severities {
			t.Run(alert+"/"+severity, func(t *testing.T) {
				lose(t, before, alert, []string{severity}, override+"."+severity+".enabled=false")
			})
		}
	}
}

// lose expects that an argument removes the given bands of an alert and does nothing else.
func lose(t *testing.T, before []group, alert string, severities []string, argument string) {
	t.Helper()
	var want []string
	for id := range byID(before) {
		for _, severity := range severities {
			if strings.HasSuffix(id, ": "+alert+" "+severity) {
				want = append(want, id)
			}
		}
	}
	removed, added, changed := difference(before, rendered(t, argument))
	if diff := cmp.Diff(slices.Sorted(slices.Values(want)), removed); diff != "" {
		t.Errorf("removed alerts (-want +got):\n%s", diff)
	}
	if len(added) != 0 || len(changed) != 0 {
		t.Errorf("added %q and changed %q", added, changed)
	}
}

// TestDisabledGroups: a group goes alone, and without any there is no PrometheusRule: an empty one is refused.
func TestDisabledGroups(t *testing.T) {
	before := rendered(t)
	var all []string
	for _, g := range before {
		disable := "--set=prometheusRule.groups." + g.Name + ".enabled=false"
		all = append(all, disable)
		t.Run(g.Name, func(t *testing.T) {
			var want []group
			for _, other := range before {
				if other.Name != g.Name {
					want = append(want, other)
				}
			}
			if diff := cmp.Diff(want, rendered(t, disable)); diff != "" {
				t.Errorf("groups (-want +got):\n%s", diff)
			}
		})
	}
	t.Run("all", func(t *testing.T) {
		if got := rendered(t, all...); got != nil {
			t.Errorf("groups %v are left", got)
		}
	})
}
