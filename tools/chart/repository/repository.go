// Package repository says where the tests of the chart find the chart, the product's files and the programs.
package repository

import (
	"os"
	"path/filepath"
	"testing"
)

// Path returns a file of the repository. Go runs tests in the directory of their package, which is three below the
// repository.
func Path(t testing.TB, elements ...string) string {
	t.Helper()
	root, err := filepath.Abs(filepath.Join("..", "..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(append([]string{root}, elements...)...)
}

// Chart returns the directory of the chart.
func Chart(t testing.TB) string {
	t.Helper()
	return Path(t, "charts", "sales-exporter")
}

// Program returns a program that make built. A test that needs one cannot be skipped: it would be green and say
// nothing.
func Program(t testing.TB, name string) string {
	t.Helper()
	program := Path(t, "bin", name)
	if _, err := os.Stat(program); err != nil {
		t.Fatalf("run make chart-check: %v", err)
	}
	return program
}

// Examples returns the values files of the chart, one for each of its features, by name.
func Examples(t testing.TB) map[string]string {
	t.Helper()
	const suffix = "-values.yaml"
	files, err := filepath.Glob(filepath.Join(Chart(t), "ci", "*"+suffix))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Fatal("the chart has no values files in ci/")
	}
	examples := map[string]string{}
	for _, file := range files {
		base := filepath.Base(file)
		examples[base[:len(base)-len(suffix)]] = file
	}
	return examples
}
