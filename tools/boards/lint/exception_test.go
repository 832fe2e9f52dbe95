package lint_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sales-exporter/sales_exporter/tools/boards/lint"
)

// unused returns an input with a KPI that no board shows.
func unused(t *testing.T) *lint.Input {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("testdata")); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "metrics.txt")
	exposition, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	exposition = append(exposition, "# TYPE sales_win_ratio gauge\nsales_win_ratio{source=\"acme\"} 0.5\n"...)
	if err := os.WriteFile(path, exposition, 0o600); err != nil {
		t.Fatal(err)
	}
	return load(t, dir)
}

func TestException(t *testing.T) {
	in := unused(t)
	findings := lint.Run(in)
	if len(findings) != 1 || findings[0].Rule != "metric-unused" ||
		!strings.Contains(findings[0].Text, "sales_win_ratio") {
		t.Fatalf("found %v, want that sales_win_ratio is unused", findings)
	}
	accepted := lint.Exception{Rule: "metric-unused", File: "dashboards", Subject: "sales_win_ratio", Reason: "a test"}
	in.Exceptions = []lint.Exception{accepted}
	if findings := lint.Run(in); len(findings) > 0 {
		t.Errorf("found %v although it is accepted", findings)
	}
	in = load(t, "testdata")
	in.Exceptions = []lint.Exception{accepted}
	if findings := lint.Run(in); len(findings) != 1 || findings[0].Rule != "exceptions" {
		t.Errorf("found %v, want that the exception is of no use any more", findings)
	}
}

func TestExceptionsHaveReasons(t *testing.T) {
	for _, e := range lint.Exceptions() {
		if e.Rule == "" || e.File == "" || e.Subject == "" || len(e.Reason) < 20 {
			t.Errorf("%+v does not say what it accepts and why", e)
		}
	}
}
