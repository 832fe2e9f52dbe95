// Package schema generates the chart's values.schema.json, against which Helm and editors check what users set. Its
// sources are values.schema.yaml and configuration.schema.yaml; what the product knows better is filled in from the
// product, so that a key, a threshold, a label or an alert that comes or goes does so here, too.
package schema

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"

	"gopkg.in/yaml.v3"

	"github.com/sales-exporter/sales_exporter/internal/alerting"
)

//go:embed values.schema.yaml
var source string

//go:embed configuration.schema.yaml
var configurationSource string

// node is a JSON schema, or a part of one.
type node = map[string]any

// Generate returns the schema of the chart's values. Its descriptions are the comments of values.yaml.
func Generate(values []byte) ([]byte, error) {
	schema, _, err := build(values)
	if err != nil {
		return nil, err
	}
	return encode(schema)
}

// build returns the schema and the values that it describes.
func build(values []byte) (node, *yaml.Node, error) {
	schema := node{}
	if err := yaml.Unmarshal([]byte(source), &schema); err != nil {
		return nil, nil, fmt.Errorf("read values.schema.yaml: %w", err)
	}
	delete(schema, "pieces")
	if err := fill(schema); err != nil {
		return nil, nil, err
	}
	closeMappings(schema)
	var defaults yaml.Node
	if err := yaml.Unmarshal(values, &defaults); err != nil {
		return nil, nil, fmt.Errorf("read values: %w", err)
	}
	if len(defaults.Content) == 0 {
		return nil, nil, errors.New("read values: there are none")
	}
	describe(schema, defaults.Content[0])
	return schema, defaults.Content[0], nil
}

// fill puts in what the product knows.
func fill(schema node) error {
	files, err := alerting.Rules(alerting.DefaultThresholds())
	if err != nil {
		return fmt.Errorf("list alerts: %w", err)
	}
	config, err := configuration()
	if err != nil {
		return err
	}
	definitions := part(schema, "definitions")
	definitions["targetLabel"] = targetLabel()
	part(definitions, "override", "properties")["labels"] = alertLabels(files)
	part(schema, "properties")["config"] = config
	rule := part(schema, "properties", "prometheusRule", "properties")
	rule["thresholds"], rule["overrides"] = thresholds(), overrides(files, definitions)
	rule["extraLabels"] = alertLabels(files)
	return nil
}

// part returns what is at a path that the source has.
func part(schema node, path ...string) node {
	for _, key := range path {
		schema = schema[key].(node)
	}
	return schema
}

// closeMappings refuses unknown keys wherever known ones are listed. Conditions are left alone: they look at some keys
// of a mapping, and say nothing of the others.
func closeMappings(schema node) {
	if _, listed := schema["properties"]; listed {
		schema["type"] = orElse(schema["type"], "object")
		schema["additionalProperties"] = orElse(schema["additionalProperties"], false)
	}
	for _, key := range []string{"items", "additionalProperties"} {
		if inner, ok := schema[key].(node); ok {
			closeMappings(inner)
		}
	}
	for _, key := range []string{"properties", "patternProperties", "definitions"} {
		if schemas, ok := schema[key].(node); ok {
			for _, inner := range schemas {
				closeMappings(inner.(node))
			}
		}
	}
}

func orElse(value, fallback any) any {
	if value == nil {
		return fallback
	}
	return value
}

func encode(schema node) ([]byte, error) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(schema); err != nil {
		return nil, fmt.Errorf("encode schema: %w", err)
	}
	return text.Bytes(), nil
}
