package tables

import (
	"fmt"
	"iter"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crmsim"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/soql"
)

// stage is a row of OpportunityStage: all record types share one list.
type stage struct {
	crmsim.Stage
	number int
}

func stageTable() *Table {
	label := text(func(s *stage) string { return s.Label })
	name, title := func(s *stage) string { n, _ := forecast(s.ForecastCategory); return n },
		func(s *stage) string { _, l := forecast(s.ForecastCategory); return l }
	return newTable("OpportunityStage", prefixStage,
		func(v *View) iter.Seq[*stage] { return slices.Values(v.labels) },
		id(prefixStage, func(s *stage) int64 { return int64(s.number) }),
		nullable("MasterLabel", soql.TypeString, label),
		column("ApiName", soql.TypeString, label),
		always("IsActive", soql.TypeBoolean, soql.Boolean(true)),
		nullable("SortOrder", soql.TypeInt, func(s *stage) soql.Value { return soql.Integer(s.number) }),
		column("IsClosed", soql.TypeBoolean, truth(func(s *stage) bool { return s.Closed })),
		column("IsWon", soql.TypeBoolean, truth(func(s *stage) bool { return s.Won })),
		column("ForecastCategory", soql.TypePicklist, text(name)),
		column("ForecastCategoryName", soql.TypePicklist, text(title)),
		nullable("DefaultProbability", soql.TypePercent, func(s *stage) soql.Value {
			if p, ok := percent(s.Probability); ok {
				return soql.Number(p)
			}
			return soql.Value{}
		}),
		always("SystemModstamp", soql.TypeDateTime, soql.DateTimeOf(founded())),
	)
}

// recordType is a row of RecordType.
type recordType struct{ crmsim.Pipeline }

func recordTypeTable() *Table {
	return newTable("RecordType", PrefixRecordType,
		func(v *View) iter.Seq[*recordType] {
			return func(yield func(*recordType) bool) {
				for _, id := range v.order {
					if !yield(v.pipelines[id]) {
						return
					}
				}
			}
		},
		id(PrefixRecordType, func(r *recordType) int64 { return r.Number }),
		column("Name", soql.TypeString, text(func(r *recordType) string { return r.Label })),
		column("DeveloperName", soql.TypeString, text(func(r *recordType) string { return DeveloperName(r.Label) })),
		always("SobjectType", soql.TypePicklist, soql.Text("Opportunity")),
		always("IsActive", soql.TypeBoolean, soql.Boolean(true)),
		always("SystemModstamp", soql.TypeDateTime, soql.DateTimeOf(founded())),
	)
}

// campaignTable describes Campaign, which every org has and this one does not use.
func campaignTable() *Table {
	return newTable("Campaign", prefixCampaign,
		func(*View) iter.Seq[struct{}] { return slices.Values([]struct{}{}) },
		empty("Id", soql.TypeID),
		empty("Name", soql.TypeString),
		empty("Type", soql.TypePicklist),
		empty("SystemModstamp", soql.TypeDateTime),
	)
}

// organizationTable describes Organization, which has exactly one row: the view.
func organizationTable(setUp SetUp) *Table {
	fields := []soql.Field{
		id(prefixOrganization, func(v *View) int64 { return max(v.info.Number, 1) }),
		column("Name", soql.TypeString, text(func(v *View) string { return v.info.Name })),
		always("FiscalYearStartMonth", soql.TypeInt, soql.Integer(int(setUp.FiscalYearStartMonth))),
		always("UsesStartDateAsFiscalYearName", soql.TypeBoolean, soql.Boolean(false)),
		column("TimeZoneSidKey", soql.TypePicklist, text(func(v *View) string { return v.info.TimeZone })),
		always("DefaultLocaleSidKey", soql.TypePicklist, soql.Text("en_US")),
		always("OrganizationType", soql.TypePicklist, soql.Text("Enterprise Edition")),
		always("IsSandbox", soql.TypeBoolean, soql.Boolean(false)),
		always("InstanceName", soql.TypeString, soql.Text("SIM1")),
		always("SystemModstamp", soql.TypeDateTime, soql.DateTimeOf(founded())),
	}
	if setUp.MultiCurrency {
		fields = append(fields, column("DefaultCurrencyIsoCode", soql.TypePicklist,
			text(func(v *View) string { return v.info.Currency })))
	}
	return newTable("Organization", prefixOrganization,
		func(v *View) iter.Seq[*View] { return slices.Values([]*View{v}) }, fields...)
}

