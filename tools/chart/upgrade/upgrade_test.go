package upgrade

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/sales-exporter/sales_exporter/tools/chart/repository"
)

var update = flag.Bool("update", false, "write what the chart renders now into testdata/released")

// TestUpgrade compares the chart with the last one released, under the same values.
func TestUpgrade(t *testing.T) {
	released := filepath.Join("..", "testdata", "released")
	tests, err := os.ReadDir(released)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range tests {
		t.Run(test.Name(), func(t *testing.T) {
			dir := filepath.Join(released, test.Name())
			got, err := NewIdentity(repository.Render(t, "--values="+filepath.Join(dir, "values.yaml")))
			if err != nil {
				t.Fatal(err)
			}
			compare(t, filepath.Join(dir, "identity.yaml"), got)
		})
	}
}

func compare(t *testing.T, golden string, got Identity) {
	t.Helper()
	text, err := yaml.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(golden, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(text)); diff != "" {
		t.Errorf("an upgrade from the released chart (-) to this one (+) changes what users depend on:\n%s\n"+
			"If it must be, it is a new major version of the chart: say in its upgrade notes what users have to do, and run "+
			`"go test ./upgrade -update" in tools/chart. What is only new is no break, and needs no notes.`, diff)
	}
}
