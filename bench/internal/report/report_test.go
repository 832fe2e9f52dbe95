package report

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sales-exporter/sales_exporter/bench/internal/measure"
	"github.com/sales-exporter/sales_exporter/bench/internal/row"
)

func comparison(id string, limit bool, ours, peers float64) row.Comparison {
	return row.Comparison{
		ID: id, Part: "Part", What: "what " + id, Unit: "ms CPU", Limit: limit, Peer: "peer",
		Ours: measure.Of(ours), Peers: measure.Of(peers),
	}
}

func results(comparisons ...row.Comparison) *Results {
	return &Results{Commit: "abc", Comparisons: comparisons}
}

func TestCheck(t *testing.T) {
	recorded := results(comparison("rival", false, 10, 100), comparison("limit", true, 100, 10))
	wall := comparison("rival", false, 100, 100)
	wall.Wall = true
	for name, test := range map[string]struct {
		run    *Results
		faults int
	}{
		"the same":               {recorded, 0},
		"a slower machine":       {results(comparison("rival", false, 70, 700), comparison("limit", true, 700, 70)), 0},
		"within the tolerance":   {results(comparison("rival", false, 19, 100), comparison("limit", true, 190, 10)), 0},
		"worse than a rival":     {results(comparison("rival", false, 21, 100), comparison("limit", true, 100, 10)), 1},
		"both worse":             {results(comparison("rival", false, 21, 100), comparison("limit", true, 210, 10)), 2},
		"better":                 {results(comparison("rival", false, 1, 100), comparison("limit", true, 11, 10)), 0},
		"not recorded":           {results(comparison("rival", false, 10, 100), comparison("new", false, 100, 1)), 0},
		"nothing to compare":     {results(comparison("new", false, 1, 1)), 1},
		"time on the wall alone": {results(wall), 1},
	} {
		err := test.run.Check(recorded)
		got := 0
		if err != nil {
			got = strings.Count(err.Error(), "\n") + 1
		}
		if got != test.faults {
			t.Errorf("%s: %v, want %d faults", name, err, test.faults)
		}
	}
}

func TestWords(t *testing.T) {
	for want, c := range map[string]row.Comparison{
		"10x below":  comparison("", false, 1, 10),
		"2.5x above": comparison("", false, 10, 4),
		"22x above":  comparison("", true, 22, 1),
		"4x below":   comparison("", true, 1, 4),
	} {
		if got := ratio(&c); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	for want, v := range map[string]float64{
		"0": 0, "0.0123": 0.01234, "1.23": 1.234, "123": 123.4, "12,346": 12345.6, "5": 5,
	} {
		if got := number(v); got != want {
			t.Errorf("%v is written %q, want %q", v, got, want)
		}
	}
}

func TestMergeAndDocument(t *testing.T) {
	folder := t.TempDir()
	file, document := filepath.Join(folder, "run.json"), filepath.Join(folder, "doc.md")
	if _, err := results(comparison("a", false, 1, 2), comparison("b", false, 1, 2)).Merge(file); err != nil {
		t.Fatal(err)
	}
	merged, err := results(comparison("a", false, 1, 8)).Merge(file)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(merged.Comparisons); n != 2 || merged.find("a").Peers.Median != 8 || merged.find("b") == nil {
		t.Errorf("merged: %v", merged.Comparisons)
	}
	other := results(comparison("a", false, 1, 4))
	other.Commit = "def"
	if merged, err = other.Merge(file); err != nil || len(merged.Comparisons) != 1 {
		t.Errorf("comparisons of another commit stay: %v, %v", merged.Comparisons, err)
	}

	text := "head\n" + beginMark + "\nold\n" + endMark + "\ntail\n"
	if err := os.WriteFile(document, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time replaces what the first one wrote
		if err := merged.Document(document, results(comparison("a", false, 5, 2))); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	const line = "| what a | ms CPU | 1 | peer | 4 | **4x below** | 5 | 2.5x above |"
	if s := string(got); !strings.HasPrefix(s, "head\n") || !strings.HasSuffix(s, "\ntail\n") ||
		strings.Contains(s, "old") || strings.Count(s, line) != 1 {
		t.Errorf("document:\n%s", s)
	}
}
