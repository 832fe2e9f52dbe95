package spreadsheet

import (
	"cmp"
	"fmt"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/table"
)

// home is the currency that a sign of many countries means where it can.
func (s *Source) home() string { return cmp.Or(s.currency, s.env.Currency) }

// decideCurrency finds the currency that the header of the amounts states, or a title where rows do not. Amounts in thousands are
// refused: the numbers of the file are then not what they look like.
func (d *decoder) decideCurrency() error {
	column, ok := d.columns["amount"]
	if !ok {
		return nil
	}
	name := d.grid.Header[column]
	heading := table.ReadHeading(name, table.KnownCurrency)
	if heading.Unit != "" {
		return inUnits(d.grid.HeaderRow, fmt.Sprintf("column %q", name), heading.Unit)
	}
	d.currency = table.Currency(heading.Currency, d.source.home())
	for _, row := range d.grid.Titles {
		for _, cell := range row.Cells {
			title := table.ReadTitle(cell.Text, table.KnownCurrency)
			if title.Unit != "" {
				return inUnits(row.Number, fmt.Sprintf("row %d, the title %q,", row.Number, cell.Text), title.Unit)
			}
			if _, byRow := d.columns["currency"]; !byRow {
				d.currency = cmp.Or(d.currency, table.Currency(title.Currency, d.source.home()))
			}
		}
	}
	return nil
}

func inUnits(row int, what, unit string) error {
	return &table.Error{
		Row: row, What: fmt.Sprintf("%s says that amounts are in units of %q", what, unit),
		Hint: "write whole amounts in currency units, and remove the unit from the name",
	}
}

// money reads the amount and its currency: that of the text or the format, else that of the column of currencies or of
// the header, else that of the source. A sign of many countries is read as in the source's country.
func (d *decoder) money(row table.Row, deal *crm.Deal) *flaw {
	stated := table.Currency(d.text(row, "currency"), d.source.home())
	deal.Currency = cmp.Or(stated, d.currency, d.source.currency)
	c := d.cell(row, "amount")
	if c.Kind == table.Blank {
		return nil
	}
	if stated != "" && (!table.KnownCurrency(stated) || d.currency != "" && stated != d.currency) {
		return d.flaw(record.BadAmount, row, "currency") // Unknown, or another than the header states.
	}
	amount, err := d.decimal.Amount(c)
	if err != nil || amount.Percent {
		return d.flaw(record.BadAmount, row, "amount")
	}
	currency, ok := amount.CurrencyOf(cmp.Or(stated, d.currency), d.source.home())
	if !ok {
		return d.flaw(record.BadAmount, row, "amount")
	}
	if deal.Amount, err = amount.Money(); err != nil {
		return d.flaw(record.BadAmount, row, "amount")
	}
	deal.AmountKnown, deal.Currency = true, cmp.Or(currency, d.source.currency)
	return nil
}
