package last

import (
	"encoding/binary"
	"hash/crc64"
	"math"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/kpi"
	"github.com/sales-exporter/sales_exporter/internal/metric"
	"github.com/sales-exporter/sales_exporter/internal/output"
)

// decoder reads a body. What it reads behind the end, or of what cannot be, is 0 and marks it as damaged.
type decoder struct {
	rest    []byte
	texts   []string
	damaged bool
}

// decode returns what a file holds.
func decode(content []byte, origin output.Origin) (*Kept, error) {
	const head, tail = len(magic) + len(origin), 8
	if len(content) < head+tail {
		return nil, ErrDamaged
	}
	body, sum := content[:len(content)-tail], content[len(content)-tail:]
	if crc64.Checksum(body, checksum) != binary.LittleEndian.Uint64(sum) {
		return nil, ErrDamaged
	}
	if output.Origin(body[len(magic):head]) != origin {
		return nil, ErrOrigin
	}
	d := &decoder{rest: body[head:]}
	kept := d.kept()
	if d.damaged || len(d.rest) > 0 {
		return nil, ErrDamaged
	}
	return kept, nil
}

func (d *decoder) kept() *Kept {
	d.texts = make([]string, d.count())
	for i := range d.texts {
		d.texts[i] = string(d.take(d.count()))
	}
	kept := &Kept{Snapshot: &metric.Snapshot{At: d.time()}, Reads: map[string]time.Time{}}
	for range d.count() {
		source := d.text()
		kept.Reads[source] = d.time()
	}
	metrics := map[string]*metric.Metric{}
	catalogue := kpi.Catalogue()
	for i := range catalogue {
		metrics[catalogue[i].Name] = &catalogue[i]
	}
	for range d.count() {
		m := metrics[d.text()]
		if m == nil {
			d.damaged = true
			break
		}
		family := metric.Family{Metric: m, Folded: d.number()}
		family.Samples = d.samples()
		kept.Snapshot.Families = append(kept.Snapshot.Families, family)
	}
	return kept
}

func (d *decoder) samples() []metric.Sample {
	samples := make([]metric.Sample, d.count())
	var labels, free []string
	var bounds []float64
	for i := range samples {
		s := &samples[i]
		if n := d.count(); n > 0 {
			labels = make([]string, n-1)
			for j := range labels {
				labels[j] = d.text()
			}
		}
		if len(free) < len(labels) {
			free = make([]string, len(labels)*min(len(samples)-i, valuesAtOnce)) // A piece of memory for many samples.
		}
		s.Labels, s.Values = labels, free[:len(labels):len(labels)]
		free = free[len(labels):]
		for j := range s.Values {
			s.Values[j] = d.text()
		}
		if n := d.count(); n > 0 {
			s.Histogram, bounds = d.histogram(n-1, bounds)
		} else {
			s.Value = d.float()
		}
		if d.damaged {
			return nil
		}
	}
	return samples
}

const valuesAtOnce = 1024

// histogram reads a histogram of n buckets. It shares the bounds of the one before where they are the same.
func (d *decoder) histogram(n int, before []float64) (*metric.Histogram, []float64) {
	h := &metric.Histogram{Bounds: make([]float64, n), Counts: make([]uint64, n)}
	same := len(before) == n
	for i := range n {
		h.Bounds[i], h.Counts[i] = d.float(), d.uint64()
		same = same && h.Bounds[i] == before[i]
	}
	if same {
		h.Bounds = before
	}
	h.Count, h.Sum = d.uint64(), d.float()
	return h, h.Bounds
}

func (d *decoder) uint64() uint64 {
	value, n := binary.Uvarint(d.rest)
	if n <= 0 {
		d.fail()
		return 0
	}
	d.rest = d.rest[n:]
	return value
}

// number reads a number that is no more than a 32-bit one.
func (d *decoder) number() int {
	n := d.uint64()
	if n > math.MaxInt32 {
		d.fail()
		return 0
	}
	return int(n)
}

// count reads a number of things, each of which takes a byte at least.
func (d *decoder) count() int {
	n := d.number()
	if n > len(d.rest) {
		d.fail()
		return 0
	}
	return n
}

func (d *decoder) text() string {
	number := d.number()
	if number >= len(d.texts) {
		d.fail()
		return ""
	}
	return d.texts[number]
}

func (d *decoder) time() time.Time {
	nanos, n := binary.Varint(d.rest)
	if n <= 0 {
		d.fail()
		return time.Time{}
	}
	d.rest = d.rest[n:]
	return time.Unix(0, nanos)
}

func (d *decoder) float() float64 { return math.Float64frombits(binary.LittleEndian.Uint64(d.take(8))) }

// take returns the next bytes; zeros where there are not as many.
func (d *decoder) take(n int) []byte {
	if n > len(d.rest) {
		d.fail()
		return make([]byte, n)
	}
	taken := d.rest[:n]
	d.rest = d.rest[n:]
	return taken
}

func (d *decoder) fail() { d.damaged, d.rest = true, nil }
