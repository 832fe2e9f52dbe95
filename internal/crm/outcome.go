package crm

// Outcome is the state of a deal.
type Outcome uint8

// The outcomes. OutcomeUnknown on a deal means "ask its stage", on a stage "ask the deal".
const (
	OutcomeUnknown Outcome = iota
	OutcomeOpen
	OutcomeWon
	OutcomeLost
)

// Outcomes returns every outcome that a deal can have.
func Outcomes() []Outcome { return []Outcome{OutcomeOpen, OutcomeWon, OutcomeLost} }

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
