package repository

import (
	"os"
	"path/filepath"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/sales-exporter/sales_exporter/tools/chart/render"
)

// Render renders the chart with Helm 3.
func Render(t testing.TB, arguments ...string) []unstructured.Unstructured {
	t.Helper()
	objects, err := render.Helm{Program: Program(t, "helm")}.Objects(t.Context(), Chart(t), arguments...)
	if err != nil {
		t.Fatal(err)
	}
	return objects
}

// CopyChart copies the chart to a directory that a test may change.
func CopyChart(t testing.TB) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "sales-exporter")
	if err := os.CopyFS(dir, os.DirFS(Chart(t))); err != nil {
		t.Fatal(err)
	}
	return dir
}
