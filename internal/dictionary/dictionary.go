package dictionary

import "hash/maphash"

// Dictionary numbers texts densely, from 0, in the order in which they first come. All text lies in one piece of memory
// without pointers, so that millions of ids cost the garbage collector nothing and a few bytes each.
type Dictionary struct {
	seed  maphash.Seed
	text  []byte
	ends  []uint32 // where each text ends; one source's ids stay far below 4 GiB
	slots []uint32 // open addressing: number + 1, 0 is free; the length is a power of two
}

// New returns a Dictionary without texts.
func New() Dictionary {
	return Dictionary{seed: maphash.MakeSeed(), slots: make([]uint32, 16)}
}

// Len returns how many texts there are.
func (d *Dictionary) Len() int { return len(d.ends) }

// Bytes returns the memory that it takes.
func (d *Dictionary) Bytes() int { return cap(d.text) + 4*cap(d.ends) + 4*cap(d.slots) }

// Code returns the number of s, giving it one where it has none.
func (d *Dictionary) Code(s string) uint32 {
	slot, code, found := d.probe(s)
	if found {
		return code
	}
	code = uint32(len(d.ends))
	d.text = append(d.text, s...)
	d.ends = append(d.ends, uint32(len(d.text)))
	d.slots[slot] = code + 1
	if len(d.ends)*4 > len(d.slots)*3 {
		d.grow()
	}
	return code
}

// Find returns the number of s, if it has one.
func (d *Dictionary) Find(s string) (uint32, bool) {
	_, code, found := d.probe(s)
	return code, found
}

// At returns the text of a number. The result is only valid until the next call of Code.
func (d *Dictionary) At(code uint32) []byte {
	start := uint32(0)
	if code > 0 {
		start = d.ends[code-1]
	}
	return d.text[start:d.ends[code]]
}

// probe returns the slot that holds s or would hold it.
func (d *Dictionary) probe(s string) (slot uint64, code uint32, found bool) {
	mask := uint64(len(d.slots) - 1)
	slot = maphash.String(d.seed, s) & mask
	for ; d.slots[slot] != 0; slot = (slot + 1) & mask {
		if code = d.slots[slot] - 1; string(d.At(code)) == s {
			return slot, code, true
		}
	}
	return slot, 0, false
}

func (d *Dictionary) grow() {
	d.slots = make([]uint32, 2*len(d.slots))
	mask := uint64(len(d.slots) - 1)
	for code := range uint32(len(d.ends)) {
		slot := maphash.Bytes(d.seed, d.At(code)) & mask
		for d.slots[slot] != 0 {
			slot = (slot + 1) & mask
		}
		d.slots[slot] = code + 1
	}
}
