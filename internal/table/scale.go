package table

import (
	"fmt"

	"github.com/sales-exporter/sales_exporter/internal/value"
)

// Scale says what the numbers of a column of shares are.
type Scale string

// The scales. ScaleUnknown is that of a column without any number above 0.
const (
	ScaleUnknown Scale = ""
	ScaleRatio   Scale = "ratio"   // 0.5 is a half
	ScalePercent Scale = "percent" // 50 is a half
)

// Share reads a share in a column of this scale; 0.5 is a half.
func (s Scale) Share(a Amount) float64 {
	if a.Percent || s == ScalePercent {
		return a.Float() / 100
	}
	return a.Float()
}

// Probability reads a chance in a column of this scale.
func (s Scale) Probability(a Amount) value.Probability { return value.ProbabilityOf(s.Share(a)) }

// Shares is what a column of shares says of itself.
type Shares struct {
	Scale Scale
	// Signed says that every number but 0 carries a percent sign: the scale is written, and not concluded.
	Signed bool
}

// DecideScale finds the scale of a column of shares. One number above 1, or one with a percent sign, makes all of them
// percents. A column that says "50%" here and 0.5 there is an error. One that holds nothing but 0 and 1 says nothing: 1 may
// be 1% or certain.
func (g *Grid) DecideScale(column int, decimal Decimal) (Shares, error) {
	type sighting struct {
		row         int
		place, text string
	}
	var signed, above, between, one sighting
	for _, row := range g.Rows {
		c := row.At(column)
		a, err := decimal.Amount(c)
		if err != nil {
			continue
		}
		seen := sighting{row.Number, g.Place(row.Number, column), c.Text}
		first := func(s *sighting) {
			if s.place == "" {
				*s = seen
			}
		}
		switch f := a.Float(); {
		case f <= 0:
		case a.Percent:
			seen.text = a.Number + "%"
			first(&signed)
		case f > 1:
			first(&above)
		case f < 1:
			first(&between)
		default:
			first(&one)
		}
	}
	percent, ratio := signed, between
	if percent.place == "" {
		percent = above
	} else if ratio.place == "" {
		ratio = one
	}
	switch {
	case percent.place != "" && ratio.place != "":
		return Shares{}, &Error{
			Row:  ratio.row,
			What: fmt.Sprintf("%s: %q may be %s%% or %s, since %s holds %q", ratio.place, ratio.text, ratio.text, ratio.text, percent.place, percent.text),
			Hint: "write every value of the column with a percent sign, or none of them",
		}
	case percent.place != "":
		return Shares{Scale: ScalePercent, Signed: above.place == "" && one.place == ""}, nil
	case ratio.place != "":
		return Shares{Scale: ScaleRatio}, nil
	default:
		return Shares{}, nil
	}
}
