package query

import (
	"context"
	"fmt"
	"strconv"
	"time"

	v1 "github.com/prometheus/client_golang/api/prometheus/v1"
	"github.com/prometheus/common/model"

	"github.com/sales-exporter/sales_exporter/tools/boards/board"
)

// Dump holds what boards showed at one moment, to draw them without Prometheus.
type Dump struct {
	Generated time.Time            `json:"generated"`
	Boards    map[string]DumpBoard `json:"boards"`
}

// DumpBoard is a board in a Dump.
type DumpBoard struct {
	Variables map[string]string `json:"variables"`
	From      int64             `json:"from"` // Unix seconds
	To        int64             `json:"to"`
	// Panels are results by panel and refId. The key is the panel's id, or <id>/<value> for the second and later copies
	// of a repeated panel.
	Panels map[string]map[string]DumpResult `json:"panels"`
	Alerts []v1.Alert                       `json:"alerts"`
	// Repeats are the values of the variables that rows and panels are repeated for.
	Repeats map[string][]string `json:"repeats"`
}

// DumpResult is a query's result as Prometheus' API writes it.
type DumpResult struct {
	Type   string      `json:"type"` // matrix or vector
	Result model.Value `json:"result"`
	Legend string      `json:"legend"`
}

// Dump opens boards and runs their queries. One that fails fails the dump.
func (s Source) Dump(ctx context.Context, boards []*board.Board) (*Dump, error) {
	alerts, err := s.API.Alerts(ctx)
	if err != nil {
		return nil, fmt.Errorf("list alerts: %w", err)
	}
	d := &Dump{Generated: s.Now, Boards: map[string]DumpBoard{}}
	for _, b := range boards {
		o, err := s.Open(ctx, b)
		if err != nil {
			return nil, err
		}
		var results []Result
		for _, q := range o.Queries {
			r, err := s.Run(ctx, o, q)
			if err != nil {
				return nil, err
			}
			results = append(results, r)
		}
		d.Add(o, results, alerts.Alerts)
	}
	return d, nil
}

// Add adds a board with its results and the alerts that were active. Annotations are left out.
func (d *Dump) Add(o *Opened, results []Result, alerts []v1.Alert) {
	b := DumpBoard{
		Variables: map[string]string{}, From: o.From.Unix(), To: o.To.Unix(), Panels: map[string]map[string]DumpResult{},
		Alerts: alerts, Repeats: o.Repeats,
	}
	for name, choice := range o.Choices {
		b.Variables[name] = choice.Shown()
	}
	for _, r := range results {
		if r.Query.PanelID == 0 {
			continue
		}
		key := strconv.Itoa(r.Query.PanelID)
		if r.Query.Value != "" {
			key += "/" + r.Query.Value
		}
		if b.Panels[key] == nil {
			b.Panels[key] = map[string]DumpResult{}
		}
		value := vector(r.Value)
		b.Panels[key][r.Query.Ref] = DumpResult{value.Type().String(), value, r.Query.Legend}
	}
	d.Boards[o.Board.UID] = b
}

// vector turns a scalar into the series without labels that Grafana makes of it.
func vector(value model.Value) model.Value {
	if scalar, ok := value.(*model.Scalar); ok {
		return model.Vector{{Metric: model.Metric{}, Value: scalar.Value, Timestamp: scalar.Timestamp}}
	}
	return value
}
