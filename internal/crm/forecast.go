package crm

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

// String returns the label value.
func (c ForecastCategory) String() string { return string(c) }
