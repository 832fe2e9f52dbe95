package backfill

import (
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// TestWorkplaceSweep starts back-fills beside what a killed one left, a living one, and files that only look alike.
func TestWorkplaceSweep(t *testing.T) {
	dir, quiet := t.TempDir(), slog.New(slog.DiscardHandler)
	living, err := newWorkplace(dir, quiet)
	if err != nil {
		t.Fatal(err)
	}
	killed, unlocked := filepath.Join(dir, workplacePrefix+"1"), filepath.Join(dir, workplacePrefix+"2")
	for _, folder := range []string{filepath.Join(killed, "mirror"), unlocked, filepath.Join(dir, "sales_exporter-backfill")} {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	writeFile(t, filepath.Join(killed, workplaceLock), "")
	writeFile(t, filepath.Join(killed, "mirror", "mirror.db"), "customers")
	writeFile(t, filepath.Join(dir, workplacePrefix+"file"), "")
	second, err := newWorkplace(dir, quiet)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		workplacePrefix + "file", filepath.Base(living.folder), filepath.Base(second.folder), "sales_exporter-backfill",
	}
	slices.Sort(want)
	if got := namesIn(t, dir); !slices.Equal(got, want) {
		t.Errorf("the folder holds %q, want %q", got, want)
	}
	living.remove()
	second.remove()
	if got := namesIn(t, dir); !slices.Equal(got, []string{workplacePrefix + "file", "sales_exporter-backfill"}) {
		t.Errorf("in the end the folder holds %q", got)
	}
}

func writeFile(t *testing.T, name, content string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func namesIn(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}
