package kubernetes_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/sales-exporter/sales_exporter/tools/chart/kubernetes"
	"github.com/sales-exporter/sales_exporter/tools/chart/render"
	"github.com/sales-exporter/sales_exporter/tools/chart/repository"
	"github.com/sales-exporter/sales_exporter/tools/chart/resources"
)

// conform checks manifests against a release's schemas and returns what is wrong with them.
func conform(t *testing.T, r kubernetes.Release, manifests []byte) (string, error) {
	t.Helper()
	command := exec.CommandContext(t.Context(), repository.Program(t, "kubeconform"), "-strict", "-output=json",
		"-kubernetes-version="+strings.TrimPrefix(r.Version, "v"),
		"-schema-location="+schemas(t)+"/{{.NormalizedKubernetesVersion}}/{{.ResourceKind}}{{.KindSuffix}}.json")
	command.Stdin = bytes.NewReader(manifests)
	text, err := command.CombinedOutput()
	return string(text), err
}

// schemas returns the directory that kube-schemas writes.
func schemas(t *testing.T) string {
	t.Helper()
	return repository.Program(t, "schemas")
}

// builtIn returns the manifests of what Kubernetes itself knows, as a stream.
func builtIn(t *testing.T, objects []unstructured.Unstructured) []byte {
	t.Helper()
	var stream bytes.Buffer
	for _, object := range objects {
		if resources.Custom(object) {
			continue
		}
		text, err := json.Marshal(object.Object)
		if err != nil {
			t.Fatal(err)
		}
		stream.WriteString("---\n" + string(text) + "\n")
	}
	return stream.Bytes()
}

// TestManifestsConform: every release that the chart supports knows every field of every manifest.
func TestManifestsConform(t *testing.T) {
	for _, release := range kubernetes.Releases() {
		for name, file := range repository.Examples(t) {
			t.Run(release.Version+"/"+name, func(t *testing.T) {
				objects := repository.Render(t, "--values="+file, "--kube-version="+release.Version)
				if text, err := conform(t, release, builtIn(t, objects)); err != nil {
					t.Errorf("%v\n%s", err, text)
				}
			})
		}
	}
}

// TestManifestsThatDoNotConform: what a release does not know is refused, removed APIs in the first place.
func TestManifestsThatDoNotConform(t *testing.T) {
	tests := map[string]struct{ manifest, want string }{
		"removed API": {
			`{apiVersion: autoscaling/v2beta1, kind: HorizontalPodAutoscaler, metadata: {name: a}, spec: {maxReplicas: 2}}`,
			"could not find schema for HorizontalPodAutoscaler",
		},
		"unknown field": {
			`{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {port: 80}}`,
			"additional properties 'port' not allowed",
		},
		"unknown field far inside": {
			`{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: a}, spec: {podSelector: {},
			  ingress: [{ports: [{number: 80}]}]}}`,
			"additional properties 'number' not allowed",
		},
		"wrong type": {
			`{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {seed: 1}}`,
			"got number, want string",
		},
	}
	for _, release := range kubernetes.Releases() {
		for name, test := range tests {
			t.Run(release.Version+"/"+name, func(t *testing.T) {
				text, err := conform(t, release, []byte(test.manifest))
				if err == nil || !strings.Contains(text, test.want) {
					t.Errorf("error %v and %s instead of one with %q", err, text, test.want)
				}
			})
		}
	}
}

// TestRemovedAPI: a template for an API that is gone cannot stay in the chart.
func TestRemovedAPI(t *testing.T) {
	const autoscaler = `
apiVersion: autoscaling/v2beta1
kind: HorizontalPodAutoscaler
metadata: {name: {{ include "sales-exporter.fullname" . }}}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: {{ include "sales-exporter.fullname" . }}}
  maxReplicas: 2
`
	const missing = "could not find schema for HorizontalPodAutoscaler"
	chart := repository.CopyChart(t)
	if err := os.WriteFile(filepath.Join(chart, "templates", "autoscaler.yaml"), []byte(autoscaler), 0o600); err != nil {
		t.Fatal(err)
	}
	objects, err := render.Helm{Program: repository.Program(t, "helm")}.Objects(t.Context(), chart)
	if err != nil {
		t.Fatal(err)
	}
	for _, release := range kubernetes.Releases() {
		text, err := conform(t, release, builtIn(t, objects))
		if err == nil || strings.Count(text, `"status"`) != 1 || !strings.Contains(text, missing) {
			t.Errorf("%s: error %v and %s instead of one about the autoscaler", release.Version, err, text)
		}
	}
}

// TestNoKeyTwice: no list of a manifest has two entries with one key, which a server-side apply refuses.
func TestNoKeyTwice(t *testing.T) {
	releases := kubernetes.Releases()
	newest := releases[len(releases)-1].Version
	for name, file := range repository.Examples(t) {
		t.Run(name, func(t *testing.T) {
			for _, object := range repository.Render(t, "--values="+file) {
				if resources.Custom(object) {
					continue
				}
				for _, duplicate := range kubernetes.Duplicates(schema(t, newest, object), object.Object) {
					t.Errorf("%s %s: %s", object.GetKind(), object.GetName(), duplicate)
				}
			}
		})
	}
}

func schema(t *testing.T, version string, object unstructured.Unstructured) kubernetes.Schema {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(schemas(t), version, kubernetes.FileName(object.GroupVersionKind())))
	if err != nil {
		t.Fatal(err)
	}
	var s kubernetes.Schema
	if err := json.Unmarshal(text, &s); err != nil {
		t.Fatal(err)
	}
	return s
}
