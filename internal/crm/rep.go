package crm

import (
	"strconv"
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// Rep is the owner of deals: a HubSpot owner, a Salesforce user.
type Rep struct {
	record.Head

	// Name is "" where the CRM does not tell it (any more): the last one that is stored stays.
	Name   string
	Team   string
	Active bool
	// Namesake tells reps of one name apart: 0 or 1 came to it first, 2 is the second. The mirror gives it, once.
	Namesake int
}

// Reps is the kind of the reps.
var Reps = record.Declare("reps",
	record.Text("name", func(r *Rep) *string { return &r.Name }).
		UnlessSaid(func(r *Rep) bool { return value.CleanLabel(r.Name) == "" }),
	record.Text("team", func(r *Rep) *string { return &r.Team }),
	record.Flag("active", func(r *Rep) *bool { return &r.Active }),
).NumberedBy(
	func(r *Rep, number int) string {
		shown := Rep{Head: record.Head{ID: r.ID}, Name: r.Name, Namesake: number}
		return value.FoldLabel(shown.Label())
	},
	func(r *Rep) *int { return &r.Namesake },
)

// Label returns what a rep is shown as: the name, or the id where no name was ever known, and behind it the number of
// those who came to that name before, if any: "Ann Ames (2)".
func (r *Rep) Label() string {
	name := value.CleanLabel(r.Name)
	if name == "" {
		if name = value.CleanLabel(r.ID); name != "" && strings.Trim(name, "0123456789") == "" {
			name = "owner " + name
		}
	}
	if r.Namesake < 2 {
		return name
	}
	suffix := " (" + strconv.Itoa(r.Namesake) + ")"
	return value.CutLabel(name, value.MaxLabelRunes-len(suffix)) + suffix
}
