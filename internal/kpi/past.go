package kpi

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
		return "Rests on dates that CRMs keep (creation, close); amounts, reps, teams and targets are as they are now."
	case PastRebuilt:
		return "Open deals of then are rebuilt from their dates: those that closed since stand in " +
			"deal_stage=\"unknown\"; amounts, stages and expected close dates are as they are now."
	case PastPresent:
		return "Says nothing about the past: it rests on what records say now."
	default:
		return ""
	}
}
