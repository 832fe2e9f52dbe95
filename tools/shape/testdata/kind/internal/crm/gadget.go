package crm

import (
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// Gadget is something that belongs to a deal.
type Gadget struct {
	record.Head

	Deal   string // id of a Deal
	Price  value.Money
	Priced bool
	Due    value.Instant
	Urgent bool
}

// Gadgets is the kind of the gadgets.
var Gadgets = record.Declare("gadgets",
	record.Reference("deal", func(g *Gadget) *string { return &g.Deal }),
	record.Amount("price", func(g *Gadget) (*value.Money, *bool) { return &g.Price, &g.Priced }),
	record.Instant("due", func(g *Gadget) *value.Instant { return &g.Due }),
	record.Flag("urgent", func(g *Gadget) *bool { return &g.Urgent }),
).Unreadable(record.BadID, record.BadAmount, record.BadDate, record.BadShape)
