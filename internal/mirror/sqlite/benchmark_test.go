package sqlite_test

import (
	"fmt"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/mirror"
	"github.com/sales-exporter/sales_exporter/internal/mirror/sqlite"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// page returns a page of deals as a CRM hands them out.
func page(first, size int, version int64) record.Batch {
	batch := record.Batch{Cursor: fmt.Append(nil, "after ", first+size)}
	for i := first; i < first+size; i++ {
		crm.Deals.Append(&batch.Rows, crm.Deal{
			Head: record.Head{ID: strconv.Itoa(90_210_000_000 + i), Version: version, Dimensions: value.Dimensions{"territory": "north", "segment": "smb", "channel": "organic", "product": "a"}}, Pipeline: "default", Stage: fmt.Sprint("stage", i%7),
			Rep: fmt.Sprint("rep", i%100), Account: fmt.Sprint("account", i%1000), Outcome: crm.Outcome(i % 4),
			Amount: value.Money(i), AmountKnown: true, Currency: "EUR", Probability: 200_000,
			Created: value.MomentMilli(version), Closed: value.Date(2026, 3, 1), StageEntered: value.MomentMilli(version),
		})
	}
	return batch
}

func BenchmarkCommit(b *testing.B) {
	const size, stored = 100, 100_000
	for _, c := range []struct {
		name string
		page func(n int) record.Batch
	}{
		{"new", func(n int) record.Batch { return page(stored+n*size, size, 1767225600000) }},
		{"modified", func(n int) record.Batch { return page(n*size%stored, size, 1767225600000+int64(n)) }},
		{"unchanged", func(n int) record.Batch { return page(n*size%stored, size, 1) }},
		{"seen", func(n int) record.Batch {
			batch := page(n*size%stored, size, 1)
			batch.Pass = int64(n + 1)
			return batch
		}},
	} {
		b.Run(c.name, func(b *testing.B) {
			store := openStore(b, filepath.Join(b.TempDir(), "mirror.db"), sqlite.Options{})
			fill(b, store, stored)
			n := 0
			for b.Loop() {
				if _, err := store.Commit(b.Context(), "crm", c.page(n)); err != nil {
					b.Fatal(err)
				}
				n++
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(n*size), "µs/record")
		})
	}
}

func BenchmarkLoad(b *testing.B) {
	const stored = 100_000
	path := filepath.Join(b.TempDir(), "mirror.db")
	store := openStore(b, path, sqlite.Options{})
	fill(b, store, stored)
	b.Run("everything", func(b *testing.B) {
		for b.Loop() {
			if got := count(b, store, 0); got != stored {
				b.Fatalf("loaded %d records", got)
			}
		}
	})
	b.Run("nothing new", func(b *testing.B) {
		revision, err := store.Load(b.Context(), "crm", 0, func(record.Batch) error { return nil })
		if err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			if got := count(b, store, revision); got != 0 {
				b.Fatalf("loaded %d records", got)
			}
		}
	})
	b.Run("state", func(b *testing.B) {
		for b.Loop() {
			if _, err := store.State(b.Context(), "crm"); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("open", func(b *testing.B) {
		if err := store.Close(); err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			again, err := sqlite.Open(b.Context(), path, sqlite.Options{})
			if err != nil {
				b.Fatal(err)
			}
			if err := again.Close(); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func fill(b *testing.B, store *sqlite.Store, records int) {
	b.Helper()
	const size = 10_000
	for first := 0; first < records; first += size {
		if _, err := store.Commit(b.Context(), "crm", page(first, size, 1)); err != nil {
			b.Fatal(err)
		}
	}
}

func count(b *testing.B, store *sqlite.Store, since mirror.Revision) int {
	b.Helper()
	records := 0
	_, err := store.Load(b.Context(), "crm", since, func(batch record.Batch) error {
		records += len(crm.Deals.In(batch.Rows))
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	return records
}
