package schema

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"github.com/sales-exporter/sales_exporter/internal/alerting"
)

// threshold is a key with the text of its number: 0.10 and 0.1 would be the same number, but not the same rule.
type threshold struct{ Key, Number string }

// TestThresholdsAreTheDefaults makes sure that who installs the chart has the rules of alerts/.
func TestThresholdsAreTheDefaults(t *testing.T) {
	var values struct {
		PrometheusRule struct {
			Thresholds yaml.Node `yaml:"thresholds"`
		} `yaml:"prometheusRule"`
	}
	if err := yaml.Unmarshal(readValues(t), &values); err != nil {
		t.Fatal(err)
	}
	var got, want []threshold
	for content := values.PrometheusRule.Thresholds.Content; len(content) > 1; content = content[2:] {
		got = append(got, threshold{content[0].Value, content[1].Value})
	}
	for key, number := range alerting.DefaultThresholds().All() {
		want = append(want, threshold{key, string(number)})
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("thresholds of values.yaml (-alerting +values):\n%s", diff)
	}
}
