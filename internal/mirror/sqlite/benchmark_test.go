package sqlite_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/mirror"
	"github.com/sales-exporter/sales_exporter/internal/mirror/sqlite"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// page returns a page of deals as a CRM hands them out.
func page(first, size int, version int64) record.Batch {
	deals := make([]crm.Deal, 0, size)
	for i := first; i < first+size; i++ {
		deals = append(deals, crm.Deal{
			Head: record.Head{
				ID: strconv.Itoa(90_210_000_000 + i), Version: version,
				Dimensions: value.Dimensions{"territory": "north", "segment": "smb", "channel": "organic", "product": "a"},
			},
			Pipeline: "default", Stage: fmt.Sprint("stage", i%7), Rep: fmt.Sprint("rep", i%100),
			Account: fmt.Sprint("account", i%1000), Outcome: crm.Outcome(i % 4), Amount: value.Money(i), AmountKnown: true,
			Currency: "EUR", Probability: 200_000, Created: value.MomentMilli(version), Closed: value.Date(2026, 3, 1),
			StageEntered: value.MomentMilli(version),
		})
	}
	return record.Batch{Cursor: fmt.Append(nil, "after ", first+size), Rows: record.Rows{crm.Deals.Of(deals...)}}
}

// now is a version of today, whose length in bytes is a real one.
const now = 1767225600000

// mirrored is the size of the mirrors that are measured.
func mirrored(b *testing.B) int {
	n, err := strconv.Atoi(os.Getenv("MIRROR_BENCH_DEALS"))
	if err != nil {
		return 100_000
	}
	b.Logf("%d deals", n)
	return n
}

// cpu is what the process has used.
func cpu(b *testing.B) time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// measured runs something and reports the CPU time that it took per unit.
func measured(b *testing.B, unit string, run func() (units int)) {
	before, units := cpu(b), 0
	for b.Loop() {
		units += run()
	}
	b.ReportMetric(float64((cpu(b)-before).Nanoseconds())/1000/float64(units), "cpu-µs/"+unit)
	b.ReportMetric(0, "ns/op")
}

func BenchmarkFirstLoad(b *testing.B) {
	stored := mirrored(b)
	for _, size := range []int{100, 1000} {
		b.Run(fmt.Sprint("pages of ", size), func(b *testing.B) {
			path := ""
			measured(b, "record", func() int {
				path = filepath.Join(b.TempDir(), "mirror.db")
				store := openStore(b, path, mirror.Options{})
				fill(b, store, stored, size)
				if err := store.Close(); err != nil {
					b.Fatal(err)
				}
				return stored
			})
			info, err := os.Stat(path)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(info.Size())/float64(stored), "B/deal")
		})
	}
}

func BenchmarkCommit(b *testing.B) {
	const size = 100
	stored := mirrored(b)
	for _, c := range []struct {
		name string
		page func(n int) record.Batch
	}{
		{"new", func(n int) record.Batch { return page(stored+n*size, size, now) }},
		{"modified", func(n int) record.Batch { return page(n*size%stored, size, now+1+int64(n)) }},
		{"unchanged", func(n int) record.Batch { return page(n*size%stored, size, now) }},
		{"seen", func(n int) record.Batch {
			batch := page(n*size%stored, size, now)
			batch.Pass = int64(n + 1)
			return batch
		}},
	} {
		b.Run(c.name, func(b *testing.B) {
			store := openStore(b, filepath.Join(b.TempDir(), "mirror.db"), mirror.Options{})
			fill(b, store, stored, 10_000)
			n := 0
			measured(b, "record", func() int {
				if _, err := store.Commit(b.Context(), stream, c.page(n)); err != nil {
					b.Fatal(err)
				}
				n++
				return size
			})
		})
	}
}

func BenchmarkLoad(b *testing.B) {
	stored := mirrored(b)
	path := filepath.Join(b.TempDir(), "mirror.db")
	store := openStore(b, path, mirror.Options{})
	fill(b, store, stored, 10_000)
	b.Run("everything", func(b *testing.B) {
		measured(b, "record", func() int {
			if got := count(b, store, 0); got != stored {
				b.Fatalf("loaded %d records", got)
			}
			return stored
		})
	})
	b.Run("idle sync", func(b *testing.B) {
		revision, err := store.Load(b.Context(), stream, 0, func(record.Batch) error { return nil })
		if err != nil {
			b.Fatal(err)
		}
		measured(b, "sync", func() int {
			if _, err := store.State(b.Context(), stream); err != nil {
				b.Fatal(err)
			}
			if err := store.Finish(b.Context(), mirror.Cursors{stream: []byte("cursor")}); err != nil {
				b.Fatal(err)
			}
			if got := count(b, store, revision); got != 0 {
				b.Fatalf("loaded %d records", got)
			}
			return 1
		})
	})
	b.Run("state", func(b *testing.B) {
		measured(b, "call", func() int {
			if _, err := store.State(b.Context(), stream); err != nil {
				b.Fatal(err)
			}
			return 1
		})
	})
	b.Run("check", func(b *testing.B) {
		measured(b, "call", func() int {
			if err := store.Check(b.Context()); err != nil {
				b.Fatal(err)
			}
			return 1
		})
	})
	b.Run("open", func(b *testing.B) {
		if err := store.Close(); err != nil {
			b.Fatal(err)
		}
		measured(b, "call", func() int {
			again, err := sqlite.Open(b.Context(), path, mirror.Options{Kinds: crm.Kinds()})
			if err != nil {
				b.Fatal(err)
			}
			if err := again.Close(); err != nil {
				b.Fatal(err)
			}
			return 1
		})
	})
}

// fill reads deals for the first time.
func fill(b *testing.B, store *sqlite.Store, records, size int) {
	b.Helper()
	for first := 0; first < records; first += size {
		if _, err := store.Commit(b.Context(), stream, page(first, min(size, records-first), now)); err != nil {
			b.Fatal(err)
		}
	}
	if err := store.Finish(b.Context(), mirror.Cursors{stream: []byte("end")}); err != nil {
		b.Fatal(err)
	}
}

func count(b *testing.B, store *sqlite.Store, since mirror.Revision) int {
	b.Helper()
	records := 0
	_, err := store.Load(b.Context(), stream, since, func(batch record.Batch) error {
		records += batch.Rows.Len()
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	return records
}
