package crm

// Object names a kind of record. It is a label value of the exporter's own metrics and a name in the mirror.
type Object string

// The objects a mirror holds.
const (
	ObjectDeal     Object = "deals"
	ObjectAccount  Object = "accounts"
	ObjectRep      Object = "reps"
	ObjectPipeline Object = "pipelines"
	ObjectStage    Object = "stages"
)

// Objects returns every Object, in the order in which they are listed to people.
func Objects() []Object {
	return []Object{ObjectDeal, ObjectAccount, ObjectRep, ObjectPipeline, ObjectStage}
}

// Outcome is the state of a deal.
type Outcome uint8

// The outcomes. OutcomeUnknown on a deal means "ask its stage", on a stage "ask the deal".
const (
	OutcomeUnknown Outcome = iota
	OutcomeOpen
	OutcomeWon
	OutcomeLost
)

// String returns the label value.
func (o Outcome) String() string {
	switch o {
	case OutcomeOpen:
		return "open"
	case OutcomeWon:
		return "won"
	case OutcomeLost:
		return "lost"
	default:
		return "unknown"
	}
}

// Deal is a HubSpot deal, a Salesforce opportunity, a row of a ledger.
type Deal struct {
	ID string
	// Version is when the CRM last modified the record, in milliseconds since 1970. Of two copies the older loses.
	Version int64

	Pipeline string // id of a Pipeline, "" where the CRM has none
	Stage    string // id of a Stage
	Rep      string // id of a Rep, "" where nobody owns the deal
	Account  string // id of an Account, "" where none is linked
	// AccountUnread says that the CRM did not tell the account this time: the one that is stored stays.
	AccountUnread bool

	// Outcome is what the record itself says. A Stage that knows its outcome overrules it.
	Outcome Outcome

	Amount      Money
	AmountKnown bool
	// Currency of Amount, ISO 4217; "" means the reporting currency. An amount in any other currency has no rate.
	Currency string

	Probability      Probability      // ProbabilityUnknown where the record has none
	ForecastCategory ForecastCategory // "" where the record has none

	Created      Instant
	Closed       Instant // the close date: expected while the deal is open, real once it is closed
	StageEntered Instant // when it entered its present stage

	Dimensions Dimensions

	// Excluded is the reason a configured filter leaves the deal out of every KPI, or "". The deal stays mirrored so
	// that it is counted and comes back when it stops matching.
	Excluded string
}

// ForecastCategory is the forecast judgement of a deal, normalised over CRMs.
type ForecastCategory string

// The forecast categories. Salesforce's "Forecast" is what its screens call commit.
const (
	ForecastOmitted    ForecastCategory = "omitted"
	ForecastPipeline   ForecastCategory = "pipeline"
	ForecastBestCase   ForecastCategory = "best_case"
	ForecastMostLikely ForecastCategory = "most_likely"
	ForecastCommit     ForecastCategory = "commit"
	ForecastClosed     ForecastCategory = "closed"
)

// ForecastCategories returns every category, from least to most certain.
func ForecastCategories() []ForecastCategory {
	return []ForecastCategory{
		ForecastOmitted, ForecastPipeline, ForecastBestCase, ForecastMostLikely, ForecastCommit, ForecastClosed,
	}
}

// Dimensions are configured label values of a record by dimension name. A deal's dimension is its own value, else its
// account's, else its rep's. A deal of a sheet may carry its "team", which stands before that of its rep.
type Dimensions map[string]string

// Account is a HubSpot company or a Salesforce account. No name is kept: no KPI needs one.
type Account struct {
	ID         string
	Version    int64
	Dimensions Dimensions
}

// Rep is the owner of deals: a HubSpot owner, a Salesforce user.
type Rep struct {
	ID      string
	Version int64
	// Name is "" where the CRM does not tell it (any more): the last one that is stored stays.
	Name       string
	Team       string
	Active     bool
	Dimensions Dimensions
	// Namesake tells reps of one name apart: 0 or 1 came to it first, 2 is the second. The mirror gives it, once.
	Namesake int
}

// Pipeline is a HubSpot pipeline or a Salesforce record type.
type Pipeline struct {
	ID      string
	Version int64
	Label   string
}

// Stage is one step of a pipeline.
type Stage struct {
	// Pipeline is the id of the stage's pipeline, or "" where all pipelines share their stages (Salesforce).
	Pipeline string
	ID       string // unique in the source, over all its pipelines
	Version  int64
	Label    string
	Position int
	// Outcome is OutcomeUnknown where each deal carries its own outcome (Salesforce).
	Outcome     Outcome
	Probability Probability
}

// DimensionNames returns every label a deal metric may carry, in their canonical order.
func DimensionNames() []string {
	return []string{"pipeline", "rep", "team", "territory", "business_type", "segment", "channel", "product"}
}

// DimensionMapped reports whether a dimension exists only where the configuration maps a CRM property to it.
// The other ones (pipeline, rep, team) follow from the records.
func DimensionMapped(name string) bool {
	switch name {
	case "territory", "business_type", "segment", "channel", "product":
		return true
	default:
		return false
	}
}
