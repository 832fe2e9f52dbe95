package family

import (
	"time"

	"github.com/sales-exporter/sales_exporter/internal/calendar"
	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/cube/grain"
	"github.com/sales-exporter/sales_exporter/internal/facts"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// Options fix what Facts keep and which series are computed from them. The configuration has checked them: dimensions
// of metrics are subsets of Dimensions, and nothing is named twice.
type Options struct {
	Sources []string                // names of all configured sources, ready or not
	Traits  map[string]facts.Traits // by source
	// Selections say which deals of a source count, by source.
	Selections map[string]facts.Selection
	Currency   string         // reporting currency, ISO 4217
	Location   *time.Location // reporting time zone; nil is UTC
	// Plausible bounds the dates that can be true; the zero range is the default one.
	Plausible value.DateRange

	Dimensions []string // of the base metrics, in label order

	// These three hold for all metrics of deals and of the pipeline. nil leaves each what its catalogue entry says.
	HistogramDimensions []string
	Rollups             [][]string // an empty one is everything together
	Windows             []calendar.Window

	// Metrics wins over them.
	Metrics grain.MetricOptions

	RepLabel   crm.RepLabel
	RepHashKey []byte // only with crm.RepLabelHash

	DealSizeBuckets []float64       // upper bounds in currency units, ascending
	DurationBuckets []time.Duration // upper bounds, ascending
}

// OfFacts returns what Facts have to know.
func (o *Options) OfFacts() facts.Options {
	return facts.Options{
		Sources: o.Sources, Traits: o.Traits, Selections: o.Selections, Currency: o.Currency, Location: o.Location,
		Plausible: o.Plausible, Dimensions: o.Dimensions,
		RepLabel: o.RepLabel, RepHashKey: o.RepHashKey,
	}
}

// ofGrain returns what decides by what metrics are broken down.
func (o *Options) ofGrain() grain.Options {
	return grain.Options{
		Dimensions: o.Dimensions, HistogramDimensions: o.HistogramDimensions, Rollups: o.Rollups, Windows: o.Windows,
		Metrics: o.Metrics,
	}
}

// Input is everything that a Compute depends on beside the facts.
type Input struct {
	Calendar *calendar.Calendar
	Targets  []crm.Target
	Now      time.Time
	// AsOf asks what was known at Now, which then lies in the past: later deals do not exist, later closes are open.
	AsOf bool
	// ValuesPerDimension bounds the values of each dimension; the ones with the fewest deals fold into "other".
	// ValuesOf has the bounds of single dimensions. 0 means no bound.
	ValuesPerDimension int
	ValuesOf           map[string]int
	// Series bounds the series of the snapshot, counted as lines of the text format. 0 means no bound.
	Series int
	// Workers is how many processors read the facts, 0 is all that the process may use. No number depends on it.
	Workers int
}

// valuesOf returns the bound on the values of a dimension, 0 where there is none.
func (in *Input) valuesOf(dimension string) int {
	if bound, ok := in.ValuesOf[dimension]; ok {
		return bound
	}
	return in.ValuesPerDimension
}
