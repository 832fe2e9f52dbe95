package config

import (
	"fmt"
	"path/filepath"
	"slices"

	tables "github.com/sales-exporter/sales_exporter/internal/table"
)

// targetTitles refuses a file whose titles say that its amounts are in thousands or in another currency.
func (c *checker) targetTitles(s *targetSheet) bool {
	before := len(c.problems)
	for _, row := range s.Titles {
		for i, cell := range row.Cells {
			at := s.file(row.Number)
			at.path = "column " + tables.Letter(i)
			c.inUnits(at, cell.Text, tables.ReadTitle(cell.Text, KnownCurrency))
		}
	}
	return len(c.problems) == before
}

// inUnits reports a heading that says that amounts are in thousands or in another currency.
func (c *checker) inUnits(at place, text string, heading tables.Heading) bool {
	code := tables.Currency(heading.Currency, c.currency)
	switch {
	case heading.Unit != "":
		c.add(at, fmt.Sprintf("%s says that amounts are in units of %s", quote(text), quote(heading.Unit)),
			"write whole amounts in "+c.currency+", and remove the unit")
	case code != "" && code != c.currency && !slices.Contains(currenciesOfSign(heading.Currency), c.currency):
		c.add(at, fmt.Sprintf("%s says that amounts are in %s, and the reporting currency is %s", quote(text), code, c.currency),
			"write amounts in "+c.currency)
	default:
		return false
	}
	return true
}

// targetsWhole refuses a file that was cut within its last line. A whole line without a line end is a file as many
// programs write it. A file without any row is allowed, and said.
func (c *checker) targetsWhole(s *targetSheet) bool {
	if len(s.Rows) == 0 {
		c.warnings = append(c.warnings, filepath.Base(s.path)+" has a header and no rows: no targets are read from it")
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
	c.add(s.at(row.Number, last), "is the end of an incomplete file", "complete the line, or end it with a line break")
	return false
}
