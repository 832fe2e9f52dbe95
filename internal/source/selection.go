package source

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/expression"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// Selection decides which deals of a source count, as its configuration says.
type Selection struct {
	pipelines []string
	exclude   *expression.Expression
}

// NewSelection returns the Selection of a source's `pipelines` and `exclude`.
func NewSelection(source config.Source) *Selection {
	return &Selection{pipelines: source.Pipelines, exclude: source.Exclude}
}

// NeedsName reports whether the exclude expression reads the deal's name; connectors do not request names otherwise.
func (s *Selection) NeedsName() bool { return s.exclude != nil && s.exclude.Uses("name") }

// Exclude returns the value for crm.Deal.Excluded: "pipeline" for a deal outside the configured pipelines (matched by
// id or by label, however it is spelled), "expression" for one that the exclude expression matches, else "".
// record is called only when there is an expression. Errors are ReasonConfig.
func (s *Selection) Exclude(pipelineID, pipelineLabel string, record func() expression.Record) (string, error) {
	if !s.Selects(pipelineID, pipelineLabel) {
		return "pipeline", nil
	}
	if s.exclude == nil {
		return "", nil
	}
	matched, err := s.exclude.Match(clean(record()))
	switch {
	case err != nil:
		return "", Errorf(ReasonConfig, "evaluate the exclude expression: %w", err)
	case matched:
		return "expression", nil
	default:
		return "", nil
	}
}

// Selects reports whether deals of a pipeline that goes by any of the names count.
func (s *Selection) Selects(names ...string) bool {
	wanted := func(p string) bool {
		return slices.ContainsFunc(names, func(name string) bool { return value.SameLabel(p, name) })
	}
	return len(s.pipelines) == 0 || slices.ContainsFunc(s.pipelines, wanted)
}

// CheckPipelines refuses a configured pipeline that is none of the names, ids and labels alike. Were it ignored, a
// pipeline that was renamed in the CRM, or mistyped, would turn every KPI into a 0 that nobody can tell from a bad
// quarter. Errors are ReasonConfig.
func (s *Selection) CheckPipelines(names []string) error {
	for _, wanted := range s.pipelines {
		if slices.ContainsFunc(names, func(name string) bool { return value.SameLabel(name, wanted) }) {
			continue
		}
		known := slices.DeleteFunc(slices.Compact(slices.Sorted(slices.Values(names))),
			func(name string) bool { return name == "" })
		return &Error{
			Reason: ReasonConfig, Err: fmt.Errorf("pipelines: there is no pipeline %q", wanted),
			Hint: "there are: " + strings.Join(known, ", "),
		}
	}
	return nil
}

// clean gives the texts of a record the form that they have on labels, so that an expression matches what people see.
func clean(r expression.Record) expression.Record {
	r.Name = value.CleanText(r.Name)
	for _, label := range []*string{
		&r.Pipeline, &r.Stage, &r.Rep, &r.Team, &r.Territory, &r.BusinessType, &r.Segment, &r.Channel, &r.Product,
	} {
		*label = value.CleanLabel(*label)
	}
	return r
}

// MapValue returns the label value of a CRM value: clean, and replaced where the mapping lists it.
func MapValue(m config.Mapping, raw string) string {
	label := value.CleanLabel(raw)
	if mapped, ok := m.Values[label]; ok {
		return mapped
	}
	return label
}
