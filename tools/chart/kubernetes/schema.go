package kubernetes

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/runtime/schema"
)

// Schema is a JSON schema, as decoded.
type Schema = map[string]any

// groups are the API groups that a chart may render resources of.
func groups() []string {
	return []string{
		"", "apps", "autoscaling", "batch", "networking.k8s.io", "policy", "rbac.authorization.k8s.io",
	}
}

// Schemas returns a schema without references for each kind in a swagger description, by the name of its file. A
// version of an API that a release removed is not there: manifests that ask for it cannot be checked, and fail.
func Schemas(swagger []byte) (map[string]Schema, error) {
	var description struct {
		Definitions map[string]Schema `json:"definitions"`
	}
	if err := json.Unmarshal(swagger, &description); err != nil {
		return nil, fmt.Errorf("read API: %w", err)
	}
	in := inliner{definitions: description.Definitions}
	schemas := map[string]Schema{}
	for name, definition := range description.Definitions {
		kind, ok := kind(definition)
		if !ok {
			continue
		}
		inlined, err := in.definition(name)
		if err != nil {
			return nil, err
		}
		schemas[FileName(kind)] = inlined
	}
	if len(schemas) == 0 {
		return nil, fmt.Errorf("API describes no kind of %s", strings.Join(groups(), " "))
	}
	return schemas, nil
}

// kind returns the kind that a definition describes. What has no metadata, is a list or belongs to many groups is part
// of a request or of an answer, not of a manifest.
func kind(definition Schema) (schema.GroupVersionKind, bool) {
	kinds, _ := definition["x-kubernetes-group-version-kind"].([]any)
	properties, _ := definition["properties"].(map[string]any)
	if len(kinds) != 1 || properties["metadata"] == nil || properties["items"] != nil {
		return schema.GroupVersionKind{}, false
	}
	only, _ := kinds[0].(map[string]any)
	group, _ := only["group"].(string)
	version, _ := only["version"].(string)
	name, _ := only["kind"].(string)
	return schema.GroupVersionKind{Group: group, Version: version, Kind: name}, slices.Contains(groups(), group)
}

// FileName returns the name under which kubeconform looks for a kind: deployment-apps-v1.json, service-v1.json.
func FileName(kind schema.GroupVersionKind) string {
	parts := []string{kind.Kind}
	if kind.Group != "" {
		first, _, _ := strings.Cut(kind.Group, ".")
		parts = append(parts, first)
	}
	return strings.ToLower(strings.Join(append(parts, kind.Version), "-")) + ".json"
}

// Write writes schemas to a directory, in the place of those of an earlier run.
func Write(dir string, schemas map[string]Schema) error {
	if err := os.RemoveAll(dir); err != nil {
		return fmt.Errorf("remove old schemas: %w", err)
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return fmt.Errorf("make directory of schemas: %w", err)
	}
	for name, schema := range schemas {
		text, err := json.Marshal(schema)
		if err != nil {
			return fmt.Errorf("encode %s: %w", name, err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			return fmt.Errorf("write schema: %w", err)
		}
	}
	return nil
}
