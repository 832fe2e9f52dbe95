package crmsim

import (
	"fmt"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/world"
)

// KindDeal is the kind of deals.
const KindDeal = "deal"

// Deal is a HubSpot deal or a Salesforce opportunity.
type Deal struct {
	world.Head

	Name string

	Pipeline string // id of a Pipeline
	Stage    string // id of a Stage
	Rep      int64  // 0 for none
	Account  int64  // 0 for none
	// Further are accounts beside that one; HubSpot knows them, Salesforce does not. Edits set another slice.
	Further []int64

	Amount   string // decimal text, "" is null
	Currency string // "" is Info.Currency

	Close        time.Time // expected while open, real once closed; Salesforce shows its date in UTC
	StageEntered time.Time

	ForecastCategory crm.ForecastCategory // "" is null
}

func deals() Kind {
	declared := world.Declare(KindDeal,
		world.TextColumn("name", func(d *Deal) *string { return &d.Name }),
		world.TextColumn("pipeline", func(d *Deal) *string { return &d.Pipeline }),
		world.TextColumn("stage", func(d *Deal) *string { return &d.Stage }),
		world.ReferenceColumn("rep", KindRep, func(d *Deal) *int64 { return &d.Rep }),
		world.ReferenceColumn("account", KindAccount, func(d *Deal) *int64 { return &d.Account }),
		world.DecimalColumn("amount", func(d *Deal) *string { return &d.Amount }),
		world.TextColumn("currency", func(d *Deal) *string { return &d.Currency }),
		world.TimeColumn("close", func(d *Deal) *time.Time { return &d.Close }),
		world.TimeColumn("stage_entered", func(d *Deal) *time.Time { return &d.StageEntered }),
		world.TextColumn("forecast_category", func(d *Deal) *crm.ForecastCategory { return &d.ForecastCategory }),
	)
	return Kind{
		Kind: world.Merging(declared, func(survivor, other *Deal) {
			if survivor.Amount == "" {
				survivor.Amount, survivor.Currency = other.Amount, other.Currency
			}
			if survivor.Account == 0 {
				survivor.Account = other.Account
			}
		}),
		Generate: (*Generator).deals,
		Live:     (*Generator).liveDeals,
		founding: true,
	}
}

// AddDeal stores a deal under a new id and returns it. Times of creation, modification and visibility default to now.
func (w *World) AddDeal(d Deal) int64 { return w.deals.Add(d) }

// Deals returns every deal that ever existed, by id, as readers see it now: see DealsAt.
func (w *World) Deals() []*Deal { return w.DealsAt(w.Now()) }

// DealsAt returns every deal that ever existed, by id, in the version that was visible at t, see world.World.Records.
// They must not be changed.
func (w *World) DealsAt(t time.Time) []*Deal { return w.deals.All(t) }

// Deal returns one deal as readers see it now. It must not be changed.
func (w *World) Deal(id int64) (*Deal, bool) { return w.deals.Get(id) }

// Truth returns the live deals by id as they really are, seen by readers or not. The caller may change the copies.
func (w *World) Truth() []Deal { return w.deals.Truth() }

// Update edits a deal and moves Modified to now. The edit may overrule Modified and VisibleAt, to play a transaction
// that commits late.
func (w *World) Update(id int64, edit func(*Deal)) error { return w.deals.Update(id, edit) }

// MoveStage moves a deal to another stage of its pipeline.
func (w *World) MoveStage(id int64, stage string) error {
	return w.enter(id, func(s Stage) bool { return s.ID == stage })
}

// Win closes a deal as won, now.
func (w *World) Win(id int64) error {
	return w.enter(id, func(s Stage) bool { return s.Closed && s.Won })
}

// Lose closes a deal as lost, now.
func (w *World) Lose(id int64) error {
	return w.enter(id, func(s Stage) bool { return s.Closed && !s.Won })
}

// Reopen takes a closed deal back to the first stage of its pipeline, to be closed a month from now.
func (w *World) Reopen(id int64) error { return w.enter(id, func(s Stage) bool { return !s.Closed }) }

func (w *World) enter(id int64, wanted func(Stage) bool) error {
	return w.Do(func(tx world.Tx) error { return w.enterIn(tx, id, wanted) })
}

// enterIn moves a deal to the first stage of its pipeline that is wanted.
func (w *World) enterIn(tx world.Tx, id int64, wanted func(Stage) bool) error {
	r, ok := tx.Newest(KindDeal, id)
	if !ok {
		return fmt.Errorf("move deal %d: %w", id, ErrUnknown)
	}
	before := r.(*Deal)
	from, _ := w.StageOf(before)
	to, ok := w.FindStage(before.Pipeline, wanted)
	if !ok {
		return fmt.Errorf("move deal %d: stage: %w", id, ErrUnknown)
	}
	return tx.Update(KindDeal, id, func(r world.Record) {
		d := r.(*Deal)
		d.Stage, d.StageEntered, d.ForecastCategory = to.ID, tx.At(), to.ForecastCategory
		switch {
		case to.Closed:
			d.Close = tx.At()
		case from.Closed:
			d.Close = tx.At().AddDate(0, 1, 0)
		}
	})
}

// Redate sets the close date; the zero time clears it.
func (w *World) Redate(id int64, at time.Time) error {
	return w.Update(id, func(d *Deal) { d.Close = at })
}

// Reassign gives a deal to another rep; 0 takes it from everybody.
func (w *World) Reassign(id, rep int64) error {
	return w.Update(id, func(d *Deal) { d.Rep = rep })
}

// SetAmount sets the amount; "" clears it.
func (w *World) SetAmount(id int64, amount string) error {
	return w.Update(id, func(d *Deal) { d.Amount = amount })
}

// Archive puts a deal into the recycle bin. Modified does not move.
func (w *World) Archive(id int64) error { return w.deals.Delete(id) }

// Restore takes a deal out of the recycle bin. Modified does not move.
func (w *World) Restore(id int64) error { return w.deals.Restore(id) }

// Purge removes a deal for good: no list shows it any more, the recycle bin neither.
func (w *World) Purge(id int64) error { return w.deals.Purge(id) }

// Merge makes a new deal of two, see world.Tx.Merge.
func (w *World) Merge(primary, other int64) (int64, error) { return w.deals.Merge(primary, other) }

// BulkTouch modifies many deals in one identical millisecond, as an import or a workflow at month end does.
func (w *World) BulkTouch(ids []int64) error { return w.deals.Touch(ids) }
