package main

import (
	"testing"

	"github.com/sales-exporter/sales_exporter/tools/boards/lint"
)

const testdata = "../../lint/testdata"

// TestLoad finds nothing on good files, whether it has all there is to compare with or the boards alone.
func TestLoad(t *testing.T) {
	tests := map[string]options{
		"all": {
			boards: testdata, metrics: testdata + "/metrics.txt", rules: testdata, catalogue: testdata + "/metrics.md",
			runbooks: testdata + "/runbooks",
		},
		"boards": {boards: testdata},
	}
	for name, o := range tests {
		t.Run(name, func(t *testing.T) {
			in, err := o.load()
			if err != nil {
				t.Fatal(err)
			}
			in.Exceptions = nil // They are about the product's boards.
			if findings := lint.Run(in); len(findings) > 0 {
				t.Errorf("found %v", findings)
			}
		})
	}
}

// TestLoadNothing shows that a wrong path does not pass for boards without findings.
func TestLoadNothing(t *testing.T) {
	empty := t.TempDir()
	tests := map[string]options{
		"no boards":    {boards: empty},
		"no scrape":    {boards: testdata, metrics: empty + "/metrics.txt"},
		"no catalogue": {boards: testdata, catalogue: empty + "/metrics.md"},
		"no rules":     {boards: testdata, rules: empty},
	}
	for name, o := range tests {
		if _, err := o.load(); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
