package targets

import (
	"fmt"
	"path/filepath"
	"slices"

	"github.com/sales-exporter/sales_exporter/internal/config/document"
	tables "github.com/sales-exporter/sales_exporter/internal/table"
)

// targetTitles refuses a file whose titles say that its amounts are in thousands or in another currency.
func (c *Checker) targetTitles(s *targetSheet) bool {
	before := c.Found()
	for _, row := range s.Titles {
		for i, cell := range row.Cells {
			at := s.file(row.Number)
			at.Path = "column " + tables.Letter(i)
			c.inUnits(at, cell.Text, tables.ReadTitle(cell.Text, tables.KnownCurrency))
		}
	}
	return c.Found() == before
}

// inUnits reports a heading that says that amounts are in thousands or in another currency.
func (c *Checker) inUnits(at document.Position, text string, heading tables.Heading) bool {
	code := tables.Currency(heading.Currency, c.Currency)
	switch {
	case heading.Unit != "":
		c.Add(at, fmt.Sprintf("%s says that amounts are in units of %s", document.Quote(text), document.Quote(heading.Unit)),
			"write whole amounts in "+c.Currency+", and remove the unit")
	case code != "" && code != c.Currency && !slices.Contains(currenciesOfSign(heading.Currency), c.Currency):
		c.Add(at, fmt.Sprintf("%s says that amounts are in %s, and the reporting currency is %s", document.Quote(text), code, c.Currency),
			"write amounts in "+c.Currency)
	default:
		return false
	}
	return true
}

// targetsWhole refuses a file that was cut within its last line. A whole line without a line end is a file as many
// programs write it. A file without any row is allowed, and said.
func (c *Checker) targetsWhole(s *targetSheet) bool {
	if len(s.Rows) == 0 {
		c.Warn(filepath.Base(s.path) + " has a header and no rows: no targets are read from it")
		return true
	}
	row := s.Rows[len(s.Rows)-1]
	last, read := len(row.Cells)-1, 0
	for i, column := range s.columns {
		if column != (targetColumn{}) {
			read = i
		}
	}
	if !s.Unterminated || last >= read {
		return true
	}
	c.Add(s.at(row.Number, last), "is the end of an incomplete file", "complete the line, or end it with a line break")
	return false
}
