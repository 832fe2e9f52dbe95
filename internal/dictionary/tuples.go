package dictionary

import (
	"encoding/binary"
	"slices"
)

// Tuples numbers rows of numbers. Deals share few combinations of pipeline, rep and dimension values: a deal keeps the
// number of its combination, and a Compute resolves each combination to labels once.
type Tuples struct {
	width int
	dict  Dictionary
	key   []byte
}

// NewTuples returns Tuples in which all zeros is number 0.
func NewTuples(width int) Tuples {
	t := Tuples{width: width, dict: New()}
	t.Code(make([]uint32, width))
	return t
}

// Len returns how many there are.
func (t *Tuples) Len() int { return t.dict.Len() }

// Code returns the number of a tuple, giving it one where it has none.
func (t *Tuples) Code(values []uint32) uint32 {
	t.key = t.key[:0]
	for _, v := range values {
		t.key = binary.LittleEndian.AppendUint32(t.key, v)
	}
	return t.dict.Code(string(t.key))
}

// At returns the values of a tuple in buffer.
func (t *Tuples) At(code uint32, buffer []uint32) []uint32 {
	buffer = buffer[:0]
	for chunk := range slices.Chunk(t.dict.At(code), 4) {
		buffer = append(buffer, binary.LittleEndian.Uint32(chunk))
	}
	return buffer
}
