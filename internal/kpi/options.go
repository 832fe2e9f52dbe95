package kpi

import (
	"time"

	"github.com/sales-exporter/sales_exporter/internal/calendar"
	"github.com/sales-exporter/sales_exporter/internal/crm"
)

// Options fix what Facts keep and which series are computed from them. The configuration has checked them: the
// histogram dimensions and every rollup are subsets of Dimensions, and nothing is named twice.
type Options struct {
	Sources  []string // names of all configured sources, ready or not
	Currency string   // reporting currency, ISO 4217
	// Plausible bounds the dates that can be true; the zero range is the default one.
	Plausible crm.DateRange

	Dimensions          []string // of the base metrics, in label order
	HistogramDimensions []string
	Rollups             [][]string // an empty one is everything together
	Windows             []calendar.Window

	RepLabel   RepLabel
	RepHashKey []byte // only with RepLabelHash

	DealSizeBuckets []float64       // upper bounds in currency units, ascending
	DurationBuckets []time.Duration // upper bounds, ascending
}

// RepLabel says what the `rep` label holds.
type RepLabel string

// The rep labels; without one it is the name.
const (
	RepLabelName RepLabel = "name"
	RepLabelID   RepLabel = "id"
	RepLabelHash RepLabel = "hash"
)

// Input is everything that a Compute depends on beside the facts.
type Input struct {
	Calendar *calendar.Calendar
	Targets  []crm.Target
	Now      time.Time
	// AsOf asks what was known at Now, which then lies in the past: later deals do not exist, later closes are open.
	AsOf bool
	// ValuesPerDimension bounds the values of each dimension; the ones with the fewest deals fold into "other".
	// 0 means no bound.
	ValuesPerDimension int
}
