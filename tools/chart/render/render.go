// Package render runs Helm on the chart, as users do, and reads what comes out.
package render

import (
	"bytes"
	"context"
	"fmt"
	"os/exec" //nolint:depguard // The exporter starts no programs; tests of the chart start Helm.
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"github.com/sales-exporter/sales_exporter/tools/chart/kubernetes"
)

// Helm is a helm program.
type Helm struct {
	Program string // path of the binary
}

// Template renders a chart as the release "test" in the namespace "sales" of the newest Kubernetes. Arguments are those
// of "helm template", such as "--set=replicaCount=0". The error holds what Helm says to its user.
func (h Helm) Template(ctx context.Context, chart string, arguments ...string) ([]byte, error) {
	return h.run(ctx, append([]string{"template", "test", chart, "--namespace=sales", newest()}, arguments...)...)
}

// Lint looks for mistakes in a chart. Arguments are those of "helm lint".
func (h Helm) Lint(ctx context.Context, chart string, arguments ...string) error {
	_, err := h.run(ctx, append([]string{"lint", chart, "--strict", "--namespace=sales", newest()}, arguments...)...)
	return err
}

// newest names the cluster. By itself Helm takes the version that it was built for, which a build of one's own forgets.
func newest() string {
	releases := kubernetes.Releases()
	return "--kube-version=" + releases[len(releases)-1].Version
}

// Objects renders a chart and reads its manifests, in the order in which Helm writes them.
func (h Helm) Objects(ctx context.Context, chart string, arguments ...string) ([]unstructured.Unstructured, error) {
	text, err := h.Template(ctx, chart, arguments...)
	if err != nil {
		return nil, err
	}
	return Parse(text)
}

func (h Helm) run(ctx context.Context, arguments ...string) ([]byte, error) {
	var out, problems bytes.Buffer
	command := exec.CommandContext(ctx, h.Program, arguments...) //nolint:gosec // Tests name the program.
	command.Stdout, command.Stderr = &out, &problems
	if err := command.Run(); err != nil {
		return nil, fmt.Errorf("run helm %s: %w: %s", arguments[0], err, strings.TrimSpace(out.String()+problems.String()))
	}
	return out.Bytes(), nil
}

// Parse reads manifests. A key that stands twice is an error: of two values, one would be lost.
func Parse(manifests []byte) ([]unstructured.Unstructured, error) {
	var objects []unstructured.Unstructured
	for document := range strings.SplitSeq("\n"+string(manifests), "\n---") {
		var object map[string]any
		// The line's end is part of a text that stands last in a document.
		if err := yaml.UnmarshalStrict([]byte(document+"\n"), &object); err != nil {
			return nil, fmt.Errorf("read manifest: %w\n%s", err, document)
		}
		if len(object) > 0 {
			objects = append(objects, unstructured.Unstructured{Object: object})
		}
	}
	return objects, nil
}
