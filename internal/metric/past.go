package metric

// Past says how far a value that is computed as of a past instant can be trusted: CRMs tell how records are, seldom how
// they were.
type Past string

// The degrees of trust.
const (
	PastDated   Past = "dated"
	PastRebuilt Past = "rebuilt"
	PastPresent Past = "present"
)

// Pasts returns every degree of trust, the best first.
func Pasts() []Past { return []Past{PastDated, PastRebuilt, PastPresent} }

// Explain returns what a value as of a past instant rests on, in one sentence.
func (p Past) Explain() string {
	switch p {
	case PastDated:
		return "Uses the creation and close dates that CRMs keep. Amounts, reps, teams and targets are the current ones."
	case PastRebuilt:
		return "Rebuilds which deals were open from their dates. Deals that have closed since then have " +
			"deal_stage=\"unknown\". Amounts, stages and expected close dates are the current ones."
	case PastPresent:
		return "Uses only what records say now, so it says nothing about the past."
	default:
		return ""
	}
}
