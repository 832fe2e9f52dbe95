// Package measure takes the figures: processor time of this process or another one, memory, and several sides in turn.
package measure

import (
	"slices"
	"time"
)

// Figure is what several rounds of one measurement gave, in the unit of its comparison.
type Figure struct {
	Median float64 `json:"median"`
	Min    float64 `json:"min"`
	Max    float64 `json:"max"`
	Rounds int     `json:"rounds"`
}

// Of returns the figure of measured values; at least one is needed.
func Of(values ...float64) Figure {
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	return Figure{Median: (sorted[(n-1)/2] + sorted[n/2]) / 2, Min: sorted[0], Max: sorted[n-1], Rounds: n}
}

// Times returns the figure in another unit.
func (f Figure) Times(factor float64) Figure {
	return Figure{Median: f.Median * factor, Min: f.Min * factor, Max: f.Max * factor, Rounds: f.Rounds}
}

// Plus returns the figure of two things that happen one after the other.
func (f Figure) Plus(other Figure) Figure {
	return Figure{
		Median: f.Median + other.Median, Min: f.Min + other.Min, Max: f.Max + other.Max,
		Rounds: min(f.Rounds, other.Rounds),
	}
}

// Side is one of the things that are compared.
type Side struct {
	// Clock is what is read before and after Run; nil is CPU, the processor time of this process.
	Clock func() (time.Duration, error)
	Run   func() error
}

// Alternate runs the sides in turn, so that a change of the machine's load meets all of them, and returns the
// milliseconds that each took. A round before the first is not counted: it fills caches.
func Alternate(rounds int, sides ...Side) ([]Figure, error) {
	values := make([][]float64, len(sides))
	for round := range rounds + 1 {
		for i, side := range sides {
			took, err := side.once()
			if err != nil {
				return nil, err
			}
			if round > 0 {
				values[i] = append(values[i], milliseconds(took))
			}
		}
	}
	figures := make([]Figure, len(sides))
	for i := range sides {
		figures[i] = Of(values[i]...)
	}
	return figures, nil
}

func (s Side) once() (time.Duration, error) {
	clock := s.Clock
	if clock == nil {
		collect()
		clock = CPU
	}
	before, err := clock()
	if err != nil {
		return 0, err
	}
	if err := s.Run(); err != nil {
		return 0, err
	}
	after, err := clock()
	return after - before, err
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
