package alerting

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/sales-exporter/sales_exporter/internal/source"
)

const runbooksDir = "../../docs/runbooks"

// runbooksByName returns the text of every runbook.
func runbooksByName(t *testing.T) map[string]string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(runbooksDir, "*.md"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("found no runbooks: %v", err)
	}
	texts := map[string]string{}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		texts[strings.TrimSuffix(filepath.Base(path), ".md")] = string(text)
	}
	return texts
}

func headings(text string) []string {
	var found []string
	for _, h := range regexp.MustCompile(`(?m)^## (.+)$`).FindAllStringSubmatch(text, -1) {
		found = append(found, h[1])
	}
	return found
}

// TestRunbooks asks for a whole runbook of each alert, and for no others.
func TestRunbooks(t *testing.T) {
	files, err := Rules(DefaultThresholds())
	if err != nil {
		t.Fatal(err)
	}
	texts := runbooksByName(t)
	want := []string{"What it means to sales", "What it means to the SRE", "Check", "Do", "When it resolves"}
	names := []string{"sync-errors"}
	for _, f := range files {
		for _, r := range f.Groups[0].Rules {
			if r.Alert == "" {
				continue
			}
			names = append(names, r.Alert)
			if address := runbooks + r.Alert + ".md"; r.Annotations["runbook_url"] != address {
				t.Errorf("%s: runbook_url is %s, want %s", r.Alert, r.Annotations["runbook_url"], address)
			}
			text := texts[r.Alert]
			if !strings.HasPrefix(text, "# "+r.Alert+"\n") {
				t.Errorf("%s: its runbook has another title", r.Alert)
			}
			if got := headings(text); !slices.Equal(got, want) {
				t.Errorf("%s: its runbook has the headings %q, want %q", r.Alert, got, want)
			}
		}
	}
	for name := range texts {
		if !slices.Contains(names, name) {
			t.Errorf("runbook %s belongs to no alert", name)
		}
	}
}

// TestSyncErrors asks for a heading for each reason, in their order.
func TestSyncErrors(t *testing.T) {
	var want []string
	for _, reason := range source.Reasons() {
		want = append(want, string(reason))
	}
	if got := headings(runbooksByName(t)["sync-errors"]); !slices.Equal(got, want) {
		t.Errorf("sync-errors.md has the headings %q, want %q", got, want)
	}
}

// TestRunbooksKnowTheMetrics keeps queries in runbooks from asking for what no longer exists.
func TestRunbooksKnowTheMetrics(t *testing.T) {
	known := newBuilder().metrics
	for name, text := range runbooksByName(t) {
		for _, word := range regexp.MustCompile(`\bsales_\w+`).FindAllString(text, -1) {
			if _, ok := known[word]; !ok && word != "sales_exporter" { // the command
				t.Errorf("%s.md names metric %s, which does not exist", name, word)
			}
		}
	}
}

// TestOverview asks the overview for a link to each runbook.
func TestOverview(t *testing.T) {
	overview, err := os.ReadFile("../../docs/alerts.md")
	if err != nil {
		t.Fatal(err)
	}
	for name := range runbooksByName(t) {
		if name != "sync-errors" && !strings.Contains(string(overview), "(runbooks/"+name+".md)") {
			t.Errorf("docs/alerts.md does not link to the runbook of %s", name)
		}
	}
}
