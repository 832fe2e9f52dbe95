package resources

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/sales-exporter/sales_exporter/tools/chart/render"
	"github.com/sales-exporter/sales_exporter/tools/chart/repository"
)

// TestLint: both Helms find nothing to say about the chart, whatever its values.
func TestLint(t *testing.T) {
	for _, program := range []string{"helm", "helm4"} {
		helm := render.Helm{Program: repository.Program(t, program)}
		for name, file := range repository.Examples(t) {
			t.Run(program+"/"+name, func(t *testing.T) {
				if err := helm.Lint(t.Context(), repository.Chart(t), "--values="+file); err != nil {
					t.Error(err)
				}
			})
		}
	}
}

// TestHelm3And4: both Helms render the same, down to the last field.
func TestHelm3And4(t *testing.T) {
	four := render.Helm{Program: repository.Program(t, "helm4")}
	for name, file := range repository.Examples(t) {
		t.Run(name, func(t *testing.T) {
			by3 := repository.Render(t, "--values="+file)
			by4, err := four.Objects(t.Context(), repository.Chart(t), "--values="+file)
			if err != nil {
				t.Fatal(err)
			}
			// The order of installation is Helm's business.
			if diff := cmp.Diff(sorted(by3), sorted(by4)); diff != "" {
				t.Errorf("Helm 4 (+) renders something else than Helm 3 (-):\n%s", diff)
			}
		})
	}
}

func sorted(objects []unstructured.Unstructured) []unstructured.Unstructured {
	return slices.SortedFunc(slices.Values(objects), func(a, b unstructured.Unstructured) int {
		return strings.Compare(identity(a), identity(b))
	})
}

func identity(o unstructured.Unstructured) string {
	return o.GetAPIVersion() + "/" + o.GetKind() + " " + o.GetNamespace() + "/" + o.GetName()
}

// TestOneOfEach: no two resources have one name. Of those, one would replace the other.
func TestOneOfEach(t *testing.T) {
	for name, file := range repository.Examples(t) {
		t.Run(name, func(t *testing.T) {
			seen := map[string]bool{}
			for _, object := range repository.Render(t, "--values="+file) {
				if seen[identity(object)] {
					t.Errorf("%s occurs twice", identity(object))
				}
				seen[identity(object)] = true
			}
		})
	}
}