// period is a row of Period.
type period struct {
	id         int64
	kind       string
	label      string
	number     int
	start, end time.Time // first and last day
}

func periodTable() *Table {
	return newTable("Period", prefixPeriod, periodRows,
		id(prefixPeriod, func(p period) int64 { return p.id }),
		column("Type", soql.TypePicklist, text(func(p period) string { return p.kind })),
		column("StartDate", soql.TypeDate, func(p period) soql.Value { return soql.DateOf(p.start) }),
		column("EndDate", soql.TypeDate, func(p period) soql.Value { return soql.DateOf(p.end) }),
		nullable("Number", soql.TypeInt, func(p period) soql.Value { return soql.Integer(p.number) }),
		soql.Field{ // the one field here that cannot be filtered
			Name: "FullyQualifiedLabel", Type: soql.TypeString, Nillable: true,
			Read: of(text(func(p period) string { return p.label })),
		},
		column("IsForecastPeriod", soql.TypeBoolean, truth(func(p period) bool { return p.kind == "Month" })),
		empty("FiscalYearSettingsId", soql.TypeReference),
		always("SystemModstamp", soql.TypeDateTime, soql.DateTimeOf(founded())),
	)
}

// periodRows yields the months, quarters and fiscal years from the first year of business to the one after next.
func periodRows(v *View) iter.Seq[period] {
	first := v.now.Year() - 1
	for _, r := range v.records[crmsim.KindDeal] {
		if d := r.(*crmsim.Deal); !d.Close.IsZero() {
			first = min(first, d.Close.UTC().Year())
		}
	}
	return func(yield func(period) bool) {
		for year := first; year <= v.now.Year()+2; year++ {
			for _, p := range yearPeriods(year, v.fiscalStart) {
				if !yield(p) {
					return
				}
			}
		}
	}
}

// yearPeriods returns the periods of the fiscal year that ends in a calendar year. Ids follow from the year and the
// number, so that they stay when years are added.
func yearPeriods(year int, start time.Month) []period {
	begin := time.Date(year, start, 1, 0, 0, 0, 0, time.UTC)
	if start > time.January {
		begin = begin.AddDate(-1, 0, 0)
	}
	var periods []period
	add := func(kind string, months, offset int) {
		for i := range 12 / months {
			first := begin.AddDate(0, i*months, 0)
			label := map[string]string{"Month": first.Month().String() + " ", "Quarter": fmt.Sprintf("Q%d ", i+1)}[kind]
			periods = append(periods, period{
				id: int64(year*100 + offset + i), kind: kind, number: i + 1,
				label: fmt.Sprintf("%sFY %d", label, year), start: first, end: first.AddDate(0, months, -1),
			})
		}
	}
	add("Year", 12, 1)
	add("Quarter", 3, 11)
	add("Month", 1, 21)
	return periods
}

// currency is a row of CurrencyType.
type currency struct {
	number    int
	code      string
	rate      float64 // units of the currency for one of the company's
	corporate bool
}

func currencyTable() *Table {
	return newTable("CurrencyType", prefixCurrency, currencies,
		id(prefixCurrency, func(c currency) int64 { return int64(c.number) }),
		column("IsoCode", soql.TypePicklist, text(func(c currency) string { return c.code })),
		column("ConversionRate", soql.TypeDouble, func(c currency) soql.Value { return soql.Number(c.rate) }),
		always("DecimalPlaces", soql.TypeInt, soql.Integer(2)),
		always("IsActive", soql.TypeBoolean, soql.Boolean(true)),
		column("IsCorporate", soql.TypeBoolean, truth(func(c currency) bool { return c.corporate })),
		always("SystemModstamp", soql.TypeDateTime, soql.DateTimeOf(founded())),
	)
}

// currencies yields the company's currency and those with a rate, which Salesforce keeps the other way round.
func currencies(v *View) iter.Seq[currency] {
	rows := []currency{{number: 1, code: v.info.Currency, rate: 1, corporate: true}}
	for _, code := range slices.Sorted(maps.Keys(v.info.Rates)) {
		if rate, err := strconv.ParseFloat(v.info.Rates[code], 64); err == nil && rate > 0 && code != v.info.Currency {
			rows = append(rows, currency{number: len(rows) + 1, code: code, rate: 1 / rate})
		}
	}
	return slices.Values(rows)
}

// founded is when the org was set up: the age of everything that the world does not date.
func founded() time.Time { return time.Date(2015, 1, 1, 0, 0, 0, 0, time.UTC) }
