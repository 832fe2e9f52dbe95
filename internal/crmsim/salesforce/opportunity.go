package salesforce

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/crmsim"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/soql"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// opportunity is a row of Opportunity.
type opportunity struct {
	*crmsim.Deal
	view *view
}

// stage is the deal's stage; a stage that the pipeline lacks is shown by its id, open.
func (o opportunity) stage() crmsim.Stage {
	if s, ok := o.view.stages[stageKey{o.Pipeline, o.Stage}]; ok {
		return s
	}
	return crmsim.Stage{Label: o.Stage}
}

// stamp is SystemModstamp. A merge moves no other time of the deal that it takes away.
func (o opportunity) stamp() time.Time {
	if o.MergedInto != 0 {
		return latest(o.Stamped(), o.VisibleAt)
	}
	return o.Stamped()
}

// removed is when the opportunity was deleted, the zero time while it lives.
func (o opportunity) removed() time.Time {
	switch {
	case o.Archived:
		return o.ArchivedAt
	case o.Live():
		return time.Time{}
	default:
		return o.VisibleAt
	}
}

func (o opportunity) amount() soql.Value {
	if f, err := strconv.ParseFloat(o.Amount, 64); err == nil {
		return soql.Number(f)
	}
	return soql.Value{}
}

func (o opportunity) probability() soql.Value {
	if p, ok := percent(o.stage().Probability); ok {
		return soql.Number(p)
	}
	return soql.Value{}
}

// expectedRevenue is exact to the cent, as a currency field is.
func (o opportunity) expectedRevenue() soql.Value {
	amount, err := value.ParseMoney(o.Amount)
	p, ok := percent(o.stage().Probability)
	if err != nil || !ok {
		return soql.Value{}
	}
	return soql.Number(amount.Times(value.ProbabilityOf(p / 100)).Float())
}

func (o opportunity) closeDate() soql.Value {
	if o.Close.IsZero() {
		return soql.Value{}
	}
	return soql.DateOf(o.Close)
}

// opportunityTable describes Opportunity. A close date, a creation date and an owner are null where the world has none,
// which the real one does not allow; the alternative would be to make them up.
func opportunityTable(options Options) *table {
	fields := slices.Concat(
		[]soql.Field{
			id(prefixOpportunity, func(o opportunity) int64 { return o.ID }),
			column("IsDeleted", soql.TypeBoolean, truth(func(o opportunity) bool { return !o.Live() })),
			column("Name", soql.TypeString, text(func(o opportunity) string { return o.Name })),
			always("IsPrivate", soql.TypeBoolean, soql.Boolean(false)),
			nullable("Amount", soql.TypeCurrency, opportunity.amount),
			nullable("Probability", soql.TypePercent, opportunity.probability),
			nullable("ExpectedRevenue", soql.TypeCurrency, opportunity.expectedRevenue),
			nullable("CloseDate", soql.TypeDate, opportunity.closeDate),
			property("Type", soql.TypePicklist),
			empty("NextStep", soql.TypeString),
			property("LeadSource", soql.TypePicklist),
			property("Region__c", soql.TypePicklist),
			property("Product__c", soql.TypePicklist),
			always("HasOpportunityLineItem", soql.TypeBoolean, soql.Boolean(false)),
			empty("Pricebook2Id", soql.TypeReference),
			empty("LastActivityDate", soql.TypeDate),
			nullable("LastStageChangeDate", soql.TypeDateTime,
				moment(func(o opportunity) time.Time { return o.StageEntered })),
		},
		stageFields(),
		fiscalFields(options.FiscalYearStartMonth),
		opportunityReferences(),
		audit(
			func(o opportunity) time.Time { return o.Created },
			func(o opportunity) time.Time { return o.Modified },
			opportunity.stamp,
		),
	)
	if options.MultiCurrency {
		fields = append(fields, column("CurrencyIsoCode", soql.TypePicklist, text(func(o opportunity) string {
			return cmp.Or(o.Currency, o.view.info.Currency)
		})))
	}
	t := newTable("Opportunity", prefixOpportunity, opportunities, fields...)
	t.live = of(func(o opportunity) bool { return o.Live() })
	t.kept = of(func(o opportunity) bool { return !o.Purged })
	t.stamp, t.removed = of(opportunity.stamp), of(opportunity.removed)
	return t
}

