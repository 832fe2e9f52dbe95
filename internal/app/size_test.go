package app_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// mostLines is how long a package may be, tests and data apart, so that a reader can hold it in mind.
const mostLines = 1500

// tooLong are the packages that are longer, and why that is so.
var tooLong = map[string]string{
	"internal/app":               "lifecycle and wiring, and with them what people are told: checks, records, the landing page",
	"internal/dashboard":         "all boards in one package, whose parts are those boards",
	"internal/mirror/mirrortest": "a suite of tests that lies in no test file because every engine runs it",
	"internal/mirror/sqlstore":   "one set of SQL: what is read, what is written, and how rows become records",
	"internal/source":            "the contract of sources and all that connectors share, the HTTP client among it",
	"internal/source/salesforce": "engine and objects of the connector, which become packages",
	"internal/table":             "reading of foreign sheets: text, numbers, dates and workbooks",
}

// TestPackagesAreShort holds that every package of internal is short, or that its length has a reason.
func TestPackagesAreShort(t *testing.T) {
	lines := packageLines(t, filepath.Join("..", ".."), "internal")
	if len(lines) < 10 {
		t.Fatalf("only %d packages were looked at", len(lines))
	}
	for pkg, n := range lines {
		if reason := tooLong[pkg]; n > mostLines && reason == "" {
			t.Errorf("%s has %d lines, at most %d are allowed: split it", pkg, n, mostLines)
		}
	}
	for pkg := range tooLong {
		if n := lines[pkg]; n <= mostLines {
			t.Errorf("%s has %d lines now: remove it from the exceptions", pkg, n)
		}
	}
}

// packageLines counts the lines of each package below a folder, tests apart.
func packageLines(t *testing.T, root, below string) map[string]int {
	t.Helper()
	lines := map[string]int{}
	files := os.DirFS(root)
	err := fs.WalkDir(files, below, func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && entry.Name() == "testdata":
			return fs.SkipDir
		case entry.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go"):
			return nil
		}
		source, err := fs.ReadFile(files, name)
		lines[filepath.ToSlash(filepath.Dir(name))] += bytes.Count(source, []byte("\n"))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return lines
}
