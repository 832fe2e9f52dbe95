package alerting_test

import (
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sales-exporter/sales_exporter/internal/alerting"
)

// ruleTexts returns every rule as "group/name/severity: expression".
func ruleTexts(t *testing.T, thresholds *alerting.Thresholds) []string {
	t.Helper()
	files, err := alerting.Rules(*thresholds)
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for _, f := range files {
		for _, g := range f.Groups {
			for _, r := range g.Rules {
				name := strings.Join([]string{g.Name, r.Record + r.Alert, r.Labels["severity"]}, "/")
				texts = append(texts, name+": "+r.Expr)
			}
		}
	}
	return texts
}

// TestThresholds makes sure that each threshold reaches one expression: one that reaches none is a lie, and whoever
// changes one that reaches two changes an alert that they did not mean.
func TestThresholds(t *testing.T) {
	defaults := alerting.DefaultThresholds()
	before := ruleTexts(t, &defaults)
	for field := range reflect.TypeFor[alerting.Thresholds]().Fields() {
		t.Run(field.Name, func(t *testing.T) {
			changed := defaults
			reflect.ValueOf(&changed).Elem().FieldByIndex(field.Index).SetString("17")
			var differ []string
			for i, text := range ruleTexts(t, &changed) {
				if text != before[i] {
					differ = append(differ, text)
				}
			}
			if len(differ) != 1 || !regexp.MustCompile(`\b17\b`).MatchString(differ[0]) {
				t.Errorf("it changes %d rules, want 1 with a 17 in it: %q", len(differ), differ)
			}
		})
	}
}

// TestDefaultsAreNumbers finds a threshold without a default, whose rule would not parse.
func TestDefaultsAreNumbers(t *testing.T) {
	for key, value := range alerting.DefaultThresholds().All() {
		if !regexp.MustCompile(`^\d+(\.\d+)?$`).MatchString(string(value)) {
			t.Errorf("%s is %q", key, value)
		}
	}
}

// TestPlaces fills the places in, as whoever makes a template of the rules does, and asks for the committed files.
func TestPlaces(t *testing.T) {
	files, err := alerting.Rules(alerting.Placeholders())
	if err != nil {
		t.Fatal(err)
	}
	var fill []string
	for key, value := range alerting.DefaultThresholds().All() {
		fill = append(fill, "${"+key+"}", string(value))
	}
	filled := map[string]string{}
	for _, f := range files {
		text, err := f.YAML()
		if err != nil {
			t.Fatal(err)
		}
		filled[f.Name] = strings.NewReplacer(fill...).Replace(string(text))
	}
	if diff := cmp.Diff(ruleFiles(t, alertsDir), filled); diff != "" {
		t.Errorf("with their defaults, the places do not make alerts/ (-committed +filled):\n%s", diff)
	}
}

// TestThresholdsInOrder holds the keys equal to the fields.
func TestThresholdsInOrder(t *testing.T) {
	var keys []string
	for key, place := range alerting.Placeholders().All() {
		if want := alerting.Threshold("${" + key + "}"); place != want {
			t.Errorf("the place of %s is %s, want %s", key, place, want)
		}
		keys = append(keys, key)
	}
	if want := reflect.TypeFor[alerting.Thresholds]().NumField(); len(keys) != want {
		t.Errorf("%d keys for %d thresholds", len(keys), want)
	}
	if want := []string{"paceWarning", "paceCritical", "paceWarningElapsed"}; !slices.Equal(keys[:len(want)], want) {
		t.Errorf("the keys begin with %v, want %v", keys[:len(want)], want)
	}
}
