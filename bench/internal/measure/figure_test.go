package measure

import (
	"testing"
	"time"
)

func TestFigure(t *testing.T) {
	for name, test := range map[string]struct {
		values []float64
		want   Figure
	}{
		"one":            {[]float64{4}, Figure{4, 4, 4, 1}},
		"an odd number":  {[]float64{9, 1, 4}, Figure{4, 1, 9, 3}},
		"an even number": {[]float64{9, 1, 4, 2}, Figure{3, 1, 9, 4}},
	} {
		if got := Of(test.values...); got != test.want {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
	}
	if got, want := Of(1, 3).Plus(Of(10)).Times(2), (Figure{24, 22, 26, 1}); got != want {
		t.Errorf("sum: %v, want %v", got, want)
	}
}

// TestAlternate holds that sides take turns, that each is measured by its own clock and that the first round is left
// out.
func TestAlternate(t *testing.T) {
	var turns string
	var clock time.Duration
	side := func(name string, first, later time.Duration) Side {
		runs := 0
		return Side{
			Clock: func() (time.Duration, error) { return clock, nil },
			Run: func() error {
				turns += name
				if clock += later; runs == 0 {
					clock += first - later
				}
				runs++
				return nil
			},
		}
	}
	figures, err := Alternate(2, side("a", time.Hour, time.Millisecond), side("b", time.Hour, 3*time.Millisecond))
	if err != nil {
		t.Fatal(err)
	}
	if turns != "ababab" {
		t.Errorf("turns %s", turns)
	}
	if figures[0] != (Figure{1, 1, 1, 2}) || figures[1] != (Figure{3, 3, 3, 2}) {
		t.Errorf("figures %v", figures)
	}
}
