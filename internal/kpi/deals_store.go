package kpi

import (
	"encoding/binary"
	"math"
	"slices"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/cube"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// dealColumns holds the deals of one source column by column: about fifty bytes a deal beside its id, no pointers. A
// removed deal leaves its row behind, which its id takes again if it comes back; compact drops rows once they are many.
type dealColumns struct {
	ids         dictionary // the number of an id is its row
	closed      []cube.Instant
	created     []cube.Instant
	entered     []cube.Instant
	amount      []value.Money
	origin      []uint32 // number of the tuple of pipeline, rep and own dimension values
	stage       []uint32
	account     []uint32
	probability []value.Probability
	excluded    []uint8 // number of the reason, 0 is included
	currency    []uint8 // number of the amount's currency; see currencyCodes
	flags       []dealFlags
	dead        int
	amounts     amountCounts
	extent
}

// extent is what no deal exceeds that was ever put: sums of so many deals are known not to overflow.
type extent struct {
	largest          uint64 // amount, whatever its sign
	earliest, latest int64  // date, in milliseconds
}

func (e *extent) widen(r *dealRow) {
	amount := uint64(r.amount)
	if r.amount < 0 {
		amount = -amount
	}
	e.largest = max(e.largest, amount)
	for _, date := range [...]cube.Instant{r.closed, r.created, r.entered} {
		if date.Known() {
			e.earliest, e.latest = min(e.earliest, date.Milli()), max(e.latest, date.Milli())
		}
	}
}

// longest returns what no time between two dates, or between a date and now, exceeds. A bare date and a moment may be two
// time zones apart.
func (e *extent) longest(now int64) uint64 {
	const zones = 3 * 24 * 60 * 60 * 1000
	return uint64(max(e.latest, now)-min(e.earliest, now)) + zones
}

// dealRow is one row of dealColumns.
type dealRow struct {
	closed, created, entered cube.Instant
	amount                   value.Money
	origin, stage, account   uint32
	probability              value.Probability
	excluded, currency       uint8
	flags                    dealFlags
}

// dealFlags packs the small fields of a deal: bits 0 and 1 the outcome of the record, 4 to 6 the forecast category.
type dealFlags uint16

const (
	flagOutcome   dealFlags = 0b11
	flagPriced    dealFlags = 1 << flagPricedBit // the amount is known and in the reporting currency
	flagForeign   dealFlags = 1 << 3             // the amount is known and in a currency without a rate
	flagAlive     dealFlags = 1 << 7
	flagMisdated  dealFlags = 1 << 8 // some date of it cannot be true and is unknown
	flagMisclose  dealFlags = 1 << 9 // its close date is
	flagPricedBit           = 2
	categoryBits            = 4
	categoryMask            = 0b111

	// flagOdd are those of which most deals have flagAlive only.
	flagOdd = flagAlive | flagForeign | flagMisdated
)

func (f dealFlags) outcome() crm.Outcome { return crm.Outcome(f & flagOutcome) }
func (f dealFlags) priced() bool         { return f&flagPriced != 0 }
func (f dealFlags) foreign() bool        { return f&flagForeign != 0 }
func (f dealFlags) alive() bool          { return f&flagAlive != 0 }

// category returns the number of the forecast category in crm.ForecastCategories plus 1, 0 where there is none.
func (f dealFlags) category() int { return int(f>>categoryBits) & categoryMask }

// amountCounts counts the amounts of deals that no filter leaves out.
type amountCounts struct{ priced, foreign int }

func (a *amountCounts) count(f dealFlags, excluded uint8, by int) {
	if !f.alive() || excluded != 0 {
		return
	}
	if f.priced() {
		a.priced += by
	}
	if f.foreign() {
		a.foreign += by
	}
}

func newDealColumns() dealColumns {
	return dealColumns{ids: newDictionary(), extent: extent{earliest: math.MaxInt64, latest: math.MinInt64}}
}

// live returns the number of deals.
func (d *dealColumns) live() int { return len(d.flags) - d.dead }

func (d *dealColumns) put(id string, r dealRow) {
	row := int(d.ids.code(id))
	d.widen(&r)
	if row == len(d.flags) {
		d.closed = append(d.closed, r.closed)
		d.created = append(d.created, r.created)
		d.entered = append(d.entered, r.entered)
		d.amount = append(d.amount, r.amount)
		d.origin = append(d.origin, r.origin)
		d.stage = append(d.stage, r.stage)
		d.account = append(d.account, r.account)
		d.probability = append(d.probability, r.probability)
		d.excluded = append(d.excluded, r.excluded)
		d.currency = append(d.currency, r.currency)
		d.flags = append(d.flags, r.flags|flagAlive)
		d.amounts.count(r.flags|flagAlive, r.excluded, 1)
		return
	}
	d.amounts.count(d.flags[row], d.excluded[row], -1)
	d.amounts.count(r.flags|flagAlive, r.excluded, 1)
	if !d.flags[row].alive() {
		d.dead--
	}
	d.closed[row], d.created[row], d.entered[row] = r.closed, r.created, r.entered
	d.amount[row], d.probability[row] = r.amount, r.probability
	d.excluded[row], d.currency[row] = r.excluded, r.currency
	d.origin[row], d.stage[row], d.account[row] = r.origin, r.stage, r.account
	d.flags[row] = r.flags | flagAlive
}

func (d *dealColumns) at(row int) dealRow {
	return dealRow{
		closed: d.closed[row], created: d.created[row], entered: d.entered[row],
		amount: d.amount[row], probability: d.probability[row], excluded: d.excluded[row], currency: d.currency[row],
		origin: d.origin[row], stage: d.stage[row], account: d.account[row],
		flags: d.flags[row],
	}
}

func (d *dealColumns) remove(id string) {
	row, found := d.ids.find(id)
	if !found || !d.flags[row].alive() {
		return
	}
	d.amounts.count(d.flags[row], d.excluded[row], -1)
	d.flags[row] = 0
	d.dead++
}

// minDead keeps small sources from being rewritten all the time.
const minDead = 1024

// compact drops removed rows once they outnumber the live ones. A spreadsheet whose ids change with every edit would
// otherwise grow for ever.
func (d *dealColumns) compact() {
	if d.dead < minDead || d.dead < d.live() {
		return
	}
	kept := newDealColumns()
	for row, f := range d.flags {
		if f.alive() {
			kept.put(string(d.ids.at(uint32(row))), d.at(row))
		}
	}
	*d = kept
}

// tuples numbers rows of numbers. Deals share few combinations of pipeline, rep and dimension values: a deal keeps the
// number of its combination, and a Compute resolves each combination to labels once.
type tuples struct {
	width int
	dict  dictionary
	key   []byte
}

// newTuples returns tuples in which all zeros is number 0.
func newTuples(width int) tuples {
	t := tuples{width: width, dict: newDictionary()}
	t.code(make([]uint32, width))
	return t
}

func (t *tuples) len() int { return t.dict.len() }

func (t *tuples) code(values []uint32) uint32 {
	t.key = t.key[:0]
	for _, v := range values {
		t.key = binary.LittleEndian.AppendUint32(t.key, v)
	}
	return t.dict.code(string(t.key))
}

// at returns the values of a tuple in buffer.
func (t *tuples) at(code uint32, buffer []uint32) []uint32 {
	buffer = buffer[:0]
	for chunk := range slices.Chunk(t.dict.at(code), 4) {
		buffer = append(buffer, binary.LittleEndian.Uint32(chunk))
	}
	return buffer
}
