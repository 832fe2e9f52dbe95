package preview

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/sales-exporter/sales_exporter/tools/boards/board"
)

// transform reshapes frames as Grafana's transformations do. Boards that use another one fail loudly: leaving it out
// would draw a different table.
func transform(frames []Frame, steps []board.Transformation) ([]Frame, error) {
	for _, step := range steps {
		apply, err := transformation(step.ID)
		if err != nil {
			return nil, err
		}
		if frames, err = apply(frames, step.Options); err != nil {
			return nil, fmt.Errorf("transformation %s: %w", step.ID, err)
		}
	}
	return frames, nil
}

// transformation finds a transformation by its id.
func transformation(id string) (func([]Frame, json.RawMessage) ([]Frame, error), error) {
	switch id {
	case "merge":
		return func(frames []Frame, _ json.RawMessage) ([]Frame, error) { return merge(frames), nil }, nil
	case "organize":
		return organize, nil
	case "sortBy":
		return sortBy, nil
	case "limit":
		return limit, nil
	}
	return nil, fmt.Errorf("transformation %q is not drawn yet", id)
}

// merge joins frames into one: rows that agree in every column that all frames share become one row.
func merge(frames []Frame) []Frame {
	if len(frames) < 2 {
		return frames
	}
	out := Frame{RefID: frames[0].RefID}
	index := map[string]int{}
	for i := range frames {
		for _, f := range frames[i].Fields {
			if _, ok := index[f.Name]; !ok {
				index[f.Name] = len(out.Fields)
				f.Values = nil
				out.Fields = append(out.Fields, f)
			}
		}
	}
	rows := map[string][]int{}
	for i := range frames {
		for row := range frames[i].Len() {
			key := sharedKey(frames, &frames[i], row)
			at := slices.IndexFunc(rows[key], func(at int) bool { return out.accepts(&frames[i], row, at, index) })
			if at < 0 {
				rows[key] = append(rows[key], out.Len())
				at = len(rows[key]) - 1
				for j := range out.Fields {
					out.Fields[j].Values = append(out.Fields[j].Values, null())
				}
			}
			for _, f := range frames[i].Fields {
				out.Fields[index[f.Name]].Values[rows[key][at]] = f.Values[row]
			}
		}
	}
	return []Frame{out}
}

// sharedKey is the text of a row's cells in the columns that all frames have.
func sharedKey(frames []Frame, frame *Frame, row int) string {
	var parts []string
	for i := range frame.Fields {
		f := &frame.Fields[i]
		everywhere := !slices.ContainsFunc(frames, func(other Frame) bool {
			return !slices.ContainsFunc(other.Fields, func(o Field) bool { return o.Name == f.Name })
		})
		if everywhere {
			parts = append(parts, f.Name+"="+f.key(row))
		}
	}
	return strings.Join(parts, "\x00")
}

// accepts says whether a row contradicts none of the cells that a merged row has already.
func (f *Frame) accepts(frame *Frame, row, at int, index map[string]int) bool {
	for i := range frame.Fields {
		in := &frame.Fields[i]
		merged := &f.Fields[index[in.Name]]
		if !merged.Values[at].Null && merged.key(at) != in.key(row) {
			return false
		}
	}
	return true
}

// organize hides, orders and renames columns.
func organize(frames []Frame, raw json.RawMessage) ([]Frame, error) {
	var o struct {
		Exclude map[string]bool   `json:"excludeByName"`
		Include map[string]bool   `json:"includeByName"`
		Index   map[string]int    `json:"indexByName"`
		Rename  map[string]string `json:"renameByName"`
	}
	if err := json.Unmarshal(raw, &o); err != nil {
		return nil, err
	}
	for i := range frames {
		var kept []Field
		place := map[string]int{}
		for j := range frames[i].Fields {
			f := frames[i].Fields[j]
			name := f.Title()
			if o.Exclude[name] || len(o.Include) > 0 && !o.Include[name] {
				continue
			}
			position, ok := o.Index[name]
			if !ok {
				position = len(o.Index) + j
			}
			if renamed := o.Rename[name]; renamed != "" {
				f.Name, f.Legend, f.Labels = renamed, "", nil
			}
			place[f.Name] = position
			kept = append(kept, f)
		}
		slices.SortStableFunc(kept, func(a, b Field) int { return cmp.Compare(place[a.Name], place[b.Name]) })
		frames[i].Fields = kept
	}
	return frames, nil
}

// sortBy orders rows by one column.
func sortBy(frames []Frame, raw json.RawMessage) ([]Frame, error) {
	var o struct {
		Sort []struct {
			Field string `json:"field"`
			Desc  bool   `json:"desc"`
		} `json:"sort"`
	}
	if err := json.Unmarshal(raw, &o); err != nil {
		return nil, err
	}
	for i := range frames {
		for _, by := range slices.Backward(o.Sort) {
			if f := frames[i].field(by.Field); f != nil {
				sortRows(&frames[i], f, by.Desc)
			}
		}
	}
	return frames, nil
}

// limit keeps the first rows.
func limit(frames []Frame, raw json.RawMessage) ([]Frame, error) {
	o := struct {
		Rows int `json:"limitField"`
	}{Rows: 10}
	if err := json.Unmarshal(raw, &o); err != nil {
		return nil, err
	}
	for i := range frames {
		for j := range frames[i].Fields {
			f := &frames[i].Fields[j]
			f.Values = f.Values[:min(o.Rows, len(f.Values))]
		}
	}
	return frames, nil
}
