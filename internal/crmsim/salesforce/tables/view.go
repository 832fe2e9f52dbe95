package tables

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crmsim"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/soql"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/world"
)

// View is the world at one moment, with what joins need.
type View struct {
	info        crmsim.Info
	now         time.Time
	fiscalStart time.Month
	records     map[string][]world.Record // by kind, sorted by id
	pipelines   map[string]*recordType
	order       []string // ids of pipelines
	stages      map[stageKey]crmsim.Stage
	labels      []*stage // one of each label, in order
}

type stageKey struct{ pipeline, stage string }

// Row is a record at the moment of its view.
type Row struct {
	world.Record

	view *View
}

// View returns the world as its readers see it at a time.
func (s Schema) View(w *crmsim.World, now time.Time) *View {
	v := &View{
		info:        w.Info(),
		now:         now,
		fiscalStart: s.setUp.FiscalYearStartMonth,
		records:     map[string][]world.Record{},
		pipelines:   map[string]*recordType{},
		stages:      map[stageKey]crmsim.Stage{},
	}
	for _, k := range w.Kinds() {
		v.records[k.Name] = w.Records(k.Name, now)
	}
	v.addPipelines(w.Pipelines())
	return v
}

// addPipelines also gathers the stages of all pipelines into the one list that Salesforce has.
func (v *View) addPipelines(pipelines []crmsim.Pipeline) {
	for _, p := range pipelines {
		v.pipelines[p.ID] = &recordType{p}
		v.order = append(v.order, p.ID)
		for _, s := range p.Stages {
			v.stages[stageKey{p.ID, s.ID}] = s
			if !slices.ContainsFunc(v.labels, func(known *stage) bool { return known.Label == s.Label }) {
				v.labels = append(v.labels, &stage{s, len(v.labels) + 1})
			}
		}
	}
}

// find looks a record up by number, in the form a reference needs: nil where there is none.
func (v *View) find(kind string, number int64) soql.Row {
	records := v.records[kind]
	i, ok := slices.BinarySearchFunc(records, number, func(r world.Record, number int64) int {
		return cmp.Compare(r.Base().ID, number)
	})
	if !ok || records[i].Base().Purged {
		return nil
	}
	return Row{records[i], v}
}

// percent reads a ratio such as "0.9" as 90.
func percent(ratio string) (float64, bool) {
	f, err := strconv.ParseFloat(ratio, 64)
	return math.Round(f*1e6) / 1e4, err == nil
}

// DeveloperName makes an API name of a label.
func DeveloperName(label string) string {
	return strings.Trim(strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, label), "_")
}
