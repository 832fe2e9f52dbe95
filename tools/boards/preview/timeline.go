package preview

import (
	"cmp"
	"html/template"
)

// timelineOptions are the options of state timelines and status histories.
type timelineOptions struct {
	Legend    legendOptions `json:"legend"`
	ShowValue string        `json:"showValue"`
	RowHeight float64       `json:"rowHeight"`
}

// stateTimeline draws a row per series, with equal neighbours merged to one span.
func (d *drawing) stateTimeline() (template.HTML, error) { return d.timeline(true) }

// statusHistory draws a row per series, with a cell per point.
func (d *drawing) statusHistory() (template.HTML, error) { return d.timeline(false) }

// span is a stretch of a timeline with one value.
type span struct {
	from, to float64
	shown    shown
}

// timeline draws rows over the board's time range.
func (d *drawing) timeline(merge bool) (template.HTML, error) {
	var o timelineOptions
	if err := d.options(&o); err != nil {
		return "", err
	}
	all := d.series(func(f *Frame) *Field { return f.first(Time) })
	if len(all) == 0 {
		return "", errEmpty
	}
	step := cadence(all)
	rows := make([][]span, len(all))
	var entries []entry
	for i, s := range all {
		var err error
		if rows[i], err = d.spans(s, step, merge); err != nil {
			return "", err
		}
		for _, sp := range rows[i] {
			entries = addState(entries, sp)
		}
	}
	c := d.canvas()
	d.timelineRows(c, o, d.legend(c, o.Legend, entries), all, rows)
	return c.svg(), nil
}

// timelineRows draws the rows with their names and the axis.
func (d *drawing) timelineRows(c *canvas, o timelineOptions, room box, all []*series, rows [][]span) {
	names := 0.0
	for _, s := range all {
		names = max(names, d.face.width(s.field.Title(), axisSize)+8)
	}
	room.left += min(names, d.width*0.35)
	room.bottom -= 22
	x := scale{min: float64(d.from.UnixMilli()), max: float64(d.to.UnixMilli()), from: room.left, to: room.right - 4}
	at, labels := x.timeTicks(76)
	for i, t := range at {
		c.line(x.at(t), room.top, x.at(t), room.bottom, colorGrid, "")
		c.text(x.at(t), room.bottom+16, labels[i], axisSize, colorSecondary, middle)
	}
	height := room.height() / float64(len(all))
	if height < 14 {
		d.problem("rows are only %.0f pixels high", height)
	}
	for i, s := range all {
		top := room.top + float64(i)*height
		title, clipped := d.face.clip(s.field.Title(), room.left-8, axisSize)
		if clipped {
			d.problem("name clipped: %q", s.field.Title())
		}
		c.text(room.left-8, top+height/2+4, title, axisSize, colorText, right)
		for _, sp := range rows[i] {
			d.span(c, o, sp, box{max(x.at(sp.from), room.left), top, min(x.at(sp.to), x.to), top + height})
		}
	}
}

// spans are the stretches of a series. A gap in the samples stays a gap.
func (d *drawing) spans(s *series, step float64, merge bool) ([]span, error) {
	var out []span
	for i, v := range s.field.Values {
		if v.Null {
			continue
		}
		look, err := d.formatter.display(s.field, v)
		if err != nil {
			return nil, err
		}
		next := span{from: s.x[i], to: s.x[i] + step, shown: look}
		if n := len(out); merge && n > 0 && out[n-1].shown == look && next.from-out[n-1].to < step/2 {
			out[n-1].to = next.to
			continue
		}
		out = append(out, next)
	}
	return out, nil
}

// span draws one stretch, with its value if there is room.
func (d *drawing) span(c *canvas, o timelineOptions, sp span, b box) {
	inset := b.height() * (1 - cmp.Or(o.RowHeight, 0.9)) / 2
	c.rect(b.left, b.top+inset, max(b.width()-0.5, 0.5), b.height()-2*inset, sp.shown.Color, `fill-opacity="0.85"`)
	if o.ShowValue != "never" && d.face.width(sp.shown.Text, axisSize)+8 < b.width() && b.height() > 14 {
		c.text(b.left+4, (b.top+b.bottom)/2+4, sp.shown.Text, axisSize, onColor(sp.shown.Color), left)
	}
}

// addState adds a state to the legend once.
func addState(entries []entry, sp span) []entry {
	for _, e := range entries {
		if e.title == sp.shown.Text {
			return entries
		}
	}
	return append(entries, entry{color: sp.shown.Color, title: sp.shown.Text})
}
