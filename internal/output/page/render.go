package page

import (
	"io"

	"github.com/sales-exporter/sales_exporter/internal/output"
)

// renderChunk is how much is rendered before it is handed on: a page of a hundred thousand series is 20 MB, which need
// not be held to be compressed.
const renderChunk = 64 << 10

// renderer writes a snapshot, byte by byte as expfmt would write it.
type renderer struct {
	dialect dialect
	out     io.Writer
	line    []byte
	heads   map[*output.Labels][]string // what stands before each label's value
	bounds  *float64                    // first of the bounds that les are of
	les     []string                    // what stands after a bucket's last label, up to its count
}

// render writes the families of a snapshot and what ends the page.
func (d dialect) render(out io.Writer, snapshot *output.Snapshot) error {
	r := &renderer{
		dialect: d, out: out, line: make([]byte, 0, renderChunk+4096), heads: map[*output.Labels][]string{},
	}
	if snapshot != nil {
		for i := range snapshot.Families {
			if err := r.family(&snapshot.Families[i]); err != nil {
				return err
			}
		}
	}
	r.line = append(r.line, d.end...)
	return r.flush()
}

func (r *renderer) flush() error {
	_, err := r.out.Write(r.line)
	r.line = r.line[:0]
	return err
}

func (r *renderer) family(f *output.Family) error {
	kind := " gauge\n"
	if f.Histogram {
		kind = " histogram\n"
	}
	r.line = append(append(append(r.line, "# HELP "...), f.Name...), ' ')
	r.line = append(appendEscaped(r.line, f.Help, r.dialect.quoted), '\n')
	r.line = append(append(append(r.line, "# TYPE "...), f.Name...), kind...)
	for i := range f.Samples {
		if sample := &f.Samples[i]; f.Histogram {
			r.histogram(f.Name, sample)
		} else {
			r.series(f.Name, "", sample, "")
			r.line = append(r.dialect.float(r.line, sample.Value), '\n')
		}
		if len(r.line) >= renderChunk {
			if err := r.flush(); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *renderer) histogram(name string, s *output.Sample) {
	h := s.Histogram
	r.setBounds(h.Bounds)
	for i, le := range r.les {
		count := h.Count
		if i < len(h.Counts) {
			count = h.Counts[i]
		}
		r.series(name, "_bucket", s, le)
		r.line = append(r.dialect.count(r.line, count), '\n')
	}
	r.series(name, "_sum", s, "")
	r.line = append(r.dialect.float(r.line, h.Sum), '\n')
	r.series(name, "_count", s, "")
	r.line = append(r.dialect.count(r.line, h.Count), '\n')
}

// setBounds formats the bounds of buckets, unless they are those of the histogram before.
func (r *renderer) setBounds(bounds []float64) {
	if len(r.les) == len(bounds)+1 && (len(bounds) == 0 || r.bounds == &bounds[0]) {
		return
	}
	r.les = r.les[:0]
	for _, bound := range bounds {
		r.les = append(r.les, `le="`+string(r.dialect.float(nil, bound))+`"`)
	}
	r.les = append(r.les, `le="+Inf"`)
	if len(bounds) > 0 {
		r.bounds = &bounds[0]
	}
}

// series appends the name and the labels of a series. The last label, le, is only that of a bucket.
func (r *renderer) series(name, suffix string, s *output.Sample, le string) {
	line := append(append(r.line, name...), suffix...)
	for i, head := range r.headsOf(s.Labels) {
		line = append(appendEscaped(append(line, head...), s.LabelValue(i), true), '"')
	}
	switch labeled := len(s.Values) > 0; {
	case le == "" && labeled:
		line = append(line, "} "...)
	case le == "":
		line = append(line, ' ')
	case labeled:
		line = append(append(append(line, ','), le...), "} "...)
	default:
		line = append(append(append(line, '{'), le...), "} "...)
	}
	r.line = line
}

// headsOf returns what stands before the value of each label.
func (r *renderer) headsOf(labels *output.Labels) []string {
	heads, known := r.heads[labels]
	if !known {
		separator := "{"
		for _, name := range labels.Names {
			heads = append(heads, separator+name+`="`)
			separator = ","
		}
		r.heads[labels] = heads
	}
	return heads
}
