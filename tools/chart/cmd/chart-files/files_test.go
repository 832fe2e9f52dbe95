package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	chart      = "../../../../charts/sales-exporter"
	dashboards = "../../../../dashboards"
)

// TestCommitted holds what the chart has equal to what the product makes today.
func TestCommitted(t *testing.T) {
	files, err := generate(chart)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join(chart, name))
		if err != nil {
			t.Errorf("run make chart: %v", err)
			continue
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Errorf("%s is old: run make chart (-generated +committed):\n%s", name, diff)
		}
	}
	old, err := committed(chart)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range old {
		if _, ok := files[name]; !ok {
			t.Errorf("nothing generates %s any more: run make chart", name)
		}
	}
}

// TestBoards makes sure that who installs the chart has the boards that everybody imports.
func TestBoards(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join(dashboards, "*.json"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("found no boards: %v", err)
	}
	want := map[string]string{}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		want["files/dashboards/"+filepath.Base(path)] = string(text)
	}
	files := map[string][]byte{}
	if err := addBoards(files); err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for name, text := range files {
		got[name] = string(text)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("boards (-dashboards +chart):\n%s", diff)
	}
}

// TestWriteRemoves makes sure that a board or a rule file that is gone from the product is gone from the chart, and that
// nothing else is.
func TestWriteRemoves(t *testing.T) {
	dir := t.TempDir()
	first := map[string][]byte{
		"values.yaml": []byte("{}\n"), "files/demo.yaml": []byte("{}\n"),
		"files/rules/old.rules.yaml": []byte("old\n"), "files/dashboards/old.json": []byte("{}\n"),
	}
	if err := write(dir, first); err != nil {
		t.Fatal(err)
	}
	if err := write(dir, map[string][]byte{"files/rules/new.rules.yaml": []byte("new\n")}); err != nil {
		t.Fatal(err)
	}
	want := []string{"files/demo.yaml", "files/rules/new.rules.yaml", "values.yaml"}
	if got := filesIn(t, dir); !slices.Equal(got, want) {
		t.Errorf("the chart holds %q, want %q", got, want)
	}
}

func filesIn(t *testing.T, dir string) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		names = append(names, filepath.ToSlash(name))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}
