package page

import (
	"io"
	"sync"
	"sync/atomic"

	"github.com/prometheus/common/expfmt"

	"github.com/sales-exporter/sales_exporter/internal/output"
)

// form is one of the ways in which a page is kept ready.
type form struct {
	kind expfmt.FormatType
	gzip bool
}

// forms lists all of them. The other formats of protocol buffers are for people to read and made anew.
var forms = []form{
	{kind: expfmt.TypeTextPlain},
	{kind: expfmt.TypeTextPlain, gzip: true},
	{kind: expfmt.TypeOpenMetrics},
	{kind: expfmt.TypeOpenMetrics, gzip: true},
	{kind: expfmt.TypeProtoDelim},
	{kind: expfmt.TypeProtoDelim, gzip: true},
}

// render writes a snapshot and what ends the page.
func (f form) render(w io.Writer, snapshot *output.Snapshot) error {
	switch f.kind {
	case expfmt.TypeProtoDelim:
		return renderMessages(w, snapshot)
	case expfmt.TypeOpenMetrics:
		return openMetricsDialect.render(w, snapshot)
	default:
		return textDialect.render(w, snapshot)
	}
}

// served is a snapshot and its forms.
type served struct {
	snapshot *output.Snapshot // nil before the first one
	bodies   map[form]*body
}

// body is one form of a snapshot, made when it is first asked for.
type body struct {
	deflated        // of a compressed form; else body is the text itself
	shift    uint32 // see gzipTail
	once     sync.Once
	asked    atomic.Bool
	err      error
}

func newServed(snapshot *output.Snapshot) *served {
	s := &served{snapshot: snapshot, bodies: make(map[form]*body, len(forms))}
	for _, f := range forms {
		s.bodies[f] = &body{}
	}
	return s
}

// prepare makes the forms that were asked for of the page before.
func (s *served) prepare(before *served) error {
	if before == nil {
		return nil
	}
	for f, b := range before.bodies {
		if !b.asked.Load() {
			continue
		}
		if _, err := s.make(f); err != nil {
			return err
		}
	}
	return nil
}

// body returns a form and remembers that somebody wants it.
func (s *served) body(f form) (*body, error) {
	s.bodies[f].asked.Store(true)
	return s.make(f)
}

// make makes a form once; whoever asks for it meanwhile waits for it.
func (s *served) make(f form) (*body, error) {
	b := s.bodies[f]
	b.once.Do(func() {
		render := func(w io.Writer) error { return f.render(w, s.snapshot) }
		if !f.gzip {
			var text sink
			b.err = render(&text)
			b.body = text
			return
		}
		b.deflated, b.err = deflate(true, render)
		b.shift = shiftOf(b.length)
	})
	return b, b.err
}
