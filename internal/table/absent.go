package table

import "strings"

// Absent reports whether a cell of dates or amounts holds nothing, or what programs write for nothing. In a column of names
// such a text is a name.
func (c Cell) Absent() bool {
	switch c.Text {
	case "":
		return true
	case "NULL", "Null", "null", "NaN", "nan", "NaT", "NA", "<NA>", "N/A", "n/a", "None", `\N`:
		return c.Kind == Text
	default:
		return c.Dash()
	}
}

// Dash reports whether a cell holds nothing but a dash. Beside a currency it is the accountants' 0; alone nobody knows.
func (c Cell) Dash() bool { return c.Kind == Text && strings.Trim(c.Text, "-–—−") == "" }
