package resources

import (
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/sales-exporter/sales_exporter/tools/chart/repository"
)

// TestManifestsFitTheirTypes: every field of every manifest is known to the program that reads it.
func TestManifestsFitTheirTypes(t *testing.T) {
	kinds := map[string]bool{}
	for name, file := range repository.Examples(t) {
		t.Run(name, func(t *testing.T) {
			for _, object := range repository.Render(t, "--values="+file) {
				if _, err := Decode(object); err != nil {
					t.Error(err)
				}
				kinds[object.GetAPIVersion()+"/"+object.GetKind()] = true
			}
		})
	}
	for kind := range types() {
		if !kinds[kind] {
			t.Errorf("no values file in ci/ renders %s", kind)
		}
	}
}

// TestDecodeRefuses: what a cluster would drop or not understand is an error.
func TestDecodeRefuses(t *testing.T) {
	tests := map[string]struct {
		apiVersion, kind string
		spec             map[string]any
		want             string
	}{
		"unknown field": {
			"monitoring.coreos.com/v1", "ServiceMonitor",
			map[string]any{"selector": map[string]any{}, "jobLable": "app.kubernetes.io/name"},
			`unknown field "spec.jobLable"`,
		},
		"other case": {
			"monitoring.coreos.com/v1", "ServiceMonitor",
			map[string]any{"selector": map[string]any{}, "joblabel": "app.kubernetes.io/name"},
			`unknown field "spec.joblabel"`,
		},
		"wrong type": {
			"grafana.integreatly.org/v1beta1", "GrafanaDashboard",
			map[string]any{"folder": int64(7)},
			"cannot convert int64 to string",
		},
		"unknown kind": {"autoscaling/v2", "HorizontalPodAutoscaler", map[string]any{}, "the chart renders only"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := Decode(unstructured.Unstructured{Object: map[string]any{
				"apiVersion": test.apiVersion, "kind": test.kind, "spec": test.spec,
			}})
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v instead of one with %q", err, test.want)
			}
		})
	}
}
