// Package seal makes checksums of rows. A database notices a broken page, but to it a flipped bit inside an amount is
// just another amount.
package seal

import (
	"encoding/binary"
	"hash/crc32"
)

// Seal is a checksum in the making: Begin, what is to be sealed, Sum.
type Seal struct{ buffer []byte }

// polynomial is CRC-32C: processors compute it, and it finds every change of a few bits in a text as short as a row.
var polynomial = crc32.MakeTable(crc32.Castagnoli)

// Begin starts anew.
func (s *Seal) Begin() *Seal {
	s.buffer = s.buffer[:0]
	return s
}

// Text seals a text.
func (s *Seal) Text(text string) *Seal {
	s.buffer = append(binary.AppendUvarint(s.buffer, uint64(len(text))), text...)
	return s
}

// Bytes seals bytes.
func (s *Seal) Bytes(b []byte) *Seal {
	s.buffer = append(binary.AppendUvarint(s.buffer, uint64(len(b))), b...)
	return s
}

// Integer seals a number.
func (s *Seal) Integer(n int64) *Seal {
	s.buffer = binary.AppendVarint(s.buffer, n)
	return s
}

// Sum returns the checksum.
func (s *Seal) Sum() int64 {
	return int64(crc32.Checksum(s.buffer, polynomial))
}
