package config

import (
	"gopkg.in/yaml.v3"

	"github.com/sales-exporter/sales_exporter/internal/config/document"
	"github.com/sales-exporter/sales_exporter/internal/config/targets"
)

// The types below are the file as it is written, key for key and in the order in which people read about them. They
// hold text and positions; the engine's view is Config.

type documentYAML struct {
	document.Position
	Timezone             document.Scalar                               `yaml:"timezone"`
	Currency             document.Scalar                               `yaml:"currency"`
	FiscalYearStartMonth document.Scalar                               `yaml:"fiscal_year_start_month"`
	WeekStart            document.Scalar                               `yaml:"week_start"`
	WorkingDays          document.List[document.Scalar]                `yaml:"working_days"`
	Holidays             document.List[document.Scalar]                `yaml:"holidays"`
	HolidaysFile         document.Scalar                               `yaml:"holidays_file"`
	PlausibleDates       datesYAML                                     `yaml:"plausible_dates"`
	Mirror               mirrorYAML                                    `yaml:"mirror"`
	Sources              sourcesYAML                                   `yaml:"sources"`
	Dimensions           document.List[document.Scalar]                `yaml:"dimensions"`
	HistogramDimensions  document.List[document.Scalar]                `yaml:"histogram_dimensions"`
	Rollups              document.List[document.List[document.Scalar]] `yaml:"rollups"`
	Windows              document.List[document.Scalar]                `yaml:"windows"`
	RepLabel             document.Scalar                               `yaml:"rep_label"`
	HashKeyFile          document.Scalar                               `yaml:"hash_key_file"`
	HashKeyEnv           document.Scalar                               `yaml:"hash_key_env"`
	Metrics              metricsYAML                                   `yaml:"metrics"`
	Limits               limitsYAML                                    `yaml:"limits"`
	HistogramBuckets     bucketsYAML                                   `yaml:"histogram_buckets"`
	Quarantine           quarantineYAML                                `yaml:"quarantine"`
	Targets              document.List[targets.Target]                 `yaml:"targets"`
	TargetsFiles         document.List[document.Scalar]                `yaml:"targets_files"`
	Costs                document.Unavailable                          `yaml:"costs"`
	BenchmarksFiles      document.Unavailable                          `yaml:"benchmarks_files"`
	KPIs                 document.Unavailable                          `yaml:"kpis"`
}

type datesYAML struct {
	document.Position
	From document.Scalar `yaml:"from"`
	To   document.Scalar `yaml:"to"`
}

type mirrorYAML struct {
	document.Position
	SQLite   sqliteYAML           `yaml:"sqlite"`
	Postgres document.Unavailable `yaml:"postgres"`
}

type sqliteYAML struct {
	document.Position
	Path document.Scalar `yaml:"path"`
}

// sourcesYAML are the sources, each of which may have the section of any connector.
type sourcesYAML struct {
	document.Position
	connectors []Connector
	items      []*SourceKeys
}

// keys returns a source as it looks before it is read.
func (s *sourcesYAML) keys() *SourceKeys {
	keys := &SourceKeys{}
	for _, c := range s.connectors {
		keys.Sections = append(keys.Sections, document.Field{Key: c.Key, Value: c.Section()})
	}
	return keys
}

// Decode implements what package document asks of values that decode themselves.
func (s *sourcesYAML) Decode(d *document.Decoder, n *yaml.Node, at document.Position) {
	d.Items(n, at, s, func() document.Value { return s.keys() }, func(item document.Value) {
		s.items = append(s.items, item.(*SourceKeys))
	})
}

// Shape returns that of a list of sources.
func (s *sourcesYAML) Shape() document.Shape { return document.Holding(s.keys(), document.KindList) }

// SourceKeys are the keys of a source as they are written.
type SourceKeys struct {
	document.Position
	Name             document.Scalar                `yaml:"name"`
	Account          document.Scalar                `yaml:"account"`
	Sections         document.Inline                `yaml:",inline"` // those of all connectors
	Currency         document.Scalar                `yaml:"currency"`
	Amount           AmountKeys                     `yaml:"amount"`
	Interval         document.Scalar                `yaml:"interval"`
	FullSyncInterval document.Scalar                `yaml:"full_sync_interval"`
	APIBudget        BudgetKeys                     `yaml:"api_budget"`
	Pipelines        document.List[document.Scalar] `yaml:"pipelines"`
	Exclude          document.Scalar                `yaml:"exclude"`
	Map              document.Table[MappingKeys]    `yaml:"map"`
}

// AmountKeys are those of the key `amount`.
type AmountKeys struct {
	document.Position
	Property document.Scalar `yaml:"property"`
}

// BudgetKeys are those of the key `api_budget`.
type BudgetKeys struct {
	document.Position
	DailyShare        document.Scalar `yaml:"daily_share"`
	RequestsPerSecond document.Scalar `yaml:"requests_per_second"`
}

// MappingKeys are those of one entry of `map`.
type MappingKeys struct {
	document.Position
	Property document.Scalar                 `yaml:"property"`
	Object   document.Scalar                 `yaml:"object"`
	Values   document.Table[document.Scalar] `yaml:"values"`
}

type metricsYAML struct {
	document.Position
	Disable document.List[document.Scalar]                 `yaml:"disable"`
	Grain   document.Table[document.List[document.Scalar]] `yaml:"grain"`
	Windows document.Table[document.List[document.Scalar]] `yaml:"windows"`
}

type limitsYAML struct {
	document.Position
	Series             document.Scalar `yaml:"series"`
	ValuesPerDimension valuesYAML      `yaml:"values_per_dimension"`
}

// valuesYAML is one number for all dimensions, or a number by dimension.
type valuesYAML struct {
	document.Table[document.Scalar]
	All document.Scalar
}

func (v *valuesYAML) Decode(d *document.Decoder, n *yaml.Node, at document.Position) {
	if n.Kind == yaml.MappingNode {
		v.Table.Decode(d, n, at)
		return
	}
	d.DecodeAt(n, at, &v.All)
}

type bucketsYAML struct {
	document.Position
	DealSize document.List[document.Scalar] `yaml:"deal_size"`
	Duration document.List[document.Scalar] `yaml:"duration"`
}

type quarantineYAML struct {
	document.Position
	KeepValues document.Scalar `yaml:"keep_values"`
}

func (valuesYAML) Shape() document.Shape {
	return document.Holding(new(document.Scalar), document.KindTableOrScalar)
}
