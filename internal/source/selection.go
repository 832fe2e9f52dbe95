package source

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/expression"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// Selection is what a connector has to know of which deals of a source count: which of them do is decided from what was
// read of them.
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
		return NoPipeline(wanted, names)
	}
	return nil
}

// NoPipeline is the error of a configured pipeline that is none of those that there are.
func NoPipeline(wanted string, names []string) error {
	known := slices.DeleteFunc(slices.Compact(slices.Sorted(slices.Values(names))),
		func(name string) bool { return name == "" })
	return &Error{
		Reason: ReasonConfig, Err: fmt.Errorf("pipelines: there is no pipeline %q", wanted),
		Hint: "there are: " + strings.Join(known, ", "),
	}
}

// Pipelines returns the configured pipelines, each by all texts that mean it: an id that people see in its short form is
// one that the API answers in its long form.
func (s *Selection) Pipelines() [][]string {
	var all [][]string
	for _, wanted := range s.pipelines {
		texts := []string{wanted}
		if long, ok := LongRecordID(wanted); ok && long != wanted {
			texts = append(texts, long)
		}
		all = append(all, texts)
	}
	return all
}

// MapValue returns the label value of a CRM value: clean, and replaced where the mapping lists it.
func MapValue(m config.Mapping, raw string) string {
	label := value.CleanLabel(raw)
	if mapped, ok := m.Values[label]; ok {
		return mapped
	}
	return label
}
