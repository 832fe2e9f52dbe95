package readme

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sales-exporter/sales_exporter/tools/chart/repository"
)

// TestCommitted: the README is the one that helm-docs makes of values.yaml and README.md.gotmpl.
func TestCommitted(t *testing.T) {
	committed, err := os.ReadFile(repository.Path(t, "charts", "sales-exporter", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	chart := repository.CopyChart(t)
	command := exec.CommandContext(t.Context(), repository.Program(t, "helm-docs"), "--chart-search-root="+chart)
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("run helm-docs: %v\n%s", err, out)
	}
	generated, err := os.ReadFile(filepath.Join(chart, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(committed), string(generated)); diff != "" {
		t.Errorf("run make chart (-committed +generated):\n%s", diff)
	}
}
