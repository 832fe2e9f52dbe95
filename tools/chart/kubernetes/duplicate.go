package kubernetes

import (
	"fmt"
	"strings"
)

// Duplicates returns the entries of an object's lists that have the same key, as in two ports of one number. A client
// writes them down, a server-side apply, which is what Helm 4 does, refuses them.
func Duplicates(schema Schema, object any) []string {
	return duplicates(schema, object, "")
}

func duplicates(schema Schema, value any, path string) []string {
	var found []string
	switch value := value.(type) {
	case map[string]any:
		properties, _ := schema["properties"].(map[string]any)
		for name, field := range value {
			if nested, ok := properties[name].(map[string]any); ok {
				found = append(found, duplicates(nested, field, path+"."+name)...)
			}
		}
	case []any:
		found = append(found, sameKeys(schema, value, path)...)
		nested, _ := schema["items"].(map[string]any)
		for i, entry := range value {
			found = append(found, duplicates(nested, entry, fmt.Sprintf("%s[%d]", path, i))...)
		}
	}
	return found
}

func sameKeys(schema Schema, list []any, path string) []string {
	keys, _ := schema["x-kubernetes-list-map-keys"].([]any)
	if len(keys) == 0 {
		return nil
	}
	var found []string
	seen := map[string]bool{}
	for _, entry := range list {
		fields, _ := entry.(map[string]any)
		var identity []string
		for _, key := range keys {
			value := fields[fmt.Sprint(key)]
			if value == nil && key == "protocol" {
				value = "TCP" // The only key that may be left out.
			}
			identity = append(identity, fmt.Sprintf("%v=%v", key, value))
		}
		is := strings.Join(identity, ",")
		if seen[is] {
			found = append(found, fmt.Sprintf("%s has %s twice", path, is))
		}
		seen[is] = true
	}
	return found
}
