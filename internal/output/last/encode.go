package last

import (
	"encoding/binary"
	"hash/crc64"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/output"
)

// A file is the magic, the origin, the body and a checksum of all before it. The body is numbers of variable length,
// and texts by their number: a snapshot repeats a few thousand texts a million times. In order: the texts; the instant;
// the reads; the families with their samples.
const magic = "sales_exporter last snapshot 1\n"

var checksum = crc64.MakeTable(crc64.ECMA)

// encoder builds a body.
type encoder struct {
	body    []byte
	numbers map[string]uint64 // of the texts
	texts   []string
}

func encode(s *output.Snapshot) []byte {
	e := &encoder{numbers: map[string]uint64{}}
	e.time(s.At)
	e.count(len(s.Reads))
	for _, source := range slices.Sorted(maps.Keys(s.Reads)) {
		e.text(source)
		e.time(s.Reads[source])
	}
	folded := map[string]int{}
	for _, size := range s.Sizes {
		folded[size.Metric] = size.Folded
	}
	e.count(len(s.Families))
	for i := range s.Families {
		f := &s.Families[i]
		e.text(f.Name)
		e.count(folded[f.Name])
		e.family(f)
	}
	out := append([]byte(magic), s.Origin[:]...)
	out = binary.AppendUvarint(out, uint64(len(e.texts)))
	for _, text := range e.texts {
		out = append(binary.AppendUvarint(out, uint64(len(text))), text...)
	}
	out = append(out, e.body...)
	return binary.LittleEndian.AppendUint64(out, crc64.Checksum(out, checksum))
}

func (e *encoder) family(f *output.Family) {
	e.count(len(f.Samples))
	var labels *output.Labels
	for i := range f.Samples {
		s := &f.Samples[i]
		if s.Labels == labels {
			e.count(0) // The names of the sample before.
		} else {
			labels = s.Labels
			e.count(1 + len(labels.Names))
			for _, name := range labels.Names {
				e.text(name)
			}
		}
		for j := range labels.Names {
			e.text(s.LabelValue(j))
		}
		h := s.Histogram
		if h == nil {
			e.count(0)
			e.float(s.Value)
			continue
		}
		e.count(1 + len(h.Bounds))
		for j, bound := range h.Bounds {
			e.float(bound)
			e.number(h.Counts[j])
		}
		e.number(h.Count)
		e.float(h.Sum)
	}
}

func (e *encoder) number(n uint64) { e.body = binary.AppendUvarint(e.body, n) }
func (e *encoder) count(n int)     { e.number(uint64(n)) } //nolint:gosec // Counts are not negative.
func (e *encoder) float(f float64) {
	e.body = binary.LittleEndian.AppendUint64(e.body, math.Float64bits(f))
}
func (e *encoder) time(t time.Time) { e.body = binary.AppendVarint(e.body, t.UnixNano()) }

func (e *encoder) text(text string) {
	number, known := e.numbers[text]
	if !known {
		number = uint64(len(e.texts))
		e.numbers[text] = number
		e.texts = append(e.texts, text)
	}
	e.number(number)
}
