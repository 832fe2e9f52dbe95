package crmsim

import (
	"strconv"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crmsim/world"
)

// KindGadget is the kind of gadgets.
const KindGadget = "gadget"

// Gadget is something that belongs to a deal.
type Gadget struct {
	world.Head

	Price  string
	Due    time.Time
	Urgent bool
	Deal   int64
}

func gadgets() Kind {
	return Kind{
		Kind: world.Declare(KindGadget,
			world.DecimalColumn("price", func(g *Gadget) *string { return &g.Price }),
			world.TimeColumn("due", func(g *Gadget) *time.Time { return &g.Due }),
			world.FlagColumn("urgent", func(g *Gadget) *bool { return &g.Urgent }),
			world.ReferenceColumn("deal", KindDeal, func(g *Gadget) *int64 { return &g.Deal }),
		),
		// Seven red gadgets, of which three are urgent, for 10.50, 11.50 and so on. The last one is new.
		Generate: func(g *Generator) {
			for i := range 7 {
				gadget := &Gadget{Price: strconv.Itoa(10+i) + ".50", Due: g.Now, Urgent: i < 3, Deal: int64(i + 1)}
				gadget.Created, gadget.Modified = g.Start, g.Start
				if i == 6 {
					gadget.Modified = g.Now
				}
				gadget.Properties = map[string]string{"Colour__c": "red"}
				g.create(KindGadget, gadget)
			}
		},
	}
}
