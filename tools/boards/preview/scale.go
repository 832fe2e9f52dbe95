package preview

import (
	"math"
	"time"
)

// scale maps values to pixels.
type scale struct {
	min, max float64
	from, to float64
}

// at is the pixel of a value.
func (s scale) at(v float64) float64 {
	return s.from + (v-s.min)/(s.max-s.min)*(s.to-s.from)
}

// niceRange widens a range of values as Grafana's axes do: a tenth on each side, and zero if it is near.
func niceRange(low, high float64) (niceLow, niceHigh float64) {
	delta := high - low
	size := delta
	if size == 0 {
		size = max(math.Abs(high), 1)
	}
	unit := math.Pow(10, math.Floor(math.Log10(size))) / 10
	pad := size * 0.1
	niceLow = math.Floor((low-pad)/unit+1e-9) * unit
	niceHigh = math.Ceil((high+pad)/unit-1e-9) * unit
	if low >= 0 && niceLow <= 0 {
		niceLow = 0
	}
	if high <= 0 && niceHigh >= 0 {
		niceHigh = 0
	}
	if niceLow == niceHigh {
		niceHigh = niceLow + 1
	}
	return niceLow, niceHigh
}

// ticks are round values within a scale, at least some pixels apart.
func (s scale) ticks(spacing float64) []float64 {
	count := max(math.Abs(s.to-s.from)/spacing, 1)
	step := niceStep((s.max - s.min) / count)
	var out []float64
	for i := math.Ceil(s.min/step - 1e-9); i*step <= s.max+step*1e-9; i++ {
		out = append(out, i*step)
	}
	return out
}

// niceStep is the smallest round number that is not under a least one.
func niceStep(least float64) float64 {
	if least <= 0 {
		return 1
	}
	unit := math.Pow(10, math.Floor(math.Log10(least)))
	for _, m := range []float64{1, 2, 2.5, 5} {
		if m*unit >= least*(1-1e-9) {
			return m * unit
		}
	}
	return 10 * unit
}

// timeTicks are round instants within a scale of milliseconds, with their labels.
func (s scale) timeTicks(spacing float64) (at []float64, labels []string) {
	from, to := msTime(s.min), msTime(s.max)
	least := time.Duration(float64(to.Sub(from)) * spacing / math.Max(s.to-s.from, 1))
	const day = 24 * time.Hour
	for _, step := range []time.Duration{
		time.Second, 5 * time.Second, 15 * time.Second, 30 * time.Second,
		time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 15 * time.Minute, 30 * time.Minute,
		time.Hour, 2 * time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour,
		day, 2 * day, 4 * day, 7 * day, 14 * day,
	} {
		if step < least {
			continue
		}
		layout := tickLayout(step, to.Sub(from))
		for t := from.Truncate(step); !t.After(to); t = t.Add(step) {
			if !t.Before(from) {
				at, labels = append(at, float64(t.UnixMilli())), append(labels, t.Format(layout))
			}
		}
		return at, labels
	}
	months := int(math.Ceil(least.Hours() / 24 / 31))
	for t := time.Date(from.Year(), from.Month()+1, 1, 0, 0, 0, 0, time.UTC); !t.After(to); t = t.AddDate(0, months, 0) {
		at, labels = append(at, float64(t.UnixMilli())), append(labels, t.Format("2006-01"))
	}
	return at, labels
}

// tickLayout is how instants are written along an axis.
func tickLayout(step, span time.Duration) string {
	switch {
	case step < time.Minute:
		return "15:04:05"
	case step < 24*time.Hour && span <= 24*time.Hour:
		return "15:04"
	case step < 24*time.Hour:
		return "01/02 15:04"
	}
	return "01/02"
}
