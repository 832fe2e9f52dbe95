package pod

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/sales-exporter/sales_exporter/tools/chart/render"
	"github.com/sales-exporter/sales_exporter/tools/chart/repository"
	"github.com/sales-exporter/sales_exporter/tools/chart/resources"
)

// patience is how long a test waits for what has to come. The exporter looks for changed files every ten seconds.
const patience = time.Minute

// release is a rendered chart, in a cluster that holds what its values name.
type release struct {
	cluster   Cluster
	pod       corev1.PodSpec
	container corev1.Container
}

func newRelease(t *testing.T, arguments ...string) release {
	t.Helper()
	objects := repository.Render(t, arguments...)
	deployment, err := resources.Find[*appsv1.Deployment](objects)
	if err != nil {
		t.Fatal(err)
	}
	cluster, err := NewCluster(append(existing(t), objects...)...)
	if err != nil {
		t.Fatal(err)
	}
	pod := deployment.Spec.Template.Spec
	for _, c := range pod.Containers {
		if c.Name == "sales-exporter" {
			return release{cluster: cluster, pod: pod, container: c}
		}
	}
	t.Fatal("the pod has no container sales-exporter")
	return release{}
}

// existing returns what is in the cluster before the chart comes.
func existing(t *testing.T) []unstructured.Unstructured {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "cluster.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	objects, err := render.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return objects
}

func (r release) layout(t *testing.T) *Layout {
	t.Helper()
	l, err := NewLayout(t.TempDir(), r.cluster, r.pod, r.container)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// start runs the exporter until the test ends.
func (r release) start(t *testing.T, l *Layout, environment ...string) *Container {
	t.Helper()
	variables, err := Environment(r.cluster, r.container)
	if err != nil {
		t.Fatal(err)
	}
	program := repository.Program(t, "sales_exporter")
	// The test's own context ends before its cleanup, which stops the exporter in good order.
	c, err := Start(context.WithoutCancel(t.Context()), program, l, r.container, append(variables, environment...))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Stop(time.Duration(*r.pod.TerminationGracePeriodSeconds) * time.Second); err != nil {
			t.Error(err)
		}
		if t.Failed() {
			t.Log(c.Log())
		}
	})
	return c
}

// answer returns the status and the text of a page.
func answer(t *testing.T, c *Container, path string) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, c.URL+path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(response.Body)
	if err := errors.Join(err, response.Body.Close()); err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(text)
}

// probe asks what a probe of the manifest asks and returns the status.
func probe(t *testing.T, c *Container, p *corev1.Probe) int {
	t.Helper()
	if p == nil || p.HTTPGet == nil {
		t.Fatal("the container has no such probe over HTTP")
	}
	if port := p.HTTPGet.Port.String(); port != portName {
		t.Errorf("the probe asks port %s instead of %s", port, portName)
	}
	status, _ := answer(t, c, p.HTTPGet.Path)
	return status
}

func await(t *testing.T, what string, happened func() bool) {
	t.Helper()
	deadline := time.After(patience)
	ticks := time.NewTicker(50 * time.Millisecond)
	defer ticks.Stop()
	for !happened() {
		select {
		case <-ticks.C:
		case <-deadline:
			t.Fatalf("waited %s in vain: %s", patience, what)
		}
	}
}

// metrics returns the samples of the page, one a line.
func metrics(t *testing.T, c *Container) []string {
	t.Helper()
	status, text := answer(t, c, "/metrics")
	if status != http.StatusOK {
		t.Fatalf("/metrics: status %d: %s", status, text)
	}
	var samples []string
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "#") {
			samples = append(samples, strings.TrimSpace(line))
		}
	}
	return samples
}

// has says whether there is a sample of a metric with a label.
func has(samples []string, metric, label string) bool {
	for _, sample := range samples {
		if strings.HasPrefix(sample, metric+"{") && strings.Contains(sample, label) {
			return true
		}
	}
	return false
}
