// Package config reads the configuration file: YAML in, a checked Config out, or every mistake in it at once.
//
// The file as written is in document.go, and what it means in the checker, from load.go on. Each section of a source
// belongs to its connector, which the list in source/connectors hands over; package targets reads the targets.
package config

import (
	"time"

	"github.com/sales-exporter/sales_exporter/internal/calendar"
	"github.com/sales-exporter/sales_exporter/internal/config/secret"
	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/expression"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// Validated is a configuration that passed every check. Constructors of the engine accept nothing else, so a check
// cannot be skipped.
type Validated struct {
	config   Config
	hash     uint64
	warnings []string
}

// Config returns the values. Callers must not change what its slices and maps hold.
func (v *Validated) Config() Config { return v.config }

// Config is the engine's view of the configuration: parsed, defaulted, checked.
type Config struct {
	Location         *time.Location
	Currency         string // reporting currency, ISO 4217
	FiscalYearStart  time.Month
	WeekStart        time.Weekday
	WorkingDays      []time.Weekday
	Holidays         []calendar.Date
	PlausibleDates   value.DateRange // a date outside is unknown
	MirrorSQLitePath string
	Sources          []Source

	Dimensions          []string          // of deal metrics, in label order
	HistogramDimensions []string          // a subset of Dimensions; nil leaves each histogram its own
	Rollups             [][]string        // nil leaves each ratio its own
	Windows             []calendar.Window // nil leaves each metric its own
	Metrics             Metrics
	RepLabel            crm.RepLabel
	RepHashKey          secret.Secret // only with RepLabelHash
	Limits              Limits
	DealSizeBuckets     []float64       // currency units, ascending
	DurationBuckets     []time.Duration // ascending

	// KeepQuarantined stores records that cannot be read as they were received.
	KeepQuarantined bool

	Targets []crm.Target
	// Files are the files beside the configuration file itself whose change means a new configuration.
	Files []string
}

// Metrics is what is configured of single KPI metrics, by name.
type Metrics struct {
	Disabled []string
	Grain    map[string][]string // subsets of Dimensions, in their order
	Windows  map[string][]calendar.Window
}

// Limits cap what a CRM full of surprises can do to Prometheus.
type Limits struct {
	Series             int            // of KPIs on /metrics in all
	ValuesPerDimension int            // the rest folds into "other"
	ValuesOf           map[string]int // of single dimensions
}

// Source is one configured CRM account or file.
type Source struct {
	Name      string
	Connector string   // key of the section: "hubspot"
	Settings  Settings // of that connector
	Account   string   // the account's own number, "" where the configuration does not state it

	// Currency is that of amounts that carry none, ISO 4217; "" where the configuration does not say.
	Currency string
	// Amount is the property that is a deal's amount; "" is the CRM's own.
	Amount string

	Interval         time.Duration
	FullSyncInterval time.Duration
	Budget           Budget
	Pipelines        []string // by id or label; empty means all
	Exclude          *expression.Expression
	Map              map[string]Mapping // by dimension
}

// Budget is the share of the vendor's API allowance that this source may spend.
type Budget struct {
	DailyShare        float64 // 0..1 of the account's daily allowance
	RequestsPerSecond float64
}

// Mapping fills a dimension from a CRM property.
type Mapping struct {
	// Object is the record that holds the property: "deal", "company" (HubSpot) or "owner" (HubSpot). Salesforce
	// says it in the path instead ("Account.Industry", "Owner.UserRole.Name") and leaves "deal".
	Object   string
	Property string
	Values   map[string]string // CRM value -> label value; values that are not listed stay as they are
}
