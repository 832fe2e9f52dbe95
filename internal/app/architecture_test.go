package app_test

import (
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const module = "github.com/sales-exporter/sales_exporter/"

// tiers lists who may import whom: a package imports only packages of lower tiers, or of its own folder.
var tiers = []struct {
	prefix string
	tier   int
}{
	{"cmd/", 7},
	{"internal/app", 6},
	{"internal/alerting", 5},
	{"internal/dashboard", 5},
	{"internal/expose", 4},
	{"internal/kpi", 3},
	{"internal/source", 3},
	{"internal/mirror", 3},
	{"internal/crmsim", 3},
	{"internal/config", 2},
	{"internal/calendar", 1},
	{"internal/table", 1},
	{"internal/crm", 0},
	{"internal/spelling", 0},
}

func tierOf(t *testing.T, pkg string) int {
	t.Helper()
	best, tier := "", -1
	for _, e := range tiers {
		inside := pkg == strings.TrimSuffix(e.prefix, "/") || strings.HasPrefix(pkg, strings.TrimSuffix(e.prefix, "/")+"/")
		if inside && len(e.prefix) > len(best) {
			best, tier = e.prefix, e.tier
		}
	}
	if tier < 0 {
		t.Errorf("package %s has no place in the architecture", pkg)
	}
	return tier
}

// family is the folder under internal whose packages may know each other: source and its connectors, mirror and its
// engines.
func family(pkg string) string {
	parts := strings.Split(pkg, "/")
	return path.Join(parts[:min(2, len(parts))]...)
}

// TestImportDirections holds the one direction in which packages know each other, tests apart.
func TestImportDirections(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports", module+"...").Output()
	if err != nil {
		t.Fatal(err)
	}
	decoder := json.NewDecoder(strings.NewReader(string(out)))
	packages := 0
	for {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		packages++
		from := strings.TrimPrefix(p.ImportPath, module)
		for _, i := range p.Imports {
			to, ours := strings.CutPrefix(i, module)
			if !ours || family(from) == family(to) {
				continue
			}
			if tierOf(t, from) <= tierOf(t, to) {
				t.Errorf("%s must not import %s", from, to)
			}
		}
	}
	if packages < 10 {
		t.Fatalf("only %d packages were looked at", packages)
	}
}

// TestLogMessagesBeginAlike: messages of one log begin with a capital, errors, which stand within sentences, do not.
func TestLogMessagesBeginAlike(t *testing.T) {
	lower := regexp.MustCompile(`\.(Debug|Info|Warn|Error)\(\s*"[a-z]`)
	err := filepath.WalkDir("../..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") ||
			strings.Contains(path, "mirrortest") || strings.Contains(path, "/tools/") {
			return err
		}
		source, err := os.ReadFile(path)
		if found := lower.Find(source); found != nil {
			t.Errorf("%s: a message begins small: %s", path, found)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
