package preview

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sales-exporter/sales_exporter/tools/boards/board"
)

// Dump holds the answers of Prometheus to every query of every board.
type Dump struct {
	Generated time.Time            `json:"generated"`
	Boards    map[string]BoardDump `json:"boards"`
}

// BoardDump holds what one board showed at one moment.
type BoardDump struct {
	Variables map[string]string            `json:"variables"`
	From      float64                      `json:"from"`
	To        float64                      `json:"to"`
	Panels    map[string]map[string]Result `json:"panels"`
	Alerts    []Alert                      `json:"alerts"`
	// Repeats lists the values of the variables that rows or panels are repeated for.
	Repeats map[string][]string `json:"repeats"`
}

// Result is the answer to one query, as the HTTP API gives it.
type Result struct {
	Type   string   `json:"type"`
	Result []Series `json:"result"`
}

// Series is a labelled sample, or several.
type Series struct {
	Metric map[string]string `json:"metric"`
	Value  Sample            `json:"value"`
	Values []Sample          `json:"values"`
}

// Sample is a point in time and a number.
type Sample struct {
	Time  float64
	Value float64
}

// UnmarshalJSON reads Prometheus' pairs of a number and a string.
func (s *Sample) UnmarshalJSON(raw []byte) error {
	var value string
	if err := json.Unmarshal(raw, &[]any{&s.Time, &value}); err != nil {
		return err
	}
	v, err := strconv.ParseFloat(value, 64)
	s.Value = v
	return err
}

// Alert is an item of Prometheus' list of alerts.
type Alert struct {
	Labels      map[string]string `json:"labels"`
	Annotations map[string]string `json:"annotations"`
	State       string            `json:"state"`
	ActiveAt    time.Time         `json:"activeAt"`
}

// LoadDump reads a dump.
func LoadDump(path string) (*Dump, error) {
	raw, err := os.ReadFile(path) //nolint:gosec // The path is the caller's own.
	if err != nil {
		return nil, fmt.Errorf("read dump: %w", err)
	}
	var d Dump
	if err := json.Unmarshal(raw, &d); err != nil {
		return nil, fmt.Errorf("parse dump %s: %w", path, err)
	}
	return &d, nil
}

// framesOf turns the answers to a panel's queries into frames, in the order of the queries.
func framesOf(targets []board.Target, results map[string]Result) []Frame {
	withData := 0
	for _, t := range targets {
		if len(results[t.RefID].Result) > 0 {
			withData++
		}
	}
	var frames []Frame
	for _, t := range targets {
		result := results[t.RefID]
		switch {
		case t.Hide || len(result.Result) == 0:
		case t.Format == "table":
			name := "Value"
			if withData > 1 {
				name += " #" + t.RefID
			}
			frames = append(frames, tableFrame(t.RefID, name, result.Result))
		default:
			for _, s := range result.Result {
				frames = append(frames, seriesFrame(t, s))
			}
		}
	}
	return frames
}

// samples are the points of a series, of an instant or a range query.
func (s Series) samples() []Sample {
	if len(s.Values) > 0 {
		return s.Values
	}
	return []Sample{s.Value}
}

// seriesFrame is a frame of times and values.
func seriesFrame(t board.Target, s Series) Frame {
	times := Field{Name: "Time", Kind: Time}
	values := Field{Name: "Value", Kind: Number, Labels: s.Metric, Legend: legend(t.LegendFormat, s.Metric)}
	for _, p := range s.samples() {
		times.Values = append(times.Values, Value{Num: p.Time * 1000})
		values.Values = append(values.Values, number(p.Value))
	}
	return Frame{RefID: t.RefID, Fields: []Field{times, values}}
}

// tableFrame is one frame with a column per label, as the data source answers in table format.
func tableFrame(refID, valueName string, series []Series) Frame {
	labels := map[string]bool{}
	for _, s := range series {
		for name := range s.Metric {
			labels[name] = true
		}
	}
	names := slices.Sorted(maps.Keys(labels))
	frame := Frame{RefID: refID, Fields: []Field{{Name: "Time", Kind: Time}}}
	for _, name := range names {
		kind := Text
		if name == "le" {
			// The data source reads bounds of buckets as numbers.
			kind = Number
		}
		frame.Fields = append(frame.Fields, Field{Name: name, Kind: kind})
	}
	frame.Fields = append(frame.Fields, Field{Name: valueName, Kind: Number})
	last := len(frame.Fields) - 1
	for _, s := range series {
		for _, p := range s.samples() {
			frame.Fields[0].Values = append(frame.Fields[0].Values, Value{Num: p.Time * 1000})
			for i, name := range names {
				column := &frame.Fields[i+1]
				column.Values = append(column.Values, labelValue(column.Kind, s.Metric[name]))
			}
			frame.Fields[last].Values = append(frame.Fields[last].Values, number(p.Value))
		}
	}
	return frame
}

// labelValue is a label as a cell.
func labelValue(kind Kind, s string) Value {
	if kind == Text {
		return text(s)
	}
	bound, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return null()
	}
	return number(bound)
}

// legend fills a legend format such as "{{team}}" with labels. The automatic format leaves the name to the labels.
func legend(format string, labels map[string]string) string {
	if format == "__auto" {
		return ""
	}
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(format, "{{")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		name, after, _ := strings.Cut(rest, "}}")
		b.WriteString(labels[strings.TrimSpace(name)])
		format = after
	}
}
