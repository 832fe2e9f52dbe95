package facts

import (
	"math"

	"github.com/sales-exporter/sales_exporter/internal/calendar"
	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/dictionary"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// Deals holds the deals of one source column by column: about fifty bytes a deal beside its id, no pointers. A
// removed deal leaves its row behind, which its id takes again if it comes back; compact drops rows once they are many.
type Deals struct {
	ids         dictionary.Dictionary // the number of an id is its row
	Closed      []calendar.Instant
	Created     []calendar.Instant
	Entered     []calendar.Instant
	Amount      []value.Money
	Origin      []uint32 // number of the tuple of pipeline, rep and own dimension values
	Stage       []uint32
	Account     []uint32
	Probability []value.Probability
	Verdict     []Verdict
	Currency    []uint8 // number of the amount's currency; see Currencies
	Flags       []Flags
	names       *names // nil where nobody reads the names of deals
	dead        int
	amounts     amountCounts
	extent
}

// extent is what no deal exceeds that was ever put: sums of so many deals are known not to overflow.
type extent struct {
	Largest          uint64 // amount, whatever its sign
	earliest, latest int64  // date, in milliseconds
}

func (e *extent) widen(r *dealRow) {
	amount := uint64(r.amount)
	if r.amount < 0 {
		amount = -amount
	}
	e.Largest = max(e.Largest, amount)
	for _, date := range [...]calendar.Instant{r.closed, r.created, r.entered} {
		if date.Known() {
			e.earliest, e.latest = min(e.earliest, date.Milli()), max(e.latest, date.Milli())
		}
	}
}

// Longest returns what no time between two dates, or between a date and now, exceeds. A bare date and a moment may be two
// time zones apart.
func (e *extent) Longest(now int64) uint64 {
	const zones = 3 * 24 * 60 * 60 * 1000
	return uint64(max(e.latest, now)-min(e.earliest, now)) + zones
}

// dealRow is one row of Deals.
type dealRow struct {
	closed, created, entered calendar.Instant
	amount                   value.Money
	origin, stage, account   uint32
	probability              value.Probability
	currency                 uint8
	flags                    Flags
	name                     string
}

// Flags packs the small fields of a deal: bits 0 and 1 the outcome of the record, 4 to 6 the forecast category.
type Flags uint16

// The flags.
const (
	FlagOutcome   Flags = 0b11
	FlagPriced    Flags = 1 << FlagPricedBit // the amount is known and in the reporting currency
	FlagForeign   Flags = 1 << 3             // the amount is known and in a currency without a rate
	FlagAlive     Flags = 1 << 7
	FlagMisdated  Flags = 1 << 8 // some date of it cannot be true and is unknown
	FlagMisclose  Flags = 1 << 9 // its close date is
	FlagPricedBit       = 2
	categoryBits        = 4
	categoryMask        = 0b111

	// FlagOdd are those of which most deals have FlagAlive only.
	FlagOdd = FlagAlive | FlagForeign | FlagMisdated
)

// Outcome returns what the record says of its outcome.
func (f Flags) Outcome() crm.Outcome { return crm.Outcome(f & FlagOutcome) }

// Priced reports whether the amount is known and in the reporting currency.
func (f Flags) Priced() bool { return f&FlagPriced != 0 }

// Foreign reports whether the amount is known and in a currency without a rate.
func (f Flags) Foreign() bool { return f&FlagForeign != 0 }

// Alive reports whether there is a deal in the row.
func (f Flags) Alive() bool { return f&FlagAlive != 0 }

// Category returns the number of the forecast category in crm.ForecastCategories plus 1, 0 where there is none.
func (f Flags) Category() int { return int(f>>categoryBits) & categoryMask }

// amountCounts counts the amounts of deals that count.
type amountCounts struct{ priced, foreign int }

func (a *amountCounts) count(f Flags, v Verdict, by int) {
	if v != Counts {
		return
	}
	if f.Priced() {
		a.priced += by
	}
	if f.Foreign() {
		a.foreign += by
	}
}

func newDeals(named bool) Deals {
	d := Deals{ids: dictionary.New(), extent: extent{earliest: math.MaxInt64, latest: math.MinInt64}}
	if named {
		d.names = &names{texts: dictionary.New()}
	}
	return d
}

// Live returns the number of deals.
func (d *Deals) Live() int { return len(d.Flags) - d.dead }

// Bytes returns the memory that the columns, the ids and their index take.
func (d *Deals) Bytes() int {
	return d.ids.Bytes() +
		8*(cap(d.Closed)+cap(d.Created)+cap(d.Entered)+cap(d.Amount)) +
		4*(cap(d.Origin)+cap(d.Stage)+cap(d.Account)+cap(d.Probability)) +
		cap(d.Verdict) + cap(d.Currency) + 2*cap(d.Flags) + d.names.bytes()
}

// put adds or replaces a deal, about which nothing is decided then.
func (d *Deals) put(id string, r dealRow) {
	row := int(d.ids.Code(id))
	d.widen(&r)
	d.names.put(row, r.name)
	if row == len(d.Flags) {
		d.Closed = append(d.Closed, r.closed)
		d.Created = append(d.Created, r.created)
		d.Entered = append(d.Entered, r.entered)
		d.Amount = append(d.Amount, r.amount)
		d.Origin = append(d.Origin, r.origin)
		d.Stage = append(d.Stage, r.stage)
		d.Account = append(d.Account, r.account)
		d.Probability = append(d.Probability, r.probability)
		d.Verdict = append(d.Verdict, NotJudged)
		d.Currency = append(d.Currency, r.currency)
		d.Flags = append(d.Flags, r.flags|FlagAlive)
		return
	}
	d.judge(row, NotJudged)
	if !d.Flags[row].Alive() {
		d.dead--
	}
	d.Closed[row], d.Created[row], d.Entered[row] = r.closed, r.created, r.entered
	d.Amount[row], d.Probability[row] = r.amount, r.probability
	d.Currency[row] = r.currency
	d.Origin[row], d.Stage[row], d.Account[row] = r.origin, r.stage, r.account
	d.Flags[row] = r.flags | FlagAlive
}

func (d *Deals) at(row int) dealRow {
	return dealRow{
		closed: d.Closed[row], created: d.Created[row], entered: d.Entered[row],
		amount: d.Amount[row], probability: d.Probability[row], currency: d.Currency[row],
		origin: d.Origin[row], stage: d.Stage[row], account: d.Account[row],
		flags: d.Flags[row], name: d.names.at(row),
	}
}

// judge notes the verdict on a deal.
func (d *Deals) judge(row int, v Verdict) {
	d.amounts.count(d.Flags[row], d.Verdict[row], -1)
	d.Verdict[row] = v
	d.amounts.count(d.Flags[row], v, 1)
}

func (d *Deals) remove(id string) {
	row, found := d.ids.Find(id)
	if !found || !d.Flags[row].Alive() {
		return
	}
	d.judge(int(row), Removed)
	d.names.put(int(row), "")
	d.Flags[row] = 0
	d.dead++
}

// minDead keeps small sources from being rewritten all the time.
const minDead = 1024

// compact drops removed rows once they outnumber the live ones. A spreadsheet whose ids change with every edit would
// otherwise grow for ever.
func (d *Deals) compact() {
	if (d.dead < minDead || d.dead < d.Live()) && !d.names.worn() {
		return
	}
	kept := newDeals(d.names != nil)
	for row, f := range d.Flags {
		if f.Alive() {
			kept.put(string(d.ids.At(uint32(row))), d.at(row))
			kept.judge(kept.ids.Len()-1, d.Verdict[row])
		}
	}
	*d = kept
}

// Category returns the forecast category of a deal, "" where it has none.
func (f *Facts) Category(flags Flags) crm.ForecastCategory {
	if n := flags.Category(); n > 0 {
		return f.Categories[n-1]
	}
	return ""
}
