package lint_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sales-exporter/sales_exporter/tools/boards/board"
	"github.com/sales-exporter/sales_exporter/tools/boards/lint"
)

const (
	overview   = "sales-overview.json"
	operations = "sales-exporter-operations.json"
	rules      = "sales.rules.yaml"
)

// breakage is one change of one good file: the first occurrence of old becomes new. The lint must find what breaks, and
// nothing else.
type breakage struct {
	name, file string
	old, new   string
	rule       string
	where      string // how the finding's place begins
	text       string // what the finding says, in part
}

// TestGood keeps the other tests honest: what they break is whole before.
func TestGood(t *testing.T) {
	for _, f := range lint.Run(load(t, "testdata")) {
		t.Error(f)
	}
}

func (b breakage) test(t *testing.T) {
	findings := changed(t, b.file, b.old, b.new)
	if len(findings) != 1 {
		t.Fatalf("%d findings, want 1 of %s: %v", len(findings), b.rule, findings)
	}
	f := findings[0]
	if f.File != b.file || f.Rule != b.rule || !strings.HasPrefix(f.Where, b.where) || !strings.Contains(f.Text, b.text) {
		t.Errorf("found %v\nwant %s: %s...: %s: ...%s...", f, b.file, b.where, b.rule, b.text)
	}
	if !strings.Contains(f.Text, "; ") {
		t.Errorf("the finding does not say what to do: %s", f.Text)
	}
}

// changed lints the good files with the first occurrences of some texts in one of them replaced: old, new, old, new.
func changed(t *testing.T, file string, pairs ...string) []lint.Finding {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("testdata")); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, file)
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text := string(raw)
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(text, pairs[i]) {
			t.Fatalf("%s does not contain %q", file, pairs[i])
		}
		text = strings.Replace(text, pairs[i], pairs[i+1], 1)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return lint.Run(load(t, dir))
}

func load(t *testing.T, dir string) *lint.Input {
	t.Helper()
	boards, err := board.LoadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	files, err := lint.LoadRules(dir)
	if err != nil {
		t.Fatal(err)
	}
	scrape, err := lint.LoadScrape(filepath.Join(dir, "metrics.txt"))
	if err != nil {
		t.Fatal(err)
	}
	scrape.AddRecorded(files)
	catalogue, err := lint.LoadCatalogue(filepath.Join(dir, "metrics.md"))
	if err != nil {
		t.Fatal(err)
	}
	return &lint.Input{
		Boards: boards, Rules: files, Scrape: scrape, Catalogue: catalogue, Runbooks: filepath.Join(dir, "runbooks"),
	}
}
