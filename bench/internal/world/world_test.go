package world_test

import (
	"testing"

	"github.com/sales-exporter/sales_exporter/bench/internal/peer"
	"github.com/sales-exporter/sales_exporter/bench/internal/world"
	"github.com/sales-exporter/sales_exporter/internal/kpi"
)

// TestPeersAgree holds that peers compute what we compute: else their time says nothing.
func TestPeersAgree(t *testing.T) {
	const deals = 3000
	ours := world.TotalsOf(kpi.Compute(world.Facts(deals), world.Input()))
	if len(ours) < 8*len(world.Bounds()) {
		t.Errorf("only %d totals: %v", len(ours), ours)
	}
	peers := map[string]world.Totals{"structs and maps": peer.NewNaive(deals).Compute()}
	if db, err := peer.NewDuckDB(t.Context(), deals); err == nil {
		defer func() { _ = db.Close() }()
		if peers["plain SQL"], err = db.Plain(t.Context()); err != nil {
			t.Error(err)
		}
		if peers["expert SQL"], err = db.Expert(t.Context()); err != nil {
			t.Error(err)
		}
	}
	for name, theirs := range peers {
		if err := world.Agree(ours, theirs); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAgree(t *testing.T) {
	ours := world.Totals{"a": 1, "b": 2}
	for name, theirs := range map[string]world.Totals{
		"another number": {"a": 1, "b": 3}, "one is missing": {"a": 1}, "one too many": {"a": 1, "b": 2, "c": 3},
	} {
		if world.Agree(ours, theirs) == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if err := world.Agree(ours, world.Totals{"a": 1 + 1e-9, "b": 2}); err != nil {
		t.Error(err)
	}
}
