package schema

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sales-exporter/sales_exporter/tools/chart/render"
)

// helms are the programs that users have. Both read the schema, and say the same of it.
func helms() []string { return []string{"helm", "helm4"} }

// template renders the chart with a file of values.
func template(t *testing.T, program, values string, arguments ...string) ([]byte, error) {
	t.Helper()
	helm := render.Helm{Program: "../../../bin/" + program}
	return helm.Template(t.Context(), chart, append(arguments, "--values="+values)...)
}

func corpus(t *testing.T, folder string, least int) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join("testdata", folder, "*.yaml"))
	if err != nil || len(paths) < least {
		t.Fatalf("found %d files of %s values, want at least %d: %v", len(paths), folder, least, err)
	}
	return paths
}

// TestInvalid makes sure that mistakes are refused before anything reaches a cluster, and that the message says where
// they are. The first line of each file is what Helm must say.
func TestInvalid(t *testing.T) {
	for _, path := range corpus(t, "invalid", 100) {
		for _, program := range helms() {
			t.Run(program+"/"+filepath.Base(path), func(t *testing.T) {
				t.Parallel()
				want := expectation(t, path)
				if _, err := template(t, program, path); err == nil {
					t.Errorf("nothing is refused, want %q", want)
				} else if !strings.Contains(err.Error(), want) {
					t.Errorf("got %v, want %q", err, want)
				}
			})
		}
	}
}

func expectation(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	first, _, _ := strings.Cut(string(text), "\n")
	want, found := strings.CutPrefix(first, "# expect: ")
	if !found || want == "" {
		t.Fatalf("%s does not begin with \"# expect: …\"", path)
	}
	return want
}

// TestValid keeps the schema from refusing what works.
func TestValid(t *testing.T) {
	for _, path := range corpus(t, "valid", 40) {
		for _, program := range helms() {
			t.Run(program+"/"+filepath.Base(path), func(t *testing.T) {
				t.Parallel()
				manifests, err := template(t, program, path)
				if err != nil {
					t.Fatal(err)
				}
				if !strings.Contains(string(manifests), "kind: Deployment") {
					t.Error("there is no Deployment")
				}
			})
		}
	}
}
