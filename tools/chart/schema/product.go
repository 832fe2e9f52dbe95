package schema

import (
	"fmt"
	"maps"
	"regexp"

	"github.com/sales-exporter/sales_exporter/internal/alerting"
	"github.com/sales-exporter/sales_exporter/internal/config"
)

// configuration returns the schema of the exporter's configuration: its keys, on every level. What a value means is for
// the exporter to check, and a template may stand for it.
func configuration() node {
	shape := config.DocumentShape()
	return ofShape(&shape)
}

func ofShape(s *config.Shape) node {
	switch s.Kind {
	case config.KindList:
		return node{"type": "array", "items": ofShape(s.Items)}
	case config.KindTable:
		return node{"type": "object", "additionalProperties": ofShape(s.Items)}
	case config.KindMapping:
		return node{"type": "object", "properties": ofKeys(s.Keys)}
	case config.KindMappingOrScalar:
		return node{"type": append(scalars(), "object"), "properties": ofKeys(s.Keys)}
	default:
		return node{"type": scalars()}
	}
}

func ofKeys(keys []config.Key) node {
	properties := node{}
	for i := range keys {
		properties[keys[i].Name] = ofShape(&keys[i].Shape)
	}
	return properties
}

// scalars are what YAML makes of a single value. The exporter reads the text: 66.0, "66.0", yes.
func scalars() []string { return []string{"string", "number", "boolean"} }

// Thresholds that stand in ranges, or that count. A text would be pasted into an expression as it is.
var (
	wholeTime  = regexp.MustCompile(`(Days|Hours)$`)
	wholeCount = regexp.MustCompile(`(Deals|^records)$`)
)

// thresholds returns the schema of the judgements in the rules.
func thresholds() node {
	properties := node{}
	for key := range alerting.DefaultThresholds().All() {
		switch {
		case wholeTime.MatchString(key):
			properties[key] = node{"type": "integer", "minimum": 0}
		case wholeCount.MatchString(key): // Shares of no deals at all are no numbers.
			properties[key] = node{"type": "integer", "minimum": 1}
		default:
			// Text, too: "helm --set" makes one of every number with a decimal point.
			properties[key] = node{
				"type": []any{"number", "string"}, "minimum": 0, "pattern": `^[0-9]+(\.[0-9]+)?$`,
			}
		}
	}
	return node{"properties": properties}
}

// overrides returns the schema of the changes of single alerts, and defines those of alerts in bands.
func overrides(definitions node) (node, error) {
	files, err := alerting.Rules(alerting.DefaultThresholds())
	if err != nil {
		return nil, fmt.Errorf("list alerts: %w", err)
	}
	severities := map[string][]string{}
	for _, f := range files {
		for _, g := range f.Groups {
			for _, r := range g.Rules {
				if r.Alert != "" {
					severities[r.Alert] = append(severities[r.Alert], r.Labels["severity"])
				}
			}
		}
	}
	override := node{"$ref": "#/definitions/override"}
	definitions["overrideInBands"] = inBands(part(definitions, "override", "properties"), override)
	properties := node{}
	for alert, bands := range severities {
		properties[alert] = override
		if len(bands) > 1 {
			properties[alert] = node{"$ref": "#/definitions/overrideInBands"}
		}
	}
	return node{"properties": properties}, nil
}

// inBands adds the two bands, warning and critical, to the keys of an override.
func inBands(keys, override node) node {
	keys = maps.Clone(keys)
	keys["warning"], keys["critical"] = override, override
	return node{"properties": keys}
}
