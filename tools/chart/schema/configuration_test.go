package schema

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"github.com/sales-exporter/sales_exporter/internal/config"
)

// TestOfShape shows what the schema makes of each kind of value of the configuration.
func TestOfShape(t *testing.T) {
	const text = `{"$ref": "#/definitions/textOfConfiguration"}`
	scalar := config.Shape{Kind: config.KindScalar}
	keys := []config.Key{{Name: "from", Shape: scalar}}
	tests := []struct {
		name  string
		shape config.Shape
		want  string
	}{
		{
			"scalar", scalar,
			text,
		},
		{
			"list",
			config.Shape{Kind: config.KindList, Items: &scalar},
			`{"type": ["array", "null"], "items": ` + text + `}`,
		},
		{
			"table",
			config.Shape{Kind: config.KindTable, Items: &scalar},
			`{"type": ["object", "null"], "additionalProperties": ` + text + `}`,
		},
		{
			"mapping",
			config.Shape{Kind: config.KindMapping, Keys: keys},
			`{"type": ["object", "null"], "properties": {"from": ` + text + `}}`,
		},
		{
			"table or scalar",
			config.Shape{Kind: config.KindTableOrScalar, Items: &scalar},
			`{"type": ["string", "integer", "object", "null"], "additionalProperties": ` + text + `}`,
		},
		{
			"mapping or scalar",
			config.Shape{Kind: config.KindMappingOrScalar, Keys: keys},
			`{"type": ["string", "integer", "object", "null"], "properties": {"from": ` + text + `}}`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var want any
			if err := json.Unmarshal([]byte(tt.want), &want); err != nil {
				t.Fatal(err)
			}
			text, err := json.Marshal(keysOfConfiguration{}.ofShape(&tt.shape))
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

// TestKnownKeysExist keeps configuration.schema.yaml from speaking of keys that the configuration has no more.
func TestKnownKeysExist(t *testing.T) {
	known := keysOfConfiguration{}
	if err := yaml.Unmarshal([]byte(configurationSource), &known); err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	var collect func(s *config.Shape)
	collect = func(s *config.Shape) {
		if s.Items != nil {
			collect(s.Items)
		}
		for i := range s.Keys {
			names[nameOf(&s.Keys[i])] = true
			collect(&s.Keys[i].Shape)
		}
	}
	shape := config.DocumentShape()
	collect(&shape)
	for name := range known {
		if !names[name] {
			t.Errorf("the configuration has no key %s", name)
		}
	}
}
