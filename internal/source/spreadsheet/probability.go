package spreadsheet

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/table"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// decideShares finds the scale of the probabilities. A header that says percent decides it.
func (d *decoder) decideShares() (err error) {
	column, ok := d.columns["probability"]
	if !ok {
		return nil
	}
	if d.shares, err = d.grid.DecideScale(column, d.decimal); err != nil || !saysPercent(d.grid.Header[column]) {
		return err
	}
	for _, row := range d.grid.Rows {
		a, err := d.decimal.Amount(row.At(column))
		if err != nil || a.Percent || a.Float() <= 0 || a.Float() >= 1 {
			continue
		}
		text := row.At(column).Text
		return &table.Error{
			Row: row.Number,
			What: fmt.Sprintf("%s: %q may be %s%% or %s, since the name of the column %q says percent",
				d.grid.Place(row.Number, column), text, text, text, d.grid.Header[column]),
			Hint: "write every value of the column with a percent sign, or remove it from the name",
		}
	}
	d.shares = table.Shares{Scale: table.ScalePercent, Signed: true}
	return nil
}

func saysPercent(header string) bool {
	words := strings.FieldsFunc(table.Key(header), func(r rune) bool { return strings.ContainsRune(" _-()[]", r) })
	return strings.Contains(header, "%") || slices.ContainsFunc(words, func(word string) bool {
		return slices.Contains([]string{"percent", "percentage", "pct", "perc", "prozent", "pourcent"}, word)
	})
}

// probability reads the chance of a deal. One that cannot be read, or that is no chance, is unknown, which is not ok.
func (d *decoder) probability(row table.Row) (p value.Probability, ok bool) {
	c := d.cell(row, "probability")
	if c.Kind == table.Blank {
		return value.ProbabilityUnknown, true
	}
	chance, err := d.decimal.Amount(c)
	if err != nil || chance.Currency != "" {
		return value.ProbabilityUnknown, false
	}
	if d.shares.Scale == table.ScaleUnknown && !chance.Percent && chance.Float() != 0 {
		return value.ProbabilityUnknown, false
	}
	if share := d.shares.Scale.Share(chance); share < 0 || share > 1 {
		return value.ProbabilityUnknown, false
	}
	return d.shares.Scale.Probability(chance), true
}
