package preview

import (
	"fmt"
	"html/template"
	"math"
)

// histogram draws how often values fall into ranges of equal width.
func (d *drawing) histogram() (template.HTML, error) {
	var o struct {
		Legend      legendOptions `json:"legend"`
		BucketSize  float64       `json:"bucketSize"`
		BucketCount int           `json:"bucketCount"`
		Combine     bool          `json:"combine"`
	}
	if err := d.options(&o); err != nil {
		return "", err
	}
	fields := d.measured(o.Combine)
	if len(fields) == 0 {
		return "", errEmpty
	}
	low, high := math.Inf(1), math.Inf(-1)
	for _, f := range fields {
		for _, v := range f.Values {
			if !v.Null {
				low, high = min(low, v.Num), max(high, v.Num)
			}
		}
	}
	if o.BucketCount == 0 {
		o.BucketCount = 30
	}
	if o.BucketSize == 0 {
		o.BucketSize = niceStep((high - low) / float64(o.BucketCount))
	}
	first := math.Floor(low/o.BucketSize) * o.BucketSize
	count := int((high-first)/o.BucketSize) + 1
	all := make([]*series, len(fields))
	for i, f := range fields {
		all[i] = buckets(f, first, o.BucketSize, count)
	}
	last := first + o.BucketSize*float64(count)
	c, err := d.xyChart(all, o.Legend, first, last, o.BucketSize, func(x scale) ([]float64, []string, error) {
		at := x.ticks(70)
		labels := make([]string, len(at))
		for i, v := range at {
			var err error
			if labels[i], err = d.formatter.format(v, fields[0].Config.Unit, fields[0].Config.Decimals); err != nil {
				return nil, nil, fmt.Errorf("label bucket: %w", err)
			}
		}
		return at, labels, nil
	})
	if err != nil {
		return "", err
	}
	return c.svg(), nil
}

// measured are the columns of numbers, or all of them as one.
func (d *drawing) measured(combine bool) []*Field {
	var fields []*Field
	for i := range d.frames {
		for j := range d.frames[i].Fields {
			f := &d.frames[i].Fields[j]
			switch {
			case f.Kind != Number:
			case combine && len(fields) > 0:
				fields[0].Values = append(fields[0].Values, f.Values...)
			default:
				fields = append(fields, f)
			}
		}
	}
	return fields
}

// buckets counts a column's values as bars over the middles of their buckets.
func buckets(f *Field, first, size float64, count int) *series {
	counted := *f
	counted.Config.Custom.DrawStyle = "bars"
	counted.Config.Custom.BarWidthFactor = 0.95
	counted.Config.Unit, counted.Config.Decimals, counted.Config.Min, counted.Config.Max = "", nil, nil, nil
	counted.Values = make([]Value, count)
	for _, v := range f.Values {
		if !v.Null {
			counted.Values[int((v.Num-first)/size)].Num++
		}
	}
	s := &series{field: &counted, color: seriesColor(f), y: counted.numbers(), base: make([]float64, count)}
	for i := range count {
		s.x = append(s.x, first+(float64(i)+0.5)*size)
	}
	return s
}
