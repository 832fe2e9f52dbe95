// Package schema generates the chart's values.schema.json, against which Helm and editors check what users set. Its
// source is values.schema.yaml; what the product knows better is filled in from the product, so that a key, a threshold
// or an alert that comes or goes does so here, too.
package schema

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"

	"gopkg.in/yaml.v3"
)

//go:embed values.schema.yaml
var source string

// node is a JSON schema, or a part of one.
type node = map[string]any

// Generate returns the schema of the chart's values. Its descriptions are the comments of values.yaml.
func Generate(values []byte) ([]byte, error) {
	schema := node{}
	if err := yaml.Unmarshal([]byte(source), &schema); err != nil {
		return nil, fmt.Errorf("read values.schema.yaml: %w", err)
	}
	delete(schema, "pieces")
	if err := fill(schema); err != nil {
		return nil, err
	}
	closeMappings(schema)
	if err := describe(schema, values); err != nil {
		return nil, fmt.Errorf("read comments of the values: %w", err)
	}
	return encode(schema)
}

// fill puts in what the product knows.
func fill(schema node) error {
	rules, err := overrides(part(schema, "definitions"))
	if err != nil {
		return err
	}
	part(schema, "properties")["config"] = configuration()
	rule := part(schema, "properties", "prometheusRule", "properties")
	rule["thresholds"], rule["overrides"] = thresholds(), rules
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
