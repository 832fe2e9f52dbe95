package schema

import (
	"fmt"
	"maps"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/sales-exporter/sales_exporter/internal/app/known"
	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/config/document"
	"github.com/sales-exporter/sales_exporter/internal/kpi"
)

// configuration returns the schema of the exporter's configuration: its keys, on every level. What a value means is for
// the exporter to check, but for a few that configuration.schema.yaml knows.
func configuration() (node, error) {
	keys := keysOfConfiguration{}
	if err := yaml.Unmarshal([]byte(configurationSource), &keys); err != nil {
		return nil, fmt.Errorf("read configuration.schema.yaml: %w", err)
	}
	keys["kpi"] = node{"type": orNull("string"), "pattern": "^(" + strings.Join(kpi.TargetKPIs(), "|") + ")$"}
	shape := config.DocumentShape(known.Names())
	return keys.ofShape(&shape), nil
}

// keysOfConfiguration are the schemas of single keys by their names, which mean the same wherever they stand.
type keysOfConfiguration map[string]node

func (k keysOfConfiguration) ofShape(s *document.Shape) node {
	switch s.Kind {
	case document.KindList:
		return node{"type": orNull("array"), "items": k.ofShape(s.Items)}
	case document.KindTable:
		return node{"type": orNull("object"), "additionalProperties": k.ofShape(s.Items)}
	case document.KindMapping:
		return node{"type": orNull("object"), "properties": k.ofKeys(s.Keys)}
	case document.KindMappingOrScalar: // A period, which may be a year.
		return node{"type": orNull("string", "integer", "object"), "properties": k.ofKeys(s.Keys)}
	case document.KindTableOrScalar:
		return node{"type": orNull("string", "integer", "object"), "additionalProperties": k.ofShape(s.Items)}
	default:
		return text()
	}
}

// text refers to the schema of a single value.
func text() node { return node{"$ref": "#/definitions/textOfConfiguration"} }

func (k keysOfConfiguration) ofKeys(keys []document.Key) node {
	properties := node{}
	for i := range keys {
		properties[keys[i].Name] = k.ofKey(&keys[i])
	}
	return properties
}

// ofKey returns the schema of one key. Where texts have a pattern, templates pass.
func (k keysOfConfiguration) ofKey(key *document.Key) node {
	schema := k.ofShape(&key.Shape)
	switch known := k[nameOf(key)]; {
	case known == nil:
	case key.Shape.Kind == document.KindList:
		schema["items"] = known
	case key.Shape.Kind == document.KindTableOrScalar: // A number for each, or one for all.
		schema["additionalProperties"] = known
	case key.Shape.Kind == document.KindScalar:
		schema = maps.Clone(known)
	}
	if pattern, ok := schema["pattern"].(string); ok {
		schema["pattern"] = pattern + `|\{\{`
	}
	return schema
}

// nameOf returns the name under which a key is known. All that end in _env hold the same.
func nameOf(key *document.Key) string {
	if strings.HasSuffix(key.Name, "_env") {
		return "*_env"
	}
	return key.Name
}

// orNull adds null, which means that a key is not there.
func orNull(types ...string) []string { return append(types, "null") }
