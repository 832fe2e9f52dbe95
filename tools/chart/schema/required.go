package schema

import (
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// Required returns the paths of the values that have a default and that templates cannot do without, sections before
// what is in them. A null in a user's values removes a default, and "helm upgrade --reuse-values" brings none of those
// that are new. The schema does not ask for them: editors hold it against a file of a few values, too.
func Required(values []byte) ([]string, error) {
	schema, defaults, err := build(values)
	if err != nil {
		return nil, err
	}
	return required(schema, defaults, ""), nil
}

func required(schema node, values *yaml.Node, path string) []string {
	properties, ours := schema["properties"].(node)
	if !ours || values.Kind != yaml.MappingNode {
		return nil
	}
	var paths []string
	for i := 0; i+1 < len(values.Content); i += 2 {
		key, value := values.Content[i].Value, values.Content[i+1]
		property, known := properties[key].(node)
		if !known {
			continue
		}
		at := strings.TrimPrefix(path+"."+key, ".")
		if needed(property, value) && !removable(at) {
			paths = append(paths, at)
		}
		paths = append(paths, required(property, value, at)...)
	}
	return paths
}

// needed reports whether there is a default. Nothing (empty, or null) is what templates expect anyway, and a mapping
// that is not ours, such as a security context, may be removed as a whole.
func needed(schema node, value *yaml.Node) bool {
	switch value.Kind {
	case yaml.MappingNode:
		_, ours := schema["properties"]
		return ours && len(value.Content) > 0
	case yaml.SequenceNode:
		return len(value.Content) > 0
	default:
		return value.Value != "" && value.ShortTag() != "!!null" && !mayBeEmpty(schema)
	}
}

// mayBeEmpty reports whether an empty text is a value, too: then templates expect none.
func mayBeEmpty(schema node) bool {
	if choices, ok := schema["enum"].([]any); ok {
		return slices.Contains(choices, any(""))
	}
	if _, bounded := schema["minLength"]; bounded || schema["type"] != "string" {
		return false
	}
	pattern, _ := schema["pattern"].(string)
	return regexp.MustCompile(pattern).MatchString("")
}

// removable are defaults that somebody else has, too: Kubernetes those of probes; of thresholds, the template says which
// one it needs.
func removable(path string) bool {
	ofProbe := strings.Contains(path, "Probe.") && !strings.HasSuffix(path, ".enabled")
	return ofProbe || strings.HasPrefix(path, "prometheusRule.thresholds.")
}
