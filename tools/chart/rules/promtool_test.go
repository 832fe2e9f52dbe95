package rules

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/sales-exporter/sales_exporter/tools/chart/repository"
)

// TestPromtool: what users get, not what it is made of, passes the checks and the tests of the product's rules.
func TestPromtool(t *testing.T) {
	got := map[string]group{}
	for _, g := range rendered(t) {
		got[g.Name] = g
	}
	dir := t.TempDir()
	var files []string
	for name, groups := range committed(t) {
		content := map[string][]group{}
		for _, g := range groups {
			content["groups"] = append(content["groups"], got[g.Name])
		}
		text, err := yaml.Marshal(content)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, filepath.Join(dir, name))
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	// The tests name the rules as "../<file>".
	if err := os.CopyFS(filepath.Join(dir, "tests"), os.DirFS(repository.Path(t, "alerts", "tests"))); err != nil {
		t.Fatal(err)
	}
	tests, err := filepath.Glob(filepath.Join(dir, "tests", "*.test.yaml"))
	if err != nil || len(tests) == 0 {
		t.Fatalf("find tests of rules: %v, %d files", err, len(tests))
	}
	promtool(t, append([]string{"check", "rules", "--lint=all", "--lint-fatal"}, files...)...)
	promtool(t, append([]string{"test", "rules"}, tests...)...)
}

func promtool(t *testing.T, arguments ...string) {
	t.Helper()
	command := exec.CommandContext(t.Context(), repository.Program(t, "promtool"), arguments...)
	if text, err := command.CombinedOutput(); err != nil {
		t.Errorf("promtool %s: %v\n%s", arguments[0], err, text)
	}
}
