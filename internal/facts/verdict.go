package facts

// Verdict is why a record does not count, or that it does.
type Verdict uint8

// The verdicts.
const (
	// Counts is that of a record that counts.
	Counts Verdict = iota
	// OtherPipeline is that of a deal outside the configured pipelines.
	OtherPipeline
	// Excluded is that of a deal of which the exclude expression is true.
	Excluded
	// NotJudged is that of a record that changed, or that points to one that did, until the next Judge.
	NotJudged
	// Removed is that of a record that the source no longer has, or that cannot be read.
	Removed
)

// Filters returns the verdicts that follow from the configuration.
func Filters() []Verdict { return []Verdict{OtherPipeline, Excluded} }

// String returns the verdict as the value of a label, "" where a record counts.
func (v Verdict) String() string {
	switch v {
	case OtherPipeline:
		return "pipeline"
	case Excluded:
		return "expression"
	case NotJudged:
		return "not judged"
	case Removed:
		return "removed"
	default:
		return ""
	}
}
