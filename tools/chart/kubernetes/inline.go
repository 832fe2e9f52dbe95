package kubernetes

import (
	"fmt"
	"slices"
	"strings"
)

// inliner replaces references by what they refer to.
type inliner struct {
	definitions map[string]Schema
	open        []string // definitions around the place that is being read
}

// definition returns a definition without references. One that contains itself has no such form.
func (in *inliner) definition(name string) (Schema, error) {
	if slices.Contains(in.open, name) {
		return nil, fmt.Errorf("inline %s: it contains itself", strings.Join(append(in.open, name), " > "))
	}
	found, ok := in.definitions[name]
	if !ok {
		return nil, fmt.Errorf("inline %s: the API does not define it", strings.Join(append(in.open, name), " > "))
	}
	in.open = append(in.open, name)
	defer func() { in.open = in.open[:len(in.open)-1] }()
	switch {
	case name == "io.k8s.apimachinery.pkg.api.resource.Quantity":
		// The description says text, the API server takes numbers, too.
		return Schema{"type": []any{"string", "number"}}, nil
	case found["format"] == "int-or-string":
		return Schema{"type": []any{"string", "integer"}}, nil
	}
	return in.schema(found)
}

// schema returns a schema without references and without prose. Objects take only the fields that they name.
func (in *inliner) schema(schema Schema) (Schema, error) {
	if reference, ok := schema["$ref"].(string); ok {
		return in.definition(strings.TrimPrefix(reference, "#/definitions/"))
	}
	result := Schema{}
	for keyword, value := range schema {
		var err error
		switch keyword {
		case "description":
			continue
		case "properties":
			result[keyword], err = in.properties(value)
			result["additionalProperties"] = false
		case "items", "additionalProperties":
			result[keyword], err = in.nested(value)
		default:
			result[keyword] = value
		}
		if err != nil {
			return nil, err
		}
	}
	return result, nil
}

func (in *inliner) properties(value any) (Schema, error) {
	properties, ok := value.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("inline %s: properties are no object", strings.Join(in.open, " > "))
	}
	result := Schema{}
	for name, property := range properties {
		nested, err := in.nested(property)
		if err != nil {
			return nil, err
		}
		result[name] = nested
	}
	return result, nil
}

func (in *inliner) nested(value any) (any, error) {
	schema, ok := value.(map[string]any)
	if !ok {
		return value, nil
	}
	return in.schema(schema)
}
