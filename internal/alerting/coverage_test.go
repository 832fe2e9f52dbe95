package alerting_test

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/sales-exporter/sales_exporter/internal/alerting"
)

// promtoolFile is what matters here of a file of promtool tests.
type promtoolFile struct {
	Tests []struct {
		Alerts []struct {
			Name     string `yaml:"alertname"`
			Expected []struct {
				Labels map[string]string `yaml:"exp_labels"`
			} `yaml:"exp_alerts"`
		} `yaml:"alert_rule_test"`
		Expressions []struct {
			Samples []struct {
				Labels string `yaml:"labels"`
			} `yaml:"exp_samples"`
		} `yaml:"promql_expr_test"`
	} `yaml:"tests"`
}

// proof is what the promtool tests show of one alert name.
type proof struct {
	firing []map[string]string // labels of every alert that was expected
	silent int
}

func proofs(t *testing.T) map[string]*proof {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(alertsDir, "tests", "*.test.yaml"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("found no tests: %v", err)
	}
	found := map[string]*proof{}
	of := func(name string) *proof {
		if found[name] == nil {
			found[name] = &proof{}
		}
		return found[name]
	}
	for _, path := range paths {
		for _, test := range readTests(t, path).Tests {
			for _, a := range test.Alerts {
				if len(a.Expected) == 0 {
					of(a.Name).silent++
				}
				for _, e := range a.Expected {
					of(a.Name).firing = append(of(a.Name).firing, e.Labels)
				}
			}
			for _, e := range test.Expressions {
				for _, s := range e.Samples {
					if labels := alertLabels(s.Labels); labels != nil {
						name := labels["alertname"]
						delete(labels, "alertname")
						of(name).firing = append(of(name).firing, labels)
					}
				}
			}
		}
	}
	return found
}

func readTests(t *testing.T, path string) promtoolFile {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var file promtoolFile
	if err := yaml.Unmarshal(text, &file); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return file
}

// alertLabels returns the labels of an alert that a sample of ALERTS says is firing, or nil.
func alertLabels(series string) map[string]string {
	if !strings.HasPrefix(series, "ALERTS{") || !strings.Contains(series, `alertstate="firing"`) {
		return nil
	}
	labels := map[string]string{}
	for _, pair := range regexp.MustCompile(`(\w+)="([^"]*)"`).FindAllStringSubmatch(series, -1) {
		labels[pair[1]] = pair[2]
	}
	delete(labels, "alertstate")
	return labels
}

// TestAlertsAreTested asks promtool's tests for every alert: once firing with each severity, twice silent, and with no
// other labels than it claims to keep.
func TestAlertsAreTested(t *testing.T) {
	found := proofs(t)
	kept := map[string]map[string]bool{} // by all kept labels, those that some alert showed
	for _, r := range alerts(t) {
		p := found[r.Alert]
		if p == nil {
			t.Errorf("%s has no tests", r.Alert)
			continue
		}
		if p.silent < 2 {
			t.Errorf("%s is silent in %d tests, want 2", r.Alert, p.silent)
		}
		key := strings.Join(r.Keeps, ",")
		if kept[key] == nil {
			kept[key] = map[string]bool{}
		}
		if fired := checkFiring(t, &r, p, kept[key]); !fired {
			t.Errorf("%s with severity %s fires in no test", r.Alert, r.Labels["severity"])
		}
	}
	for key, shown := range kept {
		if want := strings.Count(key, ",") + 1; key != "" && len(shown) != want {
			t.Errorf("of the labels %s, tests show only %v", key, slices.Sorted(maps.Keys(shown)))
		}
	}
}

// checkFiring compares the alerts that tests expect with what the rule says of itself.
func checkFiring(t *testing.T, r *alerting.Rule, p *proof, shown map[string]bool) bool {
	t.Helper()
	fired := false
	for _, labels := range p.firing {
		if labels["severity"] != r.Labels["severity"] {
			continue
		}
		fired = true
		for name, value := range labels {
			switch want, fixed := r.Labels[name]; {
			case fixed && want != value:
				t.Errorf("%s has %s=%q, its test expects %q", r.Alert, name, want, value)
			case !fixed && !slices.Contains(r.Keeps, name):
				t.Errorf("%s carries label %s, which it does not claim to keep", r.Alert, name)
			case !fixed:
				shown[name] = true
			}
		}
	}
	return fired
}
