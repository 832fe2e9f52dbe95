package facts

import (
	"cmp"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/calendar"
	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/expression"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// view is a deal as the exclude expression sees it: names as people see them, whatever the labels of the page show. A text
// that is not known is "". Times are in the reporting zone.
type view struct {
	source      *Source
	row         int
	own, theirs []uint32 // of the origin, of the account
	rep         *Entry[Rep]
}

// look follows what the deal points to.
func (v *view) look() {
	s := v.source
	v.own = s.Origins.At(s.Deals.Origin[v.row], v.own)
	v.theirs = s.AccountValues.At(s.accountValues(s.Deals.Account[v.row]), v.theirs)
	v.rep = &s.Reps.Entries[s.Reps.Survivor(v.own[1])]
}

// filler sets a field of a record.
type filler func(v *view, r *expression.Record)

// field is a field of the expression.
type field struct {
	name  string
	reads reads
	fill  filler
}

// fields returns the fields that an expression can read.
func (s *Source) fields() []field {
	fields := []field{
		{"id", readsOwn, func(v *view, r *expression.Record) { r.ID = string(v.source.Deals.ids.At(uint32(v.row))) }},
		{"name", readsOwn, func(v *view, r *expression.Record) { r.Name = v.source.Deals.names.at(v.row) }},
		{"amount", readsOwn, (*view).fillAmount},
		{"probability", readsOwn, (*view).fillProbability},
		{"created", readsOwn, func(v *view, r *expression.Record) {
			r.Created, r.CreatedKnown = v.moment(v.source.Deals.Created[v.row])
		}},
		{"closed", readsOwn, func(v *view, r *expression.Record) {
			r.Closed, r.ClosedKnown = v.moment(v.source.Deals.Closed[v.row])
		}},
		{"pipeline", readsPipeline, func(v *view, r *expression.Record) {
			r.Pipeline = v.source.Pipelines.Entries[v.source.Pipelines.Survivor(v.own[0])].Record.Label
		}},
		{"stage", readsStage, func(v *view, r *expression.Record) { r.Stage = v.stage() }},
		{"outcome", readsStage, func(v *view, r *expression.Record) { r.Outcome = v.outcome().String() }},
		{"rep", readsRep, func(v *view, r *expression.Record) { r.Rep = v.rep.Record.Name }},
		{"currency", 0, func(v *view, r *expression.Record) {
			r.Currency = v.source.Currencies.Name(int(v.source.Deals.Currency[v.row]), v.source.Facts.options.Currency)
		}},
		{"forecast_category", 0, func(v *view, r *expression.Record) {
			r.ForecastCategory = string(v.source.Facts.Category(v.source.Deals.Flags[v.row]))
		}},
	}
	dimensions := map[string]func(r *expression.Record) *string{
		"team":          func(r *expression.Record) *string { return &r.Team },
		"territory":     func(r *expression.Record) *string { return &r.Territory },
		"business_type": func(r *expression.Record) *string { return &r.BusinessType },
		"segment":       func(r *expression.Record) *string { return &r.Segment },
		"channel":       func(r *expression.Record) *string { return &r.Channel },
		"product":       func(r *expression.Record) *string { return &r.Product },
	}
	for mapped, name := range s.Facts.Mapped {
		if at, readable := dimensions[name]; readable {
			fields = append(fields, dimensionField(name, mapped, at))
		}
	}
	return fields
}

// dimensionField returns the field of a dimension, which has a place among the mapped ones.
func dimensionField(name string, mapped int, at func(*expression.Record) *string) field {
	if name == "team" {
		return field{name, readsRep, func(v *view, r *expression.Record) {
			*at(r) = cmp.Or(v.source.Facts.values[mapped].texts[v.own[2+mapped]], v.rep.Record.Team)
		}}
	}
	return field{name, readsRep | readsAccount, func(v *view, r *expression.Record) {
		code := cmp.Or(v.own[2+mapped], v.theirs[mapped])
		if code == 0 && v.rep.Record.Values != nil {
			code = v.rep.Record.Values[mapped]
		}
		*at(r) = v.source.Facts.values[mapped].texts[code]
	}}
}

func (v *view) fillAmount(r *expression.Record) {
	flags := v.source.Deals.Flags[v.row]
	r.Amount, r.AmountKnown = v.source.Deals.Amount[v.row].Float(), flags.Priced() || flags.Foreign()
}

func (v *view) fillProbability(r *expression.Record) {
	p := v.source.Deals.Probability[v.row]
	r.Probability, r.ProbabilityKnown = float64(p)/value.ProbabilityScale, p != value.ProbabilityUnknown
}

func (v *view) moment(i calendar.Instant) (at time.Time, known bool) {
	if !i.Known() {
		return time.Time{}, false
	}
	zone := v.source.Facts.options.Location
	if zone == nil {
		zone = time.UTC
	}
	return i.In(zone), true
}

func (v *view) stage() string {
	s := v.source
	code := s.Stages.Survivor(s.Deals.Stage[v.row])
	if e := &s.Stages.Entries[code]; e.Known || !s.Facts.options.Traits[s.Name].StagesByName {
		return e.Record.Label
	}
	return value.CleanLabel(string(s.Stages.ID(code)))
}

// outcome returns that of the stage, where the stage knows it, else that of the deal.
func (v *view) outcome() crm.Outcome {
	s := v.source
	stage := &s.Stages.Entries[s.Stages.Survivor(s.Deals.Stage[v.row])].Record
	return cmp.Or(stage.Outcome, s.Deals.Flags[v.row].Outcome())
}
