package cube

// BlockRows is how many rows are looked at at once: few enough for what is known of them to stay in the cache.
const BlockRows = 1024

// Selection is what is known of some rows of a block: those with a date that somebody asks for, those that are open. All
// lanes that add up such rows share it.
type Selection struct {
	Len    int
	Groups []uint32
	Atoms  []Atoms
	Any    Atoms     // those that some row has, at least
	Owns   []uint8   // the row's value of the own label, from a closed set
	Axes   [][]int32 // by axis: the position of the row on it, negative where it has none
	Values [][]int64 // by column
}

// NewSelection returns an empty selection with some axes and columns.
func NewSelection(axes, columns int) *Selection {
	s := &Selection{
		Groups: make([]uint32, BlockRows), Atoms: make([]Atoms, BlockRows), Owns: make([]uint8, BlockRows),
		Axes: make([][]int32, axes), Values: make([][]int64, columns),
	}
	for i := range s.Axes {
		s.Axes[i] = make([]int32, BlockRows)
	}
	for i := range s.Values {
		s.Values[i] = make([]int64, BlockRows)
	}
	return s
}
