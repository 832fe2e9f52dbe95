package schema

import (
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/sales-exporter/sales_exporter/tools/chart/render"
)

// TestNull removes each value by itself, by the null that is Helm's way to do so. Either the chart does without it, or
// it says in words of ours what is missing: an error of Go's templates would tell nobody what to do.
func TestNull(t *testing.T) {
	var values yaml.Node
	if err := yaml.Unmarshal(readValues(t), &values); err != nil {
		t.Fatal(err)
	}
	paths := keysOf(values.Content[0], "")
	if len(paths) < 200 {
		t.Fatalf("values.yaml has %d keys only", len(paths))
	}
	for _, path := range paths {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			manifests, err := template(t, "helm", everything(path), "--set="+path+"=null")
			if err != nil {
				if !ofOurs(err.Error()) {
					t.Error(err)
				}
				return
			}
			if strings.Contains(string(manifests), "%!") || strings.Contains(string(manifests), "<no value>") {
				t.Errorf("something is printed that is not there:\n%s", manifests)
			}
			if _, err := render.Parse(manifests); err != nil {
				t.Error(err)
			}
		})
	}
}

// keysOf returns the paths of all keys, sections among them.
func keysOf(values *yaml.Node, path string) []string {
	if values.Kind != yaml.MappingNode {
		return nil
	}
	var paths []string
	for i := 0; i+1 < len(values.Content); i += 2 {
		at := strings.TrimPrefix(path+"."+values.Content[i].Value, ".")
		paths = append(append(paths, at), keysOf(values.Content[i+1], at)...)
	}
	return paths
}

// everything returns the values under which a value is read. There is one monitor of the two at a time.
func everything(path string) string {
	if strings.HasPrefix(path, "podMonitor") {
		return "testdata/everything/pod-monitor.yaml"
	}
	return "testdata/everything/service-monitor.yaml"
}

// ofOurs reports whether a message of Helm's is one of the schema, or of a template's fail.
func ofOurs(message string) bool {
	for _, foreign := range []string{"nil pointer", "error calling", "%!", "wrong type", "invalid value"} {
		if strings.Contains(message, foreign) {
			return false
		}
	}
	return strings.Contains(message, "meet the specifications of the schema") ||
		strings.Contains(message, "execution error at")
}
