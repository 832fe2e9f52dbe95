package maven_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crmsim"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/maven"
)

func fixed() time.Time { return time.Date(2026, time.November, 18, 12, 0, 0, 0, time.UTC) }

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// mavenDir returns the folder of the data set, which is not part of the repository.
func mavenDir(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("SALES_EXPORTER_MAVEN_DIR")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "..", "shared", "data", "maven_crm")
	}
	if _, err := os.Stat(filepath.Join(dir, "sales_pipeline.csv")); err != nil {
		t.Skipf("the Maven CRM data set is not here, set SALES_EXPORTER_MAVEN_DIR: %v", err)
	}
	return dir
}

func TestLoadMaven(t *testing.T) {
	dir := mavenDir(t)
	raw, err := os.ReadFile(filepath.Join(dir, "expected.json"))
	must(t, err)
	var expected struct {
		Totals struct {
			Opportunities, Won, Lost, Open int
			OpenByStage                    map[string]int `json:"open_by_stage"`
			Revenue                        float64
		}
	}
	must(t, json.Unmarshal(raw, &expected))
	want := expected.Totals

	w, err := maven.Load(dir, fixed)
	must(t, err)
	truth := w.Truth()
	won, lost, open, revenue := 0, 0, map[string]int{}, 0.0
	undated, regions := 0, map[string]int{}
	for _, d := range truth {
		stage, ok := w.StageOf(&d)
		if !ok || d.Rep == 0 || d.Properties["product"] == "" || d.Properties["Product__c"] == "" {
			t.Fatalf("deal %+v", d)
		}
		regions[d.Properties["region"]]++
		if d.Created.IsZero() {
			undated++
		}
		switch {
		case !stage.Closed:
			open[stage.Label]++
			if d.Amount != "" || !d.Close.IsZero() {
				t.Errorf("open deal %s has amount %q, close date %v", d.Name, d.Amount, d.Close)
			}
		case stage.Won:
			won++
			amount, err := strconv.ParseFloat(d.Amount, 64)
			must(t, err)
			revenue += amount
		default:
			lost++
		}
	}
	if len(truth) != want.Opportunities || won != want.Won || lost != want.Lost || revenue != want.Revenue ||
		open["Engaging"] != want.OpenByStage["Engaging"] || open["Prospecting"] != want.OpenByStage["Prospecting"] {
		t.Errorf("%d deals, %d won, %d lost, open %v, revenue %v; want %+v", len(truth), won, lost, open, revenue, want)
	}
	if undated != want.OpenByStage["Prospecting"] {
		t.Errorf("%d deals without a creation date", undated)
	}
	if len(w.Teams()) != 6 || len(w.Reps()) != 35 || len(w.Accounts()) != 85 || len(regions) != 3 {
		t.Errorf("%d teams, %d reps, %d accounts, regions %v", len(w.Teams()), len(w.Reps()), len(w.Accounts()), regions)
	}
}

func TestLoadCSVRefusals(t *testing.T) {
	tests := map[string]struct{ csv, want string }{
		"no such stage":  {"name,stage,closed\nd,Dreaming,2026-01-02\n", "row 1: stage"},
		"no such column": {"name,stage\nd,New\n", `no column "closed"`},
		"bad date":       {"name,stage,closed\nd,New,soon\n", "row 1: parse date"},
		"ragged":         {"name,stage,closed\nd,New\n", "wrong number of fields"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "deals.csv")
			must(t, os.WriteFile(file, []byte(test.csv), 0o600))
			_, err := maven.LoadCSV(maven.CSVOptions{
				Deals:      maven.CSVDeals{File: file, Name: "name", Stage: "stage", Close: "closed"},
				Pipeline:   crmsim.Pipeline{ID: "p", Stages: []crmsim.Stage{{ID: "new", Label: "New"}}},
				DateFormat: "2006-01-02", Now: fixed,
			})
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want %q", err, test.want)
			}
		})
	}
	if _, err := maven.Load(t.TempDir(), fixed); err == nil {
		t.Error("an empty folder was loaded")
	}
}
