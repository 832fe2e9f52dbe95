package sqlite_test

import (
	"path/filepath"
	"testing"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/mirror"
	"github.com/sales-exporter/sales_exporter/internal/mirror/mirrortest"
	"github.com/sales-exporter/sales_exporter/internal/mirror/sqlite"
)

// stream is the one that most tests write.
var stream = mirror.All("crm")

func TestConformance(t *testing.T) {
	t.Parallel()
	mirrortest.Run(t, func(t *testing.T) mirror.Store {
		return openStore(t, filepath.Join(t.TempDir(), "mirror.db"), mirror.Options{})
	})
}

func TestConformanceReopened(t *testing.T) {
	t.Parallel()
	mirrortest.RunReopen(t, func(t *testing.T) func() (mirror.Store, error) {
		path := filepath.Join(t.TempDir(), "mirror.db")
		return func() (mirror.Store, error) {
			return sqlite.Open(t.Context(), path, mirror.Options{Kinds: crm.Kinds()})
		}
	})
}

func openStore(tb testing.TB, path string, options mirror.Options) *sqlite.Store {
	tb.Helper()
	options.Kinds = crm.Kinds()
	store, err := sqlite.Open(tb.Context(), path, options)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := store.Close(); err != nil {
			tb.Errorf("close: %v", err)
		}
	})
	return store
}
