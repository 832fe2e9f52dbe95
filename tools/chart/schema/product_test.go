package schema

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"github.com/sales-exporter/sales_exporter/internal/alerting"
	"github.com/sales-exporter/sales_exporter/internal/config"
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

// TestOfShape shows what the schema makes of each kind of value of the configuration.
func TestOfShape(t *testing.T) {
	scalar := config.Shape{Kind: config.KindScalar}
	keys := []config.Key{{Name: "from", Shape: scalar}}
	tests := []struct {
		name  string
		shape config.Shape
		want  string
	}{
		{
			"scalar", scalar,
			`{"type": ["string", "number", "boolean"]}`,
		},
		{
			"list",
			config.Shape{Kind: config.KindList, Items: &scalar},
			`{"type": "array", "items": {"type": ["string", "number", "boolean"]}}`,
		},
		{
			"table",
			config.Shape{Kind: config.KindTable, Items: &scalar},
			`{"type": "object", "additionalProperties": {"type": ["string", "number", "boolean"]}}`,
		},
		{
			"mapping",
			config.Shape{Kind: config.KindMapping, Keys: keys},
			`{"type": "object", "properties": {"from": {"type": ["string", "number", "boolean"]}}}`,
		},
		{
			"mapping or scalar",
			config.Shape{Kind: config.KindMappingOrScalar, Keys: keys},
			`{"type": ["string", "number", "boolean", "object"],
			  "properties": {"from": {"type": ["string", "number", "boolean"]}}}`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var want any
			if err := json.Unmarshal([]byte(tt.want), &want); err != nil {
				t.Fatal(err)
			}
			text, err := json.Marshal(ofShape(&tt.shape))
			if err != nil {
				t.Fatal(err)
			}
			var got any
			if err := json.Unmarshal(text, &got); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
