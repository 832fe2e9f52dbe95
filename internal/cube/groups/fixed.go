package groups

import "slices"

// Fixed is a dimension whose value somebody fixes, as the scope of a target does.
type Fixed struct {
	Index  int
	Text   string   // as it is asked for
	Shown  string   // as the data spells it
	Wanted []uint32 // numbers of the lower-case texts that it stands for, none where no record holds such a value
}

// wants reports whether a value with some lower-case text is in the scope.
func (f *Fixed) wants(lower uint32) bool { return slices.Contains(f.Wanted, lower) }

// Take makes the scope stand for some values. Of several spellings it is shown in its own, or in the first in order.
func (f *Fixed) Take(d *Dimension, values []uint32) {
	var spellings []string
	for _, value := range values {
		spellings = append(spellings, d.Texts[value])
		f.Wanted = append(f.Wanted, d.Lower[value])
	}
	slices.Sort(f.Wanted)
	f.Wanted = slices.Compact(f.Wanted)
	if len(spellings) > 0 && !slices.Contains(spellings, f.Text) {
		f.Shown = slices.Min(spellings)
	}
}
