package config

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/config/document"
	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/expression"
)

var sourceName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$`)

// maxRequestsPerSecond is HubSpot's largest allowance many times over; a simulator on this machine can take it.
const maxRequestsPerSecond = 1000

func (c *checker) sourceList(d *documentYAML) []Source {
	switch {
	case d.Sources.Broken:
		return nil
	case !d.Sources.Set():
		c.Lacks(d.Position, "needs sources", "config.example.yaml has two that need no account")
	case len(d.Sources.items) == 0:
		c.Add(d.Sources.Position, "must have at least one source", "")
	}
	var sources []Source
	for _, item := range d.Sources.items {
		if item.Usable() {
			sources = append(sources, c.source(item))
		}
	}
	return sources
}

// minInterval is the least time between two syncs. It keeps a typing error from spinning; what protects an account's
// API is its budget.
const minInterval = time.Second

func (c *checker) source(s *SourceKeys) Source {
	source := Source{Name: c.sourceName(s)}
	section := c.section(s)
	if section == nil {
		return source
	}
	source.Connector = section.Key
	section.Value.(Section).Read(&SectionChecker{c.Checker, c.dimensions}, s, &source)
	source.Currency = c.currencyCode(s.Currency, "")
	source.Interval = c.Duration(s.Interval, 5*time.Minute, minInterval)
	source.FullSyncInterval = c.Duration(s.FullSyncInterval, max(day, source.Interval), source.Interval)
	source.Budget = c.budget(s.APIBudget)
	source.Pipelines = c.labels(s.Pipelines)
	source.Exclude = c.expression(s.Exclude)
	c.readsEmpty(s.Exclude.Position, &source)
	return source
}

func (c *checker) sourceName(s *SourceKeys) string {
	if !c.Need(s.Position, "name", s.Name.Position) {
		return ""
	}
	name := s.Name.Text
	switch {
	case !sourceName.MatchString(name):
		c.Add(s.Name.Position, document.Quote(name)+" is not a source name",
			"use up to 63 letters, digits, dots, - and _, beginning with a letter or digit")
	case slices.Contains(c.sources, name):
		c.Add(s.Name.Position, document.Quote(name)+" is already the name of another source", "names must be unique")
	}
	c.sources = append(c.sources, name)
	return name
}

// section returns the section of a source, nil where there is not exactly one or its shape is wrong, which it reports.
func (c *checker) section(s *SourceKeys) *document.Field {
	var known []string
	var sections []document.Field
	broken := false
	for _, field := range s.Sections {
		known = append(known, field.Key)
		at := field.Value.Where()
		if at.Set() {
			sections = append(sections, field)
		}
		broken = broken || at.Broken
	}
	last := len(known) - 1
	switch {
	case len(sections) == 0:
		c.Lacks(s.Position, "needs one of "+strings.Join(known[:last], ", ")+" and "+known[last], "")
	case len(sections) > 1:
		c.Add(s.Position, fmt.Sprintf("is both %s and %s", sections[0].Key, sections[1].Key), "write two sources")
	case !broken:
		return &sections[0]
	}
	return nil
}

func (c *checker) budget(b BudgetKeys) Budget {
	share := func(f float64) bool { return f > 0 && f <= 1 }
	rate := func(f float64) bool { return f > 0 && f <= maxRequestsPerSecond }
	return Budget{
		DailyShare: c.Number(b.DailyShare, 0.5, share, "above 0 and at most 1"),
		RequestsPerSecond: c.Number(b.RequestsPerSecond, 10, rate,
			fmt.Sprintf("above 0 and at most %d", maxRequestsPerSecond)),
	}
}

// labels reads a list of names as the CRM shows them.
func (c *checker) labels(l document.List[document.Scalar]) []string {
	var labels []string
	for _, item := range l.Items {
		if item.Usable() {
			labels = append(labels, c.Label(item))
		}
	}
	c.Distinct(l.Items)
	return labels
}

func (c *checker) expression(s document.Scalar) *expression.Expression {
	if !s.Usable() {
		return nil
	}
	expression, err := expression.Compile(s.Text, c.zone)
	if err != nil {
		c.Add(s.Position, err.Error(), "")
	}
	return expression
}

// readsEmpty refuses an expression that reads a field that nothing fills: it is empty on every deal of the source.
func (c *checker) readsEmpty(at document.Position, s *Source) {
	if s.Exclude == nil || c.Found() > 0 {
		return // Another mistake may be why nothing fills it.
	}
	for _, field := range s.Exclude.Fields() {
		wrong, hint := c.unfilled(s, field)
		if wrong != "" {
			c.Add(at, "reads "+field+", which "+wrong+": it is unknown on every deal", hint)
			return
		}
	}
}

// unfilled says what fills a field and is not there, and what to do about it, or "".
func (c *checker) unfilled(s *Source, field string) (what, hint string) {
	if list, ok := s.Settings.(fieldList); ok {
		return list.Unfilled(field)
	}
	switch _, mapped := s.Map[field]; {
	case !slices.Contains(crm.DimensionNames(), field) || !crm.DimensionMapped(field) || mapped:
		return "", ""
	case !slices.Contains(c.dimensions, field):
		return "the source does not read", "add it to dimensions and to the map of the source"
	default:
		return "no property is mapped to", "add it to the map of the source"
	}
}
