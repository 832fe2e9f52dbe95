package preview

import (
	"fmt"
	"math"
	"slices"
)

// reducers name the calculations as legends and tables head them.
func reducerTitle(id string) string {
	if title, ok := map[string]string{
		"lastNotNull": "Last *", "last": "Last", "firstNotNull": "First *", "first": "First", "mean": "Mean",
		"min": "Min", "max": "Max", "sum": "Total", "count": "Count", "range": "Range", "diff": "Difference",
	}[id]; ok {
		return title
	}
	return id
}

// reduce makes one number of a column. Cells that were not measured are skipped, save by first and last.
func reduce(id string, f *Field) (Value, error) {
	all := f.Values
	if len(all) == 0 {
		return null(), nil
	}
	switch id {
	case "last":
		return all[len(all)-1], nil
	case "first":
		return all[0], nil
	}
	kept := slices.DeleteFunc(slices.Clone(all), func(v Value) bool { return v.Null })
	if id == "count" {
		return number(float64(len(kept))), nil
	}
	if len(kept) == 0 {
		return null(), nil
	}
	low, high, sum := math.Inf(1), math.Inf(-1), 0.0
	for _, v := range kept {
		low, high, sum = min(low, v.Num), max(high, v.Num), sum+v.Num
	}
	first, last := kept[0], kept[len(kept)-1]
	switch id {
	case "lastNotNull", "":
		return last, nil
	case "firstNotNull":
		return first, nil
	case "mean":
		return number(sum / float64(len(kept))), nil
	case "min":
		return number(low), nil
	case "max":
		return number(high), nil
	case "sum":
		return number(sum), nil
	case "range":
		return number(high - low), nil
	case "diff":
		return number(last.Num - first.Num), nil
	}
	return Value{}, fmt.Errorf("calculation %q is not drawn yet", id)
}
