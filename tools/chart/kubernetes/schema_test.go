package kubernetes

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestSchemas: a kind stands by itself, takes no field that it does not name, and what is no kind is left out.
func TestSchemas(t *testing.T) {
	const swagger = `{"definitions": {
		"Policy": {
			"description": "A policy.", "type": "object", "required": ["spec"],
			"x-kubernetes-group-version-kind": [{"group": "policy", "version": "v1", "kind": "Policy"}],
			"properties": {"metadata": {"type": "object"}, "spec": {"$ref": "#/definitions/Spec"}}
		},
		"PolicyList": {
			"x-kubernetes-group-version-kind": [{"group": "policy", "version": "v1", "kind": "PolicyList"}],
			"properties": {"metadata": {"type": "object"}, "items": {"type": "array"}}
		},
		"Zone": {
			"x-kubernetes-group-version-kind": [{"group": "example.com", "version": "v1", "kind": "Zone"}],
			"properties": {"metadata": {"type": "object"}}
		},
		"Spec": {
			"type": "object",
			"properties": {
				"description": {"type": "string"},
				"limits": {"additionalProperties": {"$ref": "#/definitions/io.k8s.apimachinery.pkg.api.resource.Quantity"}},
				"ports": {"type": "array", "items": {"$ref": "#/definitions/Port"}}
			}
		},
		"Port": {"type": "string", "format": "int-or-string"},
		"io.k8s.apimachinery.pkg.api.resource.Quantity": {"type": "string"}
	}}`
	got, err := Schemas([]byte(swagger))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]Schema{"policy-policy-v1.json": {
		"type": "object", "required": []any{"spec"}, "additionalProperties": false,
		"x-kubernetes-group-version-kind": []any{Schema{"group": "policy", "version": "v1", "kind": "Policy"}},
		"properties": Schema{
			"metadata": Schema{"type": "object"},
			"spec": Schema{
				"type": "object", "additionalProperties": false,
				"properties": Schema{
					"description": Schema{"type": "string"},
					"limits":      Schema{"additionalProperties": Schema{"type": []any{"string", "number"}}},
					"ports":       Schema{"type": "array", "items": Schema{"type": []any{"string", "integer"}}},
				},
			},
		},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("schemas (-want +got):\n%s", diff)
	}
}

// TestSchemasRefuse: a description that cannot be read whole gives no schema that takes anything.
func TestSchemasRefuse(t *testing.T) {
	// with returns a description of a tree that has branches of some kind.
	with := func(branch string) string {
		return `{"definitions": {"Tree": {
			"x-kubernetes-group-version-kind": [{"group": "", "version": "v1", "kind": "Tree"}],
			"properties": {"metadata": {}, "branch": {"$ref": "#/definitions/` + branch + `"}}
		}}}`
	}
	tests := map[string]struct{ swagger, want string }{
		"no JSON":                    {`swagger`, "read API"},
		"no kinds":                   {`{"definitions": {}}`, "describes no kind"},
		"recursion":                  {with("Tree"), "Tree > Tree: it contains itself"},
		"nothing behind a reference": {with("Leaf"), "Tree > Leaf: the API does not define it"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := Schemas([]byte(test.swagger))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v instead of one with %q", err, test.want)
			}
		})
	}
}

// TestDuplicates: a port may be there once for each protocol, and TCP is what no protocol means.
func TestDuplicates(t *testing.T) {
	ports := Schema{"properties": Schema{"ports": Schema{
		"x-kubernetes-list-map-keys": []any{"port", "protocol"}, "items": Schema{},
	}}}
	tests := map[string]struct {
		ports []any
		want  []string
	}{
		"two ports":     {[]any{Schema{"port": 1}, Schema{"port": 2}}, nil},
		"two protocols": {[]any{Schema{"port": 1}, Schema{"port": 1, "protocol": "UDP"}}, nil},
		"the same": {
			[]any{Schema{"port": 1}, Schema{"port": 1, "protocol": "TCP"}},
			[]string{".ports has port=1,protocol=TCP twice"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, Duplicates(ports, Schema{"ports": test.ports})); diff != "" {
				t.Errorf("duplicates (-want +got):\n%s", diff)
			}
		})
	}
}
