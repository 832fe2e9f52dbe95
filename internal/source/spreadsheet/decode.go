package spreadsheet

import (
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/source"
)

// decoder turns rows into deals.
type decoder struct {
	source  *Source
	columns map[string]int
	width   int
	whole   bool
	values  values
}

// cell returns the trimmed text of a field, "" where the file has no such column or the row is short.
func (d *decoder) cell(row []string, field string) string {
	i, ok := d.columns[field]
	if !ok || i >= len(row) {
		return ""
	}
	return strings.TrimSpace(row[i])
}

// deal decodes a row; a reason other than "" says why it cannot be read.
func (d *decoder) deal(row []string) (crm.Deal, crm.QuarantineReason) {
	deal := crm.Deal{
		ID: d.cell(row, "id"), Pipeline: d.cell(row, "pipeline"), Rep: d.cell(row, "rep"),
		Account: d.cell(row, "account"), Currency: strings.ToUpper(d.cell(row, "currency")),
		Probability: crm.ProbabilityUnknown,
	}
	if deal.ID == "" {
		return deal, crm.BadID
	}
	if len(row) > d.width && !blank(row[d.width:]) || d.whole && len(row) < d.width {
		// A separator inside an unquoted text shifts every cell behind it, and the last row of a file that was cut has
		// an amount that was cut.
		return deal, crm.BadShape
	}
	stage, outcome, ok := d.stage(d.cell(row, "stage"))
	if !ok {
		return deal, crm.BadStage
	}
	deal.Stage, deal.Outcome = stage, outcome
	var err error
	if text := d.cell(row, "amount"); text != "" {
		if deal.Amount, deal.Currency, err = d.values.money(text, deal.Currency); err != nil {
			return deal, crm.BadAmount
		}
		deal.AmountKnown = true
	}
	if deal.Created, err = d.values.instant(d.cell(row, "created")); err != nil {
		return deal, crm.BadDate
	}
	if deal.Closed, err = d.values.instant(d.cell(row, "closed")); err != nil {
		return deal, crm.BadDate
	}
	deal.Probability = d.values.probability(d.cell(row, "probability"))
	deal.Dimensions = d.dimensions(row)
	return deal, ""
}

// stage finds the configured stage that a cell names, whatever its capitals.
func (d *decoder) stage(text string) (label string, outcome crm.Outcome, ok bool) {
	if outcome, ok := d.source.sheet.Stages[text]; ok {
		return text, outcome, true
	}
	for label, outcome := range d.source.sheet.Stages {
		if key(label) == key(text) {
			return label, outcome, true
		}
	}
	return "", crm.OutcomeUnknown, false
}

func (d *decoder) dimensions(row []string) crm.Dimensions {
	var out crm.Dimensions
	for _, name := range crm.DimensionNames() {
		if !crm.DimensionMapped(name) {
			continue
		}
		text := d.cell(row, name)
		if m, ok := d.source.mapping[name]; ok {
			text = source.MapValue(m, text)
		}
		if text == "" {
			continue
		}
		if out == nil {
			out = crm.Dimensions{}
		}
		out[name] = text
	}
	return out
}

// excluded applies the configured selection.
func (d *decoder) excluded(row []string, deal *crm.Deal) (string, error) {
	return d.source.selection.Exclude(deal.Pipeline, deal.Pipeline, func() config.Record {
		record := config.Record{
			ID: deal.ID, Name: d.cell(row, "name"), Pipeline: deal.Pipeline, Stage: deal.Stage, Rep: deal.Rep,
			Team: d.cell(row, "team"), Outcome: deal.Outcome.String(), Currency: deal.Currency,
			Amount:    deal.Amount.Float(),
			Territory: deal.Dimensions["territory"], BusinessType: deal.Dimensions["business_type"],
			Segment: deal.Dimensions["segment"], Channel: deal.Dimensions["channel"],
			Product: deal.Dimensions["product"],
		}
		if deal.Probability != crm.ProbabilityUnknown {
			record.Probability = float64(deal.Probability) / crm.ProbabilityScale
		}
		if deal.Created.Known() {
			record.Created = deal.Created.In(utc)
		}
		if deal.Closed.Known() {
			record.Closed = deal.Closed.In(utc)
		}
		return record
	})
}
