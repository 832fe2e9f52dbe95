package app

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestFileAge is case B21: a file that nobody writes any more ages on the page and on the landing page, however often it
// is read.
func TestFileAge(t *testing.T) {
	h := newHarness(t, `
windows: [all_time]
dimensions: [rep]
sources:
  - name: ledger
    spreadsheet:
      deals:
        file: deals.csv
        columns: {id: id, stage: stage, amount: amount, closed: closed}
        stages: {Won: won, Open: open}
`)
	deals := filepath.Join(h.dir, "deals.csv")
	writeFile(t, deals, "id,stage,amount,closed\n1,Open,100,2026-12-20\n2,Won,7,2026-11-05\n")
	written := time.Now().Add(-21 * 24 * time.Hour).Truncate(time.Second)
	if err := os.Chtimes(deals, written, written); err != nil {
		t.Fatal(err)
	}
	expect := func(what string) {
		t.Helper()
		got, err := h.page().one("sales_exporter_data_watermark_timestamp_seconds", "source", "ledger", "object", "deals")
		if err != nil || got != float64(written.Unix()) {
			t.Errorf("%s: the watermark is %v, %v; want %d", what, got, err, written.Unix())
		}
		source := describe(h.app.currentEngine().syncers[0], time.Now(), time.UTC)
		if !strings.Contains(source.Freshness, "21 days ago") {
			t.Errorf("%s: the landing page says %q", what, source.Freshness)
		}
	}
	h.mustSync()
	expect("the first sync")
	h.mustSync()
	expect("another sync")
	h.close()
	text, err := os.ReadFile(h.file)
	if err != nil {
		t.Fatal(err)
	}
	h.open(string(text))
	expect("a restart")
}
