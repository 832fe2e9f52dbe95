package source

import (
	"testing"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/expression"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// TestRecordExcludes asks the expression of a deal as connectors do: what is unknown there is unknown to it (B24), and
// days are those of the reporting zone.
func TestRecordExcludes(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	e := Environment{Currency: "EUR", Location: berlin}
	named := Named{
		Name: "Acme", Pipeline: "Sales", Stage: "Won", Outcome: crm.OutcomeWon,
		Rep: crm.Rep{Name: "Ada", Team: "North", Head: record.Head{Dimensions: value.Dimensions{"segment": "smb", "channel": "phone"}}},
	}
	none := crm.Deal{Head: record.Head{ID: "1"}, Probability: value.ProbabilityUnknown}
	with := func(edit func(*crm.Deal)) crm.Deal {
		d := none
		edit(&d)
		return d
	}
	for _, c := range []struct {
		name, text string
		deal       crm.Deal
		want       bool
	}{
		{"B24: no creation date", `created < date("2020-01-01")`, none, false},
		{
			"B24: an old creation date", `created < date("2020-01-01")`,
			with(func(d *crm.Deal) { d.Created = value.Date(2019, 5, 1) }), true,
		},
		{"B24: no amount", `amount == 0`, none, false},
		{"B24: an amount of 0", `amount == 0`, with(func(d *crm.Deal) { d.AmountKnown = true }), true},
		{"B24: no probability", `probability <= 0.5`, none, false},
		{"B24: a probability of 0", `probability == 0`, with(func(d *crm.Deal) { d.Probability = 0 }), true},
		{"B24: no close date", `closed != date("2024-01-01")`, none, false},
		{
			"B25: day 0 of a spreadsheet", `created < date("2020-01-01")`,
			with(func(d *crm.Deal) { d.Created = value.Date(1899, 12, 30) }), false,
		},
		{
			"B25: a placeholder of a CRM", `closed > date("2024-01-01")`,
			with(func(d *crm.Deal) { d.Closed = value.Date(9999, 12, 31) }), false,
		},
		{
			"a moment of the next day in the zone", `closed >= date("2024-09-01")`,
			with(func(d *crm.Deal) { d.Closed = value.Moment(time.Date(2024, 8, 31, 22, 30, 0, 0, time.UTC)) }), true,
		},
		{
			"a moment of the same day in the zone", `closed >= date("2024-09-01")`,
			with(func(d *crm.Deal) { d.Closed = value.Moment(time.Date(2024, 8, 31, 21, 30, 0, 0, time.UTC)) }), false,
		},
		{
			"a bare date is a day of the zone", `closed == date("2024-09-01")`,
			with(func(d *crm.Deal) { d.Closed = value.Date(2024, 9, 1) }), true,
		},
		{"names", `name == "Acme" && pipeline == "Sales" && stage == "Won" && outcome == "won"`, none, true},
		{"the rep", `rep == "Ada" && team == "North" && segment == "smb"`, none, true},
		{
			"the deal's own dimension wins", `channel == "web"`,
			with(func(d *crm.Deal) { d.Dimensions = value.Dimensions{"channel": "web"} }), true,
		},
		{"a deal without a currency is in the reporting currency", `currency == "EUR"`, none, true},
		{"a deal with one", `currency == "USD"`, with(func(d *crm.Deal) { d.Currency = "USD" }), true},
	} {
		expression, err := expression.Compile(c.text, berlin)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := expression.Match(e.Record(&c.deal, named)); err != nil || got != c.want {
			t.Errorf("%s: %s = %v, %v, want %v", c.name, c.text, got, err, c.want)
		}
	}
}

// TestRecordBounds moves the bounds of dates that can be true.
func TestRecordBounds(t *testing.T) {
	e := Environment{Plausible: value.DateRange{From: value.Date(2020, 1, 1), To: value.Date(2020, 12, 31)}}
	for day, want := range map[value.Instant]bool{
		value.Date(2019, 12, 31): false, value.Date(2020, 1, 1): true, value.Date(2020, 12, 31): true,
		value.Date(2021, 1, 1): false, {}: false,
	} {
		r := e.Record(&crm.Deal{Created: day, Closed: day}, Named{})
		if r.CreatedKnown != want || r.ClosedKnown != want {
			t.Errorf("%v: known is %v and %v, want %v", day, r.CreatedKnown, r.ClosedKnown, want)
		}
		if want && r.Created.Location() != time.UTC {
			t.Errorf("without a zone, times are in %v", r.Created.Location())
		}
	}
}
