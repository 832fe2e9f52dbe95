package page

import (
	"compress/flate"
	"encoding/binary"
	"hash/crc32"
	"io"
	"sync"
)

// deflated is a piece of a gzip file: compressed so that a piece may stand before it, with what the file's end says of
// its text.
type deflated struct {
	body   []byte // whole bytes of DEFLATE
	crc    uint32 // of the text
	length int64  // of the text
}

// A gzip file has one member here, whose parts are compressed at different times. Members could simply stand one after
// another, but browsers stop at the end of the first one and would show a part of the page as if it were the whole.
var (
	gzipHead    = []byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 255} // DEFLATE, no name, no time, fastest, unknown system
	compressors = sync.Pool{New: func() any {
		// The fastest level: the page is compressed every minute and read by few.
		w, err := flate.NewWriter(nil, flate.BestSpeed)
		if err != nil {
			panic("create compressor: " + err.Error()) // Only a wrong level fails.
		}
		return w
	}}
)

// deflate compresses what write writes. The last piece of a file ends the stream of DEFLATE.
func deflate(last bool, write func(io.Writer) error) (deflated, error) {
	var out sink
	crc := crc32.NewIEEE()
	var length counter
	w := compressors.Get().(*flate.Writer) //nolint:forcetypeassert // The pool holds nothing else.
	defer compressors.Put(w)
	w.Reset(&out)
	err := write(io.MultiWriter(w, crc, &length))
	if err == nil && last {
		err = w.Close()
	} else if err == nil {
		err = w.Flush() // To the end of a byte.
	}
	return deflated{body: out, crc: crc.Sum32(), length: int64(length)}, err
}

// gzipTail returns the end of a gzip file of two pieces.
func gzipTail(first, second deflated, shift uint32) []byte {
	crc := multiply(shift, first.crc) ^ second.crc
	tail := binary.LittleEndian.AppendUint32(nil, crc)
	return binary.LittleEndian.AppendUint32(tail, uint32(first.length+second.length)) //nolint:gosec // modulo 2^32 by RFC 1952
}

// shiftOf returns x^(8n) modulo the polynomial of CRC-32: a checksum times that is the checksum with n zero bytes
// behind it. So the checksum of a joined text follows from those of its parts, as zlib's crc32_combine has it.
func shiftOf(n int64) uint32 {
	const x0, x8 = 1 << 31, 1 << (31 - 8) // The highest bit is the lowest power.
	shift, power := uint32(x0), uint32(x8)
	for ; n > 0; n >>= 1 {
		if n&1 == 1 {
			shift = multiply(shift, power)
		}
		power = multiply(power, power)
	}
	return shift
}

// multiply multiplies two polynomials modulo that of CRC-32.
func multiply(a, b uint32) uint32 {
	product := uint32(0)
	for bit := uint32(1 << 31); bit != 0; bit >>= 1 {
		if a&bit != 0 {
			product ^= b
		}
		carry := b & 1
		b >>= 1
		if carry != 0 {
			b ^= crc32.IEEE
		}
	}
	return product
}

// sink keeps what is written.
type sink []byte

// Write implements io.Writer.
func (s *sink) Write(b []byte) (int, error) {
	*s = append(*s, b...)
	return len(b), nil
}

// counter counts the bytes that are written.
type counter int64

// Write implements io.Writer.
func (c *counter) Write(b []byte) (int, error) {
	*c += counter(len(b))
	return len(b), nil
}
