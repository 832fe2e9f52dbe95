// Package config reads the configuration file: YAML in, a checked Config out, or every mistake in it at once.
//
// The file as written (document.go), its shape (decode.go) and its meaning (the checker, from load.go on) are apart. No
// secret passes through any of them: the file names secrets, and they are read where they are used.
package config

import (
	"time"

	"github.com/sales-exporter/sales_exporter/internal/calendar"
	"github.com/sales-exporter/sales_exporter/internal/crm"
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
	RepLabel            RepLabel
	RepHashKey          Secret // only with RepLabelHash
	Limits              Limits
	DealSizeBuckets     []float64       // currency units, ascending
	DurationBuckets     []time.Duration // ascending

	// KeepQuarantined stores records that cannot be read as they were received.
	KeepQuarantined bool

	Targets []crm.Target
	// Files are the files beside the configuration file itself whose change means a new configuration.
	Files []string
}

// RepLabel says what the `rep` label holds.
type RepLabel string

// The rep labels.
const (
	RepLabelName RepLabel = "name"
	RepLabelID   RepLabel = "id"
	RepLabelHash RepLabel = "hash"
)

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

// Source is one configured CRM account or file. Exactly one of HubSpot, Salesforce, Spreadsheet, Demo is set.
type Source struct {
	Name        string
	Account     string // the account's own number, "" where the configuration does not state it
	HubSpot     *HubSpot
	Salesforce  *Salesforce
	Spreadsheet *Spreadsheet
	Demo        *Demo

	// Currency is that of amounts that carry none, ISO 4217; "" where the configuration does not say.
	Currency string
	// Amount is the property that is a deal's amount; "" is the CRM's own.
	Amount string

	Interval         time.Duration
	FullSyncInterval time.Duration
	Budget           Budget
	Pipelines        []string // by id or label; empty means all
	Exclude          *Expression
	Map              map[string]Mapping // by dimension
}

// The API versions that are used unless the configuration says another.
const (
	DefaultHubSpotVersion    = "2026-09"
	DefaultSalesforceVersion = "66.0"
)

// Budget is the share of the vendor's API allowance that this source may spend.
type Budget struct {
	DailyShare        float64 // 0..1 of the account's daily allowance
	RequestsPerSecond float64
}

// HubSpot is a HubSpot account. Exactly one of Token and OAuth is set.
type HubSpot struct {
	Token      Secret // service key or private-app token
	OAuth      *HubSpotOAuth
	BaseURL    string
	APIVersion string // "2026-09"
}

// HubSpotOAuth is the refresh-token flow of a HubSpot app.
type HubSpotOAuth struct {
	ClientID     string
	ClientSecret Secret
	RefreshToken Secret
}

// Salesforce is a Salesforce org. Exactly one of ClientCredentials and JWT is set.
type Salesforce struct {
	InstanceURL       string
	ClientCredentials *SalesforceClientCredentials
	JWT               *SalesforceJWT
	APIVersion        string // "66.0"
}

// SalesforceClientCredentials is the OAuth client-credentials flow.
type SalesforceClientCredentials struct {
	ClientID     string
	ClientSecret Secret
}

// SalesforceJWT is the OAuth JWT-bearer flow.
type SalesforceJWT struct {
	ClientID   string
	Username   string
	PrivateKey Secret // PEM
}

// Spreadsheet is a set of local files.
type Spreadsheet struct {
	Decimal string // decimal sign of numbers that are text, "." or ","; "" is decided from each file
	Deals   Sheet
}

// Sheet is one table in a CSV, TSV or XLSX file.
type Sheet struct {
	File       string                 // absolute, or relative to the configuration file and resolved
	Sheet      string                 // of an XLSX file; "" means the first
	HeaderRow  int                    // with the names of the columns; 0 means the first that holds anything
	Columns    map[string]string      // field -> header of the column
	Stages     map[string]crm.Outcome // stage label -> outcome
	DateFormat string                 // a Go layout; "" accepts ISO 8601
}

// Demo is a simulated CRM account inside the process.
type Demo struct {
	CRM   string // "hubspot" or "salesforce"
	Seed  uint64
	Deals int
}

// Mapping fills a dimension from a CRM property.
type Mapping struct {
	// Object is the record that holds the property: "deal", "company" (HubSpot) or "owner" (HubSpot). Salesforce
	// says it in the path instead ("Account.Industry", "Owner.UserRole.Name") and leaves "deal".
	Object   string
	Property string
	Values   map[string]string // CRM value -> label value; values that are not listed stay as they are
}
