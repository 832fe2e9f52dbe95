package facts

import (
	"fmt"
	"slices"
	"strconv"
	"testing"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

func TestMergesThatPointAtEachOtherEnd(t *testing.T) {
	d := newDirectory[string]()
	d.remove(record.Removal{ID: "a", MergedInto: "b"})
	d.remove(record.Removal{ID: "b", MergedInto: "a"})
	got := d.Survivor(d.code("a"))
	if !slices.Contains([]uint32{d.code("a"), d.code("b")}, got) {
		t.Errorf("survivor is %d", got)
	}
	d.put("b", "alive")
	if got := d.Survivor(d.code("a")); got != d.code("b") {
		t.Errorf("survivor is %d, want %d, which is alive again", got, d.code("b"))
	}
}

func TestRemovedDealsGiveTheirMemoryBack(t *testing.T) {
	f := New(Options{Sources: []string{"acme"}, Currency: "USD"})
	s := f.Source("acme")
	for generation := range 20 {
		var b record.Batch
		for i := range 2 * minDead {
			crm.Deals.Append(&b.Rows, crm.Deal{Head: record.Head{ID: fmt.Sprintf("%d-%d", generation, i)}})
			b.Removals = append(b.Removals, record.Removal{Kind: crm.Deals.Name(), ID: fmt.Sprintf("%d-%d", generation-1, i)})
		}
		s.Apply(b)
	}
	if s.Deals.Live() != 2*minDead {
		t.Errorf("%d deals live, want %d", s.Deals.Live(), 2*minDead)
	}
	if rows := len(s.Deals.Flags); rows > 3*s.Deals.Live() {
		t.Errorf("%d rows for %d deals", rows, s.Deals.Live())
	}
}

// TestWithheldSurvivesCompaction holds that the count of amounts agrees with the deals after most of them are gone.
func TestWithheldSurvivesCompaction(t *testing.T) {
	f := New(Options{Sources: []string{"ledger"}, Currency: "USD"})
	var b record.Batch
	for i := range 3 * minDead {
		crm.Deals.Append(&b.Rows, priced(strconv.Itoa(i), ""))
		b.Removals = append(b.Removals, record.Removal{Kind: crm.Deals.Name(), ID: strconv.Itoa(i)})
	}
	f.Source("ledger").Apply(b)
	f.Source("ledger").Apply(record.Batch{Rows: record.Rows{crm.Deals.Of(priced("last", "EUR"))}})
	if err := f.Source("ledger").Judge(); err != nil {
		t.Fatal(err)
	}
	if got := f.Source("ledger").Deals.amounts; got != (amountCounts{foreign: 1}) {
		t.Errorf("got %+v, want one foreign amount", got)
	}
	if f.Source("ledger").HasMoney() {
		t.Error("the source has money")
	}
}

// priced returns a deal with an amount.
func priced(id, currency string) crm.Deal {
	return crm.Deal{Head: record.Head{ID: id}, Amount: value.MoneyScale, AmountKnown: true, Currency: currency}
}
