package table

import "time"

// Layouts returns the layouts, in Go's notation, by which all texts of a column are dates. It does not know all that there
// are: those that programs and people write often.
func (g *Grid) Layouts(column int) (fit []string) {
	var texts []string
	for _, row := range g.Rows {
		if c := row.At(column); c.Kind == Text && !c.Absent() && !zeroDate(c.Text) {
			texts = append(texts, c.Text)
		}
	}
	if len(texts) == 0 {
		return nil
	}
	for _, day := range []string{
		"02/01/2006", "01/02/2006", "02.01.2006", "01.02.2006", "02-01-2006", "01-02-2006", "02/01/06", "01/02/06", "02.01.06",
		"02-01-06", "20060102", "2006.01.02", "2 Jan 2006", "Jan 2, 2006", "2 January 2006", "January 2, 2006", "02-Jan-2006", "02-Jan-06",
	} {
		for _, clock := range []string{"", " 15:04", " 15:04:05", ", 15:04", " 3:04 PM", ", 3:04 PM", " 3:04:05 PM"} {
			if reads(Times{layout: day + clock, location: time.UTC}, texts) {
				fit = append(fit, day+clock)
			}
		}
	}
	return fit
}

// reads reports whether all texts are dates.
func reads(t Times, texts []string) bool {
	for _, text := range texts {
		if _, err := t.byLayout(text); err != nil {
			return false
		}
	}
	return true
}
