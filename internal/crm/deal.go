package crm

import (
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// Deal is a HubSpot deal, a Salesforce opportunity, a row of a ledger.
type Deal struct {
	record.Head

	Pipeline string // id of a Pipeline, "" where the CRM has none
	Stage    string // id of a Stage
	Rep      string // id of a Rep, "" where nobody owns the deal
	Account  string // id of an Account, "" where none is linked
	// AccountUnread says that the CRM did not tell the account this time: the one that is stored stays.
	AccountUnread bool

	// Outcome is what the record itself says. A Stage that knows its outcome overrules it.
	Outcome Outcome

	Amount      value.Money
	AmountKnown bool
	// Currency of Amount, ISO 4217; "" means the reporting currency. An amount in any other currency has no rate.
	Currency string

	// Converted is Amount in ConvertedCurrency, by the CRM's own rate: known only where the CRM tells it, and in another
	// currency than Amount is.
	Converted         value.Money
	ConvertedKnown    bool
	ConvertedCurrency string

	Probability      value.Probability // ProbabilityUnknown where the record has none
	ForecastCategory ForecastCategory  // "" where the record has none

	Created      value.Instant
	Closed       value.Instant // the close date: expected while the deal is open, real once it is closed
	StageEntered value.Instant // when it entered its present stage

	// Name is kept only where the configuration reads it: it is personal as often as not. "" elsewhere.
	Name string
}

// Deals is the kind of the deals.
var Deals = record.Declare("deals",
	record.Reference("pipeline", func(d *Deal) *string { return &d.Pipeline }),
	record.Reference("stage", func(d *Deal) *string { return &d.Stage }),
	record.Reference("rep", func(d *Deal) *string { return &d.Rep }),
	record.Reference("account", func(d *Deal) *string { return &d.Account }).
		UnlessSaid(func(d *Deal) bool { return d.AccountUnread }),
	record.Word("outcome", func(d *Deal) *Outcome { return &d.Outcome }, Outcomes()...),
	record.Amount("amount", func(d *Deal) (*value.Money, *bool) { return &d.Amount, &d.AmountKnown }),
	record.Text("currency", func(d *Deal) *string { return &d.Currency }),
	record.Amount("converted_amount", func(d *Deal) (*value.Money, *bool) { return &d.Converted, &d.ConvertedKnown }),
	record.Text("converted_currency", func(d *Deal) *string { return &d.ConvertedCurrency }),
	record.Probability("probability", func(d *Deal) *value.Probability { return &d.Probability }),
	record.Word("forecast_category", func(d *Deal) *ForecastCategory { return &d.ForecastCategory },
		ForecastCategories()...),
	record.Instant("created", func(d *Deal) *value.Instant { return &d.Created }),
	record.Instant("closed", func(d *Deal) *value.Instant { return &d.Closed }),
	record.Instant("stage_entered", func(d *Deal) *value.Instant { return &d.StageEntered }),
	record.Text("name", func(d *Deal) *string { return &d.Name }),
).Unreadable(
	record.BadID, record.BadAmount, record.BadDate, record.BadOutcome, record.BadStage, record.BadShape,
	record.BadDuplicate, record.BadFormula, record.BadCell,
)
