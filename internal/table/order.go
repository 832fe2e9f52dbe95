package table

import (
	"fmt"
	"regexp"
	"strings"
	"time"
)

// CheckTimes refuses a column of dates in which day and month may be swapped: a text that only the other order can read, or
// texts beside dates that a spreadsheet program made of what it could read in its own order.
func (g *Grid) CheckTimes(column int, t Times) error {
	other, first := mirrored(t.layout), ""
	if other == "" {
		return nil
	}
	swapped := t
	swapped.layout = other
	texts, onlyHere, made, small := 0, 0, 0, 0
	for _, row := range g.Rows {
		c := row.At(column)
		r, err := t.read(c)
		switch {
		case c.Kind == Text && c.Merged == nil:
			_, mirror := swapped.byLayout(c.Text)
			if err != nil && mirror == nil {
				return &Error{
					Row:  row.Number,
					What: fmt.Sprintf("%s: %q is a date as %s, but date_format is %s", g.Place(row.Number, column), c.Text, other, t.layout),
					Hint: "write all dates of the column in the same order; otherwise dates up to the 12th may be misread",
				}
			}
			if err == nil {
				texts++
				if mirror != nil {
					onlyHere++
				}
			}
		case c.Kind == Number && err == nil && !r.at.IsZero():
			if made++; r.at.Day() <= 12 {
				small++
			}
			if first == "" {
				first = fmt.Sprintf("%s is %s, which may be %s", g.Place(row.Number, column),
					r.at.Format(time.DateOnly), fmt.Sprintf("%04d-%02d-%02d", r.at.Year(), r.at.Day(), int(r.at.Month())))
			}
		}
	}
	if texts > 0 && texts == onlyHere && made > 0 && made == small {
		return &Error{
			What: first + ": all dates in the column are up to the 12th of a month, and all its texts are after the 12th",
			Hint: "a spreadsheet program swapped day and month in the values that it could read as dates; import the file again with the column as " + t.layout,
		}
	}
	return nil
}

// dayMonth is a day and a month in digits beside each other, in either order.
var dayMonth = regexp.MustCompile(`(^|[^0-9])(0?[12]|_2)([^0-9])(0?[12])($|[^0-9])`)

// mirrored returns a layout with day and month swapped, "" where only one order can be meant.
func mirrored(layout string) string {
	match := dayMonth.FindStringSubmatchIndex(layout)
	if match == nil || strings.HasPrefix(layout, "2006") {
		return ""
	}
	first, second := layout[match[4]:match[5]], layout[match[8]:match[9]]
	if strings.TrimLeft(first, "0_") == strings.TrimLeft(second, "0") {
		return ""
	}
	return layout[:match[4]] + strings.ReplaceAll(second, "_", "0") + layout[match[6]:match[7]] + strings.ReplaceAll(first, "_", "0") + layout[match[9]:]
}
