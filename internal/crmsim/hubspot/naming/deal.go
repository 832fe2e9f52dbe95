package naming

import (
	"slices"

	"github.com/sales-exporter/sales_exporter/internal/crmsim"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/world"
)

func deals() Naming {
	return Naming{
		Kind: crmsim.KindDeal, Type: "deals", Number: "0-3", Single: "deal", Scope: "crm.objects.deals.read", Base: BaseDeal,
		Shown: []string{"dealname", "amount", "closedate", "pipeline", "dealstage"}, Title: "dealname", Pipelines: true,
		Properties: slices.Concat(Common(), []Property{
			{Name: "dealname", Type: "string", Field: "name"},
			{Name: "amount", Type: "number", Field: "amount"},
			{Name: "deal_currency_code", Type: "enumeration", Field: "currency"},
			{Name: "amount_in_home_currency", Type: "number", Calculated: true, Read: ofDeal(homeAmount)},
			{Name: "closedate", Type: "datetime", Field: "close"},
			{Name: "pipeline", Type: "enumeration", External: true, Field: "pipeline"},
			{Name: "dealstage", Type: "enumeration", External: true, Field: "stage"},
			{Name: "hubspot_owner_id", Type: "enumeration", External: true, Field: "rep"},
			{Name: "hubspot_team_id", Type: "enumeration", External: true, Read: ofDeal(teamOfOwner)},
			{Name: "hs_is_closed", Type: "bool", Calculated: true, Read: ofDeal(isClosed)},
			{Name: "hs_is_closed_won", Type: "bool", Calculated: true, Read: ofDeal(isWon)},
			{Name: "hs_deal_stage_probability", Type: "number", Calculated: true, Read: ofDeal(probability)},
			{Name: "hs_manual_forecast_category", Type: "enumeration", Read: ofDeal(forecast)},
			Merged(),
			{Name: "hs_v2_date_entered_current_stage", Type: "datetime", Calculated: true, Field: "stage_entered"},
		}),
		Further: datesOfStages,
		Associations: []Association{
			{
				To: "companies", Field: "account", There: [2]int{5, 341}, Back: [2]int{6, 342},
				Further: func(r world.Record) []int64 { return r.(*crmsim.Deal).Further },
			},
		},
	}
}

func ofDeal(read func(*Background, *crmsim.Deal) Value) func(*Background, world.Record) Value {
	return func(b *Background, r world.Record) Value { return read(b, r.(*crmsim.Deal)) }
}

// What follows from the stage or the rep does so at once and does not touch the modification date, as in HubSpot.

func homeAmount(b *Background, d *crmsim.Deal) Value {
	return text(b.homeAmount(d.Amount, d.Currency))
}

func teamOfOwner(b *Background, d *crmsim.Deal) Value { return reference(BaseTeam, b.teams()[d.Rep]) }

func isClosed(b *Background, d *crmsim.Deal) Value { return flag(b.stages()[d.Stage].Closed) }

func isWon(b *Background, d *crmsim.Deal) Value { return flag(b.stages()[d.Stage].Won) }

func probability(b *Background, d *crmsim.Deal) Value {
	return text(exactFloat(b.stages()[d.Stage].Probability))
}

func forecast(_ *Background, d *crmsim.Deal) Value { return text(forecastCategory(d.ForecastCategory)) }

// datesOfStages are the properties that tell when a deal entered each stage. The world knows the present one only.
func datesOfStages(w *crmsim.World) []Property {
	var properties []Property
	for _, p := range w.Pipelines() {
		for _, s := range p.Stages {
			properties = append(properties, Property{
				Name: "hs_v2_date_entered_" + s.ID, Type: "datetime", Calculated: true,
				Read: ofDeal(func(_ *Background, d *crmsim.Deal) Value {
					if d.Stage != s.ID {
						return Value{}
					}
					return instant(d.StageEntered)
				}),
			})
		}
	}
	return properties
}
