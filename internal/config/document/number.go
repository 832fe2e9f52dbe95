package document

import (
	"fmt"
	"strings"

	tables "github.com/sales-exporter/sales_exporter/internal/table"
)

// Number is a scalar that holds a number as people write it: a text of the configuration, or a cell of a sheet.
type Number struct {
	Scalar
	Cell    tables.Cell    // blank for a text of the configuration
	Decimal tables.Decimal // of the sheet, see Grid.DecideDecimal
}

// Amount reads the number. The decimal sign of a configuration is the point, and yet "500.000" is refused there: whoever
// writes it may be used to the comma.
func (n Number) Amount() (tables.Amount, error) {
	if n.Cell.Dash() {
		return tables.Amount{}, &tables.NotNumber{Text: n.Text} // No target of 0 is meant.
	}
	if n.Cell.Kind != tables.Blank {
		return n.Decimal.Amount(n.Cell)
	}
	text := n.Text
	if plainNumber.MatchString(text) {
		text = strings.ReplaceAll(text, "_", "") // 500_000, as YAML has it.
	}
	if amount, err := tables.ParseAmount(text, tables.Undecided); err != nil {
		return amount, err
	}
	return tables.ParseAmount(text, tables.Point)
}

// BothReadings says which numbers a text such as "500.000" may be, and how to write each so that it is only one.
func BothReadings(text string, a *tables.Ambiguous) (wrong, hint string) {
	whole, fraction := a.Point, a.Comma
	if strings.Contains(text, ".") {
		whole, fraction = a.Comma, a.Point
	}
	wrong = fmt.Sprintf("%s may be %s or %s", Quote(text), whole, fraction)
	_, digits, _ := strings.Cut(fraction, ".")
	switch len(digits) {
	case 0:
		fraction += ".0"
	case 3:
		fraction += "0" // Three digits behind the point are what is ambiguous.
	}
	if strings.HasSuffix(text, "%") {
		whole, fraction = whole+"%", fraction+"%"
	}
	return wrong, "write " + whole + " or " + fraction
}
