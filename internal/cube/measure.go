package cube

import (
	"math"
	"math/bits"
)

// Atoms are the facts about a row that measures may ask for, a bit each.
type Atoms uint32

// Rows stands for no column: what is added up is 1 for each row.
const Rows = -1

// Measure is something that adds up, as data.
type Measure struct {
	Where   Atoms    // a row must have all of them
	Value   int      // column of the Selection, or Rows
	Buckets *Buckets // nil adds the values up; with buckets the rows are also counted by the bucket of their value
}

// field is a measure and where its words are in a cell.
type field struct {
	Measure
	at   int
	wide bool
}

// A sum takes a word, after one for the number of rows that it is of. A wide one takes two: it keeps the lower and the
// upper half of its values apart, of which those of fewer than 2^31 rows cannot overflow.
const (
	narrowWords = 1
	wideWords   = 2
)

// words returns how many words of a cell the field takes.
func (f *field) words() int {
	switch {
	case f.Value == Rows:
		return 1
	case f.wide:
		return f.counts() + wideWords
	default:
		return f.counts() + narrowWords
	}
}

// counts returns how many words count rows.
func (f *field) counts() int {
	if f.Buckets == nil {
		return 1
	}
	return len(f.Buckets.Limits) + 1
}

// overflows reports whether the sum of so many values, none of which is larger than bound, may exceed 63 bits.
func overflows(bound uint64, rows int) bool {
	high, low := bits.Mul64(bound, uint64(rows))
	return high > 0 || low > math.MaxInt64
}

// total returns the sum of a cell.
func (f *field) total(cell []int64) Total {
	if f.Value == Rows {
		return totalOf(cell[f.at])
	}
	at := f.at + f.counts()
	if !f.wide {
		return totalOf(cell[at])
	}
	return totalOf(cell[at]).plus(totalOf(cell[at+1]).shifted())
}

// add adds rows of a selection to the cells at some places of sums.
func (f *field) add(sums []int64, to, from []uint32, s *Selection) {
	switch {
	case f.Where&^s.Any != 0: // No row has all that it asks for.
	case f.Buckets != nil:
		f.distribute(sums, to, from, s)
	case f.Value == Rows:
		f.count(sums, to, from, s.Atoms)
	case f.wide:
		f.addWide(sums, to, from, s.Atoms, s.Values[f.Value])
	default:
		f.addNarrow(sums, to, from, s.Atoms, s.Values[f.Value])
	}
}

// count and the others know no branch that depends on data: whether a deal was won is a coin toss to the processor. all is
// -1 where a row has all that the measure asks for, else 0.
func (f *field) count(sums []int64, to, from []uint32, atoms []Atoms) {
	where := f.Where
	sums, from = sums[f.at:], from[:len(to)]
	for k, cell := range to {
		all := (int64(atoms[from[k]]&where^where) - 1) >> 63
		sums[cell] -= all
	}
}

func (f *field) addNarrow(sums []int64, to, from []uint32, atoms []Atoms, values []int64) {
	where := f.Where
	sums, from, values = sums[f.at:], from[:len(to)], values[:len(atoms)]
	for k, cell := range to {
		i := from[k]
		all := (int64(atoms[i]&where^where) - 1) >> 63
		part := sums[cell:][:2]
		part[0] -= all
		part[1] += values[i] & all
	}
}

func (f *field) addWide(sums []int64, to, from []uint32, atoms []Atoms, values []int64) {
	where := f.Where
	sums, from, values = sums[f.at:], from[:len(to)], values[:len(atoms)]
	for k, cell := range to {
		i := from[k]
		all := (int64(atoms[i]&where^where) - 1) >> 63
		value := values[i] & all
		part := sums[cell:][:3]
		part[0] -= all
		part[1] += value & halfMask
		part[2] += value >> halfBits
	}
}

func (f *field) distribute(sums []int64, to, from []uint32, s *Selection) {
	values, sum := s.Values[f.Value], f.at+f.counts()
	for k, cell := range to {
		i := from[k]
		if s.Atoms[i]&f.Where != f.Where {
			continue
		}
		value := values[i]
		sums[int(cell)+f.at+f.Buckets.of(value)]++
		if f.wide {
			sums[int(cell)+sum] += value & halfMask
			sums[int(cell)+sum+1] += value >> halfBits
		} else {
			sums[int(cell)+sum] += value
		}
	}
}

const (
	halfBits = 32
	halfMask = 1<<halfBits - 1
)
