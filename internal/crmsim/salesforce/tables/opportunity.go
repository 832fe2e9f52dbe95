package tables

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/crmsim"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/soql"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// opportunities names the deals. A close date, a creation date and an owner are null where the world has none, which the
// real one does not allow; the alternative would be to make them up.
func opportunities() Naming {
	return Naming{
		Kind: crmsim.KindDeal, Object: "Opportunity", Prefix: prefixOpportunity, RecordTypes: true, Replicated: true,
		Fields: slices.Concat(
			[]Field{
				IsDeleted(),
				{Name: "Name", Type: soql.TypeString, From: "name"},
				fixed("IsPrivate", soql.TypeBoolean, soql.Boolean(false)),
				{Name: "Amount", Type: soql.TypeCurrency, Nillable: true, From: "amount"},
				{Name: "Probability", Type: soql.TypePercent, Nillable: true, Read: ofDeal(opportunity.probability)},
				{Name: "ExpectedRevenue", Type: soql.TypeCurrency, Nillable: true, Read: ofDeal(opportunity.expectedRevenue)},
				{Name: "CloseDate", Type: soql.TypeDate, Nillable: true, From: "close"},
				custom("Type", soql.TypePicklist),
				unused("NextStep", soql.TypeString),
				custom("LeadSource", soql.TypePicklist),
				custom("Region__c", soql.TypePicklist),
				custom("Product__c", soql.TypePicklist),
				fixed("HasOpportunityLineItem", soql.TypeBoolean, soql.Boolean(false)),
				unused("Pricebook2Id", soql.TypeReference),
				unused("LastActivityDate", soql.TypeDate),
				{Name: "LastStageChangeDate", Type: soql.TypeDateTime, Nillable: true, From: "stage_entered"},
			},
			stageFields(), fiscalFields(), opportunityReferences(), Audit(),
			[]Field{
				{Name: "CurrencyIsoCode", Type: soql.TypePicklist, MultiCurrency: true, Read: ofDeal(opportunity.currency)},
			},
		),
	}
}

// opportunity is a deal at the moment of its view.
type opportunity struct {
	*crmsim.Deal

	view *View
}

func ofDeal(read func(opportunity) soql.Value) func(Row) soql.Value {
	return func(r Row) soql.Value { return read(opportunity{r.Record.(*crmsim.Deal), r.view}) }
}

// stage is the deal's stage; a stage that the pipeline lacks is shown by its id, open.
func (o opportunity) stage() crmsim.Stage {
	if s, ok := o.view.stages[stageKey{o.Pipeline, o.Stage}]; ok {
		return s
	}
	return crmsim.Stage{Label: o.Stage}
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

func (o opportunity) currency() soql.Value {
	return soql.Text(cmp.Or(o.Currency, o.view.info.Currency))
}

func stageFields() []Field {
	return []Field{
		{Name: "StageName", Type: soql.TypePicklist, Read: ofDeal(func(o opportunity) soql.Value {
			return soql.Text(o.stage().Label)
		})},
		{Name: "IsClosed", Type: soql.TypeBoolean, Read: ofDeal(func(o opportunity) soql.Value {
			return soql.Boolean(o.stage().Closed)
		})},
		{Name: "IsWon", Type: soql.TypeBoolean, Read: ofDeal(func(o opportunity) soql.Value {
			return soql.Boolean(o.stage().Won)
		})},
		{Name: "ForecastCategory", Type: soql.TypePicklist, Nillable: true, Read: ofDeal(func(o opportunity) soql.Value {
			name, _ := forecast(o.ForecastCategory)
			return soql.Text(name)
		})},
		{Name: "ForecastCategoryName", Type: soql.TypePicklist, Nillable: true, Read: ofDeal(func(o opportunity) soql.Value {
			_, label := forecast(o.ForecastCategory)
			return soql.Text(label)
		})},
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
func fiscalFields() []Field {
	fiscal := func(name string, kind soql.FieldType, read func(year, quarter int) soql.Value) Field {
		return Field{Name: name, Type: kind, Nillable: true, Read: ofDeal(func(o opportunity) soql.Value {
			if o.Close.IsZero() {
				return soql.Value{}
			}
			return read(fiscalPeriod(o.Close.UTC(), o.view.fiscalStart))
		})}
	}
	return []Field{
		fiscal("FiscalYear", soql.TypeInt, func(year, _ int) soql.Value { return soql.Integer(year) }),
		fiscal("FiscalQuarter", soql.TypeInt, func(_, quarter int) soql.Value { return soql.Integer(quarter) }),
		fiscal("Fiscal", soql.TypeString, func(year, quarter int) soql.Value {
			return soql.Text(fmt.Sprintf("%d %d", year, quarter))
		}),
	}
}

func fiscalPeriod(t time.Time, start time.Month) (year, quarter int) {
	year = t.Year()
	if start > time.January && t.Month() >= start {
		year++
	}
	return year, int(t.Month()-start+12)%12/3 + 1
}

func opportunityReferences() []Field {
	return []Field{
		{Name: "OwnerId", Type: soql.TypeReference, Nillable: true, From: "rep", To: "User"},
		{Name: "AccountId", Type: soql.TypeReference, Nillable: true, From: "account", To: "Account"},
		{
			Name: "CampaignId", Type: soql.TypeReference, Nillable: true, To: "Campaign",
			Read:   func(Row) soql.Value { return soql.Value{} },
			Follow: func(Row) soql.Row { return nil },
		},
		{
			Name: "RecordTypeId", Type: soql.TypeReference, Nillable: true, To: "RecordType",
			Read: ofDeal(func(o opportunity) soql.Value {
				if p := o.view.pipelines[o.Pipeline]; p != nil {
					return soql.ID(ID(PrefixRecordType, p.Number))
				}
				return soql.Value{}
			}),
			Follow: func(r Row) soql.Row {
				if p := r.view.pipelines[r.Record.(*crmsim.Deal).Pipeline]; p != nil {
					return p
				}
				return nil
			},
		},
	}
}
