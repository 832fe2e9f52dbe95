package metric

import (
	"fmt"
	"strings"
)

// Reduction says what the limits took away from a snapshot. Sums are never lost: what is dropped or folded adds up in
// the series that are left.
type Reduction struct {
	Dropped []string // dimensions whose label is empty, in the order in which they went
	Folded  []Folding
	Left    []string // metrics that are left out, since nothing else makes the page fit
}

// Folding says how many values of a dimension keep their names.
type Folding struct {
	Dimension string
	Named, Of int
}

// Any reports whether anything was taken away.
func (r *Reduction) Any() bool { return len(r.Dropped)+len(r.Folded)+len(r.Left) > 0 }

// Key is equal for reductions of the same kind: it leaves out how many values are folded, which changes with every deal.
func (r *Reduction) Key() string {
	var folded []string
	for _, f := range r.Folded {
		folded = append(folded, f.Dimension)
	}
	return fmt.Sprint(r.Dropped, folded, r.Left)
}

// String tells people, "" where nothing was taken away.
func (r *Reduction) String() string {
	var parts []string
	if len(r.Dropped) > 0 {
		parts = append(parts, "dropped dimensions: "+strings.Join(r.Dropped, ", "))
	}
	for _, f := range r.Folded {
		if f.Named == 0 {
			parts = append(parts, fmt.Sprintf(`all %d values of %s are folded into "other"`, f.Of, f.Dimension))
			continue
		}
		parts = append(parts, fmt.Sprintf(`%d of %d values of %s keep their names, the others are folded into "other"`,
			f.Named, f.Of, f.Dimension))
	}
	if len(r.Left) > 0 {
		parts = append(parts, "dropped metrics: "+strings.Join(r.Left, ", "))
	}
	return strings.Join(parts, "; ")
}
