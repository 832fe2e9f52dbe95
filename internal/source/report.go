package source

import (
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/record"
)

// Report is what a Check found, for people. It holds no names of reps: how many there are is enough to see whether the
// right account is read.
type Report struct {
	// Account is nil where the source has none, or where it cannot be read.
	Account *record.AccountIdentity
	// Differences are the ways in which the account's calendar or currency is another than the configured one.
	Differences []string
	// Pipelines are those of the account. Stages name theirs, or none where all pipelines share them.
	Pipelines  []PipelineReport
	Stages     []crm.Stage
	Reps       RepReport
	Properties []PropertyReport
	Quotas     []Quota
	// File is the file of a spreadsheet, nil elsewhere.
	File *FileReport
}

// PipelineReport is a pipeline and whether its deals count.
type PipelineReport struct {
	crm.Pipeline
	Selected bool
}

// RepReport counts reps.
type RepReport struct{ Active, Inactive int }

// Count adds up reps.
func (r *RepReport) Count(rep crm.Rep) {
	if rep.Active {
		r.Active++
	} else {
		r.Inactive++
	}
}

// PropertyReport is a mapped property.
type PropertyReport struct {
	Dimension string
	Object    string
	Property  string
	Found     bool
}

// FileReport is the file of a spreadsheet.
type FileReport struct {
	Path        string
	Modified    time.Time
	Rows        int // that could be read
	Quarantined int
	Reasons     []ReasonReport
	Warnings    []string
	Columns     []string // headers that are mapped
}

// ReasonReport says where rows stand that are in quarantine for one reason.
type ReasonReport struct {
	Reason record.Reason
	Count  int
	First  string // place of the first
}
