package faults

import (
	"encoding/xml"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/sales-exporter/sales_exporter/tools/chart/repository"
)

// unittest runs suites of a chart with helm-unittest and returns the names of all cases and of those that failed. A
// case has failed, too, where the chart cannot be rendered.
func unittest(t *testing.T, chart string, suites ...string) (all, failed []string) {
	t.Helper()
	report := filepath.Join(t.TempDir(), "report.xml")
	arguments := []string{"--strict", "--output-type=JUnit", "--output-file=" + report}
	for _, suite := range suites {
		arguments = append(arguments, "--file=tests/"+suite+"_test.yaml")
	}
	command := exec.CommandContext(t.Context(), repository.Program(t, "helm-unittest"), append(arguments, chart)...)
	// Its exit status says no more than the report does.
	output, failure := command.CombinedOutput()
	text, err := os.ReadFile(report)
	if err != nil {
		t.Fatalf("helm-unittest: %v: %v\n%s", err, failure, output)
	}
	var suitesRun struct {
		Suites []struct {
			Cases []struct {
				Name    string    `xml:"name,attr"`
				Failure *struct{} `xml:"failure"`
				Error   *struct{} `xml:"error"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	if err := xml.Unmarshal(text, &suitesRun); err != nil {
		t.Fatal(err)
	}
	for _, suite := range suitesRun.Suites {
		for _, c := range suite.Cases {
			all = append(all, c.Name)
			if c.Failure != nil || c.Error != nil {
				failed = append(failed, c.Name)
			}
		}
	}
	return all, failed
}

// TestUnitTests: the chart's own suites pass, and none of them has been left out.
func TestUnitTests(t *testing.T) {
	all, failed := unittest(t, repository.Chart(t))
	if len(failed) > 0 {
		t.Errorf("failed: %q", failed)
	}
	// Fewer mean that suites were not found or that somebody threw tests away.
	if len(all) < 80 {
		t.Errorf("there are %d cases instead of 80 or more", len(all))
	}
}
