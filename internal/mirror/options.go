package mirror

import (
	"time"

	"github.com/sales-exporter/sales_exporter/internal/record"
)

// The brake's defaults. A credential that lost a permission hides most records at once; people delete a few.
const (
	DefaultBrakeShare   = 0.5
	DefaultBrakeMinimum = 20
)

// Options tune a store. Kinds must be set; the zero value of the rest is the default.
type Options struct {
	// Kinds are the kinds of records that the program knows. What a store holds of others stays and is not read.
	Kinds []record.Kind
	// Now is the clock, time.Now if nil.
	Now func() time.Time
	// BrakeShare refuses a sweep that would remove more than this share of a kind's live records; 0 means
	// DefaultBrakeShare, 1 never refuses.
	BrakeShare float64
	// BrakeMinimum lets a sweep of fewer records pass whatever their share; 0 means DefaultBrakeMinimum.
	BrakeMinimum int
	// Unbraked exempts sources whose records may vanish in bulk for good reason: a spreadsheet is replaced as a
	// whole. Nil exempts none.
	Unbraked func(source string) bool
}

// WithDefaults returns the options with every default filled in.
func (o Options) WithDefaults() Options {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.BrakeShare == 0 {
		o.BrakeShare = DefaultBrakeShare
	}
	if o.BrakeMinimum == 0 {
		o.BrakeMinimum = DefaultBrakeMinimum
	}
	if o.Unbraked == nil {
		o.Unbraked = func(string) bool { return false }
	}
	return o
}
