package schema

import (
	"strings"

	"gopkg.in/yaml.v3"
)

// describe copies the comments of values.yaml into the schema, where editors show them.
func describe(schema node, values *yaml.Node) {
	properties, ours := schema["properties"].(node)
	if !ours || values.Kind != yaml.MappingNode {
		return
	}
	for i := 0; i+1 < len(values.Content); i += 2 {
		key, value := values.Content[i], values.Content[i+1]
		property, known := properties[key.Value].(node)
		if !known {
			continue
		}
		if text := description(key.HeadComment); text != "" {
			property["description"] = text
		}
		describe(property, value)
	}
}

// description returns what a comment says after the mark by which helm-docs knows it, too.
func description(comment string) string {
	_, text, found := strings.Cut(comment, "# -- ")
	if !found {
		return ""
	}
	var words []string
	for line := range strings.Lines(text) {
		words = append(words, strings.Fields(strings.TrimPrefix(line, "#"))...)
	}
	return strings.Join(words, " ")
}