func opportunities(v *view) iter.Seq[opportunity] {
	return func(yield func(opportunity) bool) {
		for _, d := range v.deals {
			if !yield(opportunity{d, v}) {
				return
			}
		}
	}
}

// property describes a field that is kept under its own name in the deal's properties.
func property(name string, kind soql.FieldType) soql.Field {
	return nullable(name, kind, text(func(o opportunity) string { return o.Properties[name] }))
}

func stageFields() []soql.Field {
	return []soql.Field{
		column("StageName", soql.TypePicklist, text(func(o opportunity) string { return o.stage().Label })),
		column("IsClosed", soql.TypeBoolean, truth(func(o opportunity) bool { return o.stage().Closed })),
		column("IsWon", soql.TypeBoolean, truth(func(o opportunity) bool { return o.stage().Won })),
		nullable("ForecastCategory", soql.TypePicklist, text(func(o opportunity) string {
			name, _ := forecast(o.ForecastCategory)
			return name
		})),
		nullable("ForecastCategoryName", soql.TypePicklist, text(func(o opportunity) string {
			_, label := forecast(o.ForecastCategory)
			return label
		})),
	}
}

// forecast returns the API name and the label of a forecast category. What the API calls Forecast, people call Commit.
func forecast(category crm.ForecastCategory) (name, label string) {
	switch category {
	case crm.ForecastOmitted:
		return "Omitted", "Omitted"
	case crm.ForecastPipeline:
		return "Pipeline", "Pipeline"
	case crm.ForecastBestCase:
		return "BestCase", "Best Case"
	case crm.ForecastMostLikely:
		return "MostLikely", "Most Likely"
	case crm.ForecastCommit:
		return "Forecast", "Commit"
	case crm.ForecastClosed:
		return "Closed", "Closed"
	default:
		return "", ""
	}
}

// fiscalFields are derived from the close date. A fiscal year is named after the calendar year in which it ends.
func fiscalFields(start time.Month) []soql.Field {
	fiscal := func(read func(year, quarter int) soql.Value) func(opportunity) soql.Value {
		return func(o opportunity) soql.Value {
			if o.Close.IsZero() {
				return soql.Value{}
			}
			return read(fiscalPeriod(o.Close.UTC(), start))
		}
	}
	return []soql.Field{
		nullable("FiscalYear", soql.TypeInt, fiscal(func(year, _ int) soql.Value {
			return soql.Integer(year)
		})),
		nullable("FiscalQuarter", soql.TypeInt, fiscal(func(_, quarter int) soql.Value {
			return soql.Integer(quarter)
		})),
		nullable("Fiscal", soql.TypeString, fiscal(func(year, quarter int) soql.Value {
			return soql.Text(fmt.Sprintf("%d %d", year, quarter))
		})),
	}
}

func fiscalPeriod(t time.Time, start time.Month) (year, quarter int) {
	year = t.Year()
	if start > time.January && t.Month() >= start {
		year++
	}
	return year, int(t.Month()-start+12)%12/3 + 1
}

func opportunityReferences() []soql.Field {
	return []soql.Field{
		reference("OwnerId", "User",
			func(o opportunity) string { return idOf(prefixUser, o.Rep) },
			func(o opportunity) soql.Row { return find(o.view.users, o.Rep) }),
		reference("AccountId", "Account",
			func(o opportunity) string { return idOf(prefixAccount, o.Account) },
			func(o opportunity) soql.Row { return find(o.view.accounts, o.Account) }),
		reference("CampaignId", "Campaign",
			func(opportunity) string { return "" },
			func(opportunity) soql.Row { return nil }),
		reference("RecordTypeId", "RecordType",
			func(o opportunity) string {
				if p := o.view.pipelines[o.Pipeline]; p != nil {
					return idOf(prefixRecordType, p.Number)
				}
				return ""
			},
			func(o opportunity) soql.Row {
				if p := o.view.pipelines[o.Pipeline]; p != nil {
					return p
				}
				return nil
			}),
	}
}
