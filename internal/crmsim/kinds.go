package crmsim

import "github.com/sales-exporter/sales_exporter/internal/crmsim/world"

// Kind is a kind of record of an account: its declaration, and how a generated account comes to have records of it.
type Kind struct {
	*world.Kind

	// Generate makes up the history; nil for none.
	Generate func(*Generator)
	// Live plays one tick of the clock; nil for nothing.
	Live func(*Generator, world.Tx)

	// founding kinds draw from the one source that accounts were generated from before others were added: what a seed
	// gives must stay.
	founding bool
}

// kinds is the list of what an account holds. References go to kinds further up, which are generated first.
func kinds() []Kind {
	return []Kind{
		teams(),
		reps(),
		accounts(),
		deals(),
	}
}
