package preview

import (
	"cmp"
	"errors"
	"html/template"
	"math"
	"slices"
	"strconv"
)

// heatmapOptions are the options of a heatmap.
type heatmapOptions struct {
	Calculate bool `json:"calculate"`
	Color     struct {
		Scheme  string `json:"scheme"`
		Reverse bool   `json:"reverse"`
	} `json:"color"`
	YAxis struct {
		Unit     string `json:"unit"`
		Decimals *int   `json:"decimals"`
	} `json:"yAxis"`
	FilterValues struct {
		LE float64 `json:"le"`
	} `json:"filterValues"`
}

// heatmap draws the buckets of a histogram over time.
func (d *drawing) heatmap() (template.HTML, error) {
	var o heatmapOptions
	if err := d.options(&o); err != nil {
		return "", err
	}
	if o.Calculate {
		return "", errors.New("heatmaps that count raw values are not drawn yet")
	}
	rows := d.series(func(f *Frame) *Field { return f.first(Time) })
	if len(rows) == 0 {
		return "", errEmpty
	}
	slices.SortStableFunc(rows, func(a, b *series) int { return cmp.Compare(upperBound(a.field), upperBound(b.field)) })
	if len(d.panel.Targets) > 0 && d.panel.Targets[0].Format == "heatmap" {
		unstack(rows)
	}
	low, high := math.Inf(1), math.Inf(-1)
	for _, s := range rows {
		for _, v := range s.y {
			if v > o.FilterValues.LE {
				low, high = min(low, v), max(high, v)
			}
		}
	}
	if math.IsInf(low, 0) {
		return "", errEmpty
	}
	c := d.canvas()
	room, err := d.heatmapAxes(c, o, rows)
	if err != nil {
		return "", err
	}
	x := scale{min: float64(d.from.UnixMilli()), max: float64(d.to.UnixMilli()), from: room.left, to: room.right}
	height, step := room.height()/float64(len(rows)), cadence(rows)
	for i, s := range rows {
		top := room.bottom - float64(i+1)*height
		for j, v := range s.y {
			if math.IsNaN(v) || v <= o.FilterValues.LE {
				continue
			}
			share := (v - min(low, 0)) / (high - min(low, 0))
			if o.Color.Reverse {
				share = 1 - share
			}
			color, err := gradient(cmp.Or(o.Color.Scheme, "Oranges"), share)
			if err != nil {
				return "", err
			}
			begin, end := max(x.at(s.x[j]-step), room.left), min(x.at(s.x[j]), room.right)
			c.rect(begin, top+0.5, end-begin-0.5, height-1, color, "")
		}
	}
	return c.svg(), nil
}

// heatmapAxes labels the buckets and the time and returns the room that is left for the cells.
func (d *drawing) heatmapAxes(c *canvas, o heatmapOptions, rows []*series) (box, error) {
	labels := make([]string, len(rows))
	widest := 0.0
	for i, s := range rows {
		label, err := d.boundText(o, s.field)
		if err != nil {
			return box{}, err
		}
		labels[i], widest = label, max(widest, d.face.width(label, axisSize)+10)
	}
	room := box{widest, 6, d.width - 8, d.height - 24}
	height := room.height() / float64(len(rows))
	for i := 0; i < len(rows); i += int(math.Ceil(14 / height)) {
		y := room.bottom - (float64(i)+0.5)*height
		c.text(room.left-6, y+4, labels[i], axisSize, colorSecondary, right)
	}
	x := scale{min: float64(d.from.UnixMilli()), max: float64(d.to.UnixMilli()), from: room.left, to: room.right}
	at, times := x.timeTicks(76)
	for i, t := range at {
		c.text(x.at(t), room.bottom+16, times[i], axisSize, colorSecondary, middle)
	}
	return room, nil
}

// upperBound is the bound of a bucket; a series without one comes last.
func upperBound(f *Field) float64 {
	bound, err := strconv.ParseFloat(f.Labels["le"], 64)
	if err != nil {
		return math.Inf(1)
	}
	return bound
}

// boundText labels a bucket.
func (d *drawing) boundText(o heatmapOptions, f *Field) (string, error) {
	bound := upperBound(f)
	if math.IsInf(bound, 0) {
		return "+Inf", nil
	}
	return d.formatter.format(bound, o.YAxis.Unit, o.YAxis.Decimals)
}

// unstack turns cumulative buckets into counts of their own, as the data source does in heatmap format.
func unstack(rows []*series) {
	for i := len(rows) - 1; i > 0; i-- {
		below := map[float64]float64{}
		for j, x := range rows[i-1].x {
			below[x] = rows[i-1].y[j]
		}
		for j, x := range rows[i].x {
			rows[i].y[j] = max(rows[i].y[j]-below[x], 0)
		}
	}
}
