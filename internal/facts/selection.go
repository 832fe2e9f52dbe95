package facts

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/expression"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// Selection says which deals of a source count.
type Selection struct {
	// Pipelines are the configured ones, each by all texts that mean it; none are all.
	Pipelines [][]string
	// Exclude is true of deals that do not count; nil is never true.
	Exclude *expression.Expression
}

func (s *Selection) uses(field string) bool { return s.Exclude != nil && s.Exclude.Uses(field) }

// UnknownPipelineError says that a configured pipeline is none of the source's. Were that ignored, a pipeline that was
// renamed in the CRM, or mistyped, would turn every KPI into a 0 that nobody can tell from a bad quarter.
type UnknownPipelineError struct {
	Pipeline string
	Known    []string // labels and ids of those that there are, in order
}

// Error implements error.
func (e *UnknownPipelineError) Error() string {
	return fmt.Sprintf("there is no pipeline %q", e.Pipeline)
}

// UnreadError says that the exclude expression reads what is being read from the CRM for the first time, or what the records
// hold as another mapping filled it. Were they judged by that, deals would count that are to be left out, or the other way
// round.
type UnreadError struct {
	Fields []string // by their names in expressions
}

// Error implements error.
func (e *UnreadError) Error() string {
	return fmt.Sprintf("exclude reads %s, which is being read anew", strings.Join(e.Fields, ", "))
}

// unread returns what the expression reads of the columns that are being read. Those of a kind of record have its name in
// front.
func (s *Source) unread() (fields []string) {
	for _, column := range slices.Concat(s.awaited, s.refilled) {
		if field := path.Base(column); s.judge.selection.uses(field) && !slices.Contains(fields, field) {
			fields = append(fields, field)
		}
	}
	return fields
}

// selectPipelines decides which pipelines are selected, by number. A pipeline goes by its label, its API name and its id,
// however they are spelled.
func (s *Source) selectPipelines(wanted [][]string) (selected []bool, err error) {
	selected = make([]bool, len(s.Pipelines.Entries))
	if len(wanted) == 0 {
		for code := range selected {
			selected[code] = true
		}
		return selected, nil
	}
	for _, texts := range wanted {
		exists := false
		for code := 1; code < len(selected); code++ { // 0 is no pipeline
			e := &s.Pipelines.Entries[code]
			names := []string{string(s.Pipelines.ID(uint32(code))), e.Record.Label, e.Record.APIName}
			if !slices.ContainsFunc(names, func(name string) bool { return meant(name, texts) }) {
				continue
			}
			selected[code] = true
			exists = exists || e.Known
		}
		if !exists {
			err = errors.Join(err, &UnknownPipelineError{Pipeline: texts[0], Known: s.pipelineNames()})
		}
	}
	return selected, err
}

// meant reports whether one of some texts means a name.
func meant(name string, texts []string) bool {
	return slices.ContainsFunc(texts, func(text string) bool { return value.SameLabel(name, text) })
}

func (s *Source) pipelineNames() (names []string) {
	s.Pipelines.EachKnown(func(code uint32, p Pipeline) {
		names = append(names, string(s.Pipelines.ID(code)), p.Label)
	})
	slices.Sort(names)
	return slices.Compact(names)
}
