package facts

import (
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// Options fix what Facts keep. The configuration has checked them: nothing is named twice.
type Options struct {
	Sources []string          // names of all configured sources, ready or not
	Traits  map[string]Traits // by source
	// Selections say which deals of a source count, by source.
	Selections map[string]Selection
	Currency   string // reporting currency, ISO 4217
	// Location is the reporting time zone; nil is UTC.
	Location *time.Location
	// Plausible bounds the dates that can be true; the zero range is the default one.
	Plausible value.DateRange

	Dimensions []string // in label order

	RepLabel   crm.RepLabel
	RepHashKey []byte // only with RepLabelHash
}

// Traits say what the records of a source can have.
type Traits struct {
	// Dimensions are those that apply to its records: one of them that a record does not have is "(none)", any other
	// one is empty. Pipelines also apply where the source shows some.
	Dimensions []string
	// StagesByName says that the id of a stage is its name, so that one that is not listed can be named all the same.
	StagesByName bool
}
