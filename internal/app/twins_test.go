package app

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crmsim"
)

// TestOneAccountTwice warns of two sources that read one account, once, and not of two that share its pipelines out.
func TestOneAccountTwice(t *testing.T) {
	for extra, want := range map[string]int{
		"": 1, "    pipelines: [%s]\n": 0,
	} {
		clock := &testClock{}
		world := crmsim.Generate(crmsim.GenerateOptions{Seed: 7, Deals: 50, Now: clock.now})
		a := serve(t, "hubspot", world, clock.now)
		file, pipelines := secretFile(t), world.Pipelines()
		yaml := []string{changesConfig}
		for i, name := range []string{"acme", "again"} {
			yaml = append(yaml, a.yaml(name, file))
			if extra != "" {
				yaml = append(yaml, fmt.Sprintf(extra, pipelines[i].Label))
			}
		}
		h := newHarness(t, strings.Join(yaml, ""), func(o *Options) { o.Now = clock.now })
		for range 2 {
			for _, s := range h.app.engine.syncers {
				h.app.engine.sync(t.Context(), s)
			}
			clock.advance(time.Minute)
		}
		if got := strings.Count(h.log.String(), "Two sources read the same account"); got != want {
			t.Errorf("with %q: %d warnings, want %d:\n%s", extra, got, want, h.log)
		}
	}
}

// TestOneFileTwice warns of two sources that read one file, by whatever names, and not of those that read two sheets of it.
func TestOneFileTwice(t *testing.T) {
	const columns = "      columns: {id: id, stage: stage, amount: amount, pipeline: pipeline}\n      stages: {Won: won}\n"
	dir := t.TempDir()
	write := func(name string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("id,stage,amount,pipeline\n1,Won,100,East\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		hour := time.Now().Add(-time.Hour)
		if err := os.Chtimes(filepath.Join(dir, name), hour, hour); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"deals.csv", "other.csv", "deals.xlsx"} {
		write(name)
	}
	if err := os.Symlink("deals.csv", filepath.Join(dir, "link.csv")); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, a, b string // files, and what else is set
		want       int
	}{
		{"one name", "deals.csv", "./deals.csv", 1},
		{"a link", "deals.csv", "link.csv", 1},
		{"patterns", "d*.csv", "*ls.csv", 1},
		{"two files", "deals.csv", "other.csv", 0},
		{"two sheets", "deals.xlsx\n      sheet: A", "deals.xlsx\n      sheet: B", 0},
		{"a sheet and any", "deals.xlsx\n      sheet: A", "deals.xlsx", 1},
		{"two pipelines", "deals.csv\n" + columns + "    pipelines: [East]", "deals.csv\n" + columns + "    pipelines: [West]", 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var yaml strings.Builder
			yaml.WriteString(changesConfig + "\n")
			for name, file := range map[string]string{"a": test.a, "b": test.b} {
				settings := filepath.Join(dir, file)
				if !strings.Contains(file, "columns") {
					settings += "\n" + columns
				}
				fmt.Fprintf(&yaml, "  - name: %s\n    spreadsheet:\n     deals:\n      file: %s\n", name, settings)
			}
			h := newHarness(t, yaml.String())
			for range 2 {
				for _, s := range h.app.engine.syncers {
					h.app.engine.sync(t.Context(), s)
				}
			}
			if got := strings.Count(h.log.String(), "Two sources read the same file"); got != test.want {
				t.Errorf("%d warnings, want %d:\n%s", got, test.want, h.log)
			}
		})
	}
}
