package crm

// RepLabel says what the `rep` label of a metric holds.
type RepLabel string

// The rep labels.
const (
	RepLabelName RepLabel = "name"
	RepLabelID   RepLabel = "id"
	RepLabelHash RepLabel = "hash"
)
