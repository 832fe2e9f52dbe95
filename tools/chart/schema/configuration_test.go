package schema

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"github.com/sales-exporter/sales_exporter/internal/app/known"
	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/config/document"
)

// TestOfShape shows what the schema makes of each kind of value of the configuration.
func TestOfShape(t *testing.T) {
	const text = `{"$ref": "#/definitions/textOfConfiguration"}`
	scalar := document.Shape{Kind: document.KindScalar}
	keys := []document.Key{{Name: "from", Shape: scalar}}
	tests := []struct {
		name  string
		shape document.Shape
		want  string
	}{
		{
			"scalar", scalar,
			text,
		},
		{
			"list",
			document.Shape{Kind: document.KindList, Items: &scalar},
			`{"type": ["array", "null"], "items": ` + text + `}`,
		},
		{
			"table",
			document.Shape{Kind: document.KindTable, Items: &scalar},
			`{"type": ["object", "null"], "additionalProperties": ` + text + `}`,
		},
		{
			"mapping",
			document.Shape{Kind: document.KindMapping, Keys: keys},
			`{"type": ["object", "null"], "properties": {"from": ` + text + `}}`,
		},
		{
			"table or scalar",
			document.Shape{Kind: document.KindTableOrScalar, Items: &scalar},
			`{"type": ["string", "integer", "object", "null"], "additionalProperties": ` + text + `}`,
		},
		{
			"mapping or scalar",
			document.Shape{Kind: document.KindMappingOrScalar, Keys: keys},
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
	keys := keysOfConfiguration{}
	if err := yaml.Unmarshal([]byte(configurationSource), &keys); err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	var collect func(s *document.Shape)
	collect = func(s *document.Shape) {
		if s.Items != nil {
			collect(s.Items)
		}
		for i := range s.Keys {
			names[nameOf(&s.Keys[i])] = true
			collect(&s.Keys[i].Shape)
		}
	}
	shape := config.DocumentShape(known.Names())
	collect(&shape)
	for name := range keys {
		if !names[name] {
			t.Errorf("the configuration has no key %s", name)
		}
	}
}
