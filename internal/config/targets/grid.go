package targets

import (
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/sales-exporter/sales_exporter/internal/config/document"
	"github.com/sales-exporter/sales_exporter/internal/crm"
	tables "github.com/sales-exporter/sales_exporter/internal/table"
)

// periods reports whether the columns of the file are periods.
func (s *targetSheet) periods() bool {
	return slices.ContainsFunc(s.columns, func(c targetColumn) bool { return c.period != "" })
}

// has reports whether the file has a column.
func (s *targetSheet) has(key string) bool {
	return slices.ContainsFunc(s.columns, func(c targetColumn) bool { return c.key == key })
}

// targetGrid reads a grid: the cell of a row and a period is the target of the row's scope in the period. A blank cell
// and a 0 ask for nothing.
func (c *Checker) targetGrid(s *targetSheet) []crm.Target {
	if c.HashedReps && s.has("rep") && !s.has("name") {
		c.Add(s.file(s.HeaderRow), "names its targets after the reps, whose names rep_label: hash hides", "add a column name")
		return nil
	}
	var targets []crm.Target
	seen := map[string]seenRow{}
	for _, row := range s.Rows {
		var common Target
		common.Position = s.file(row.Number)
		c.fill(&common, s, row)
		filled := false
		for i, column := range s.columns {
			at, cell := s.at(row.Number, i), row.At(i)
			if column.period == "" || cell.Kind == tables.Blank || !c.readable(at, cell) {
				continue
			}
			filled = true
			t := common
			t.Value = s.number(at, cell, false)
			if read, wrong, _ := quantity(t.Value, c.Currency); wrong == "" && read.value == 0 {
				continue
			}
			subject := s.subject(&t, i)
			if first, twice := seen[subject]; twice && !s.has("name") {
				c.Add(s.file(row.Number), fmt.Sprintf("%s has two rows (%d and %d)", first.scope, first.number, row.Number),
					"keep one of them, or name the targets in a column name")
				break
			}
			seen[subject] = seenRow{row.Number, scopeName(&t)}
			if len(targets) == maxTargets {
				c.Add(s.file(0), fmt.Sprintf("holds more than %d targets", maxTargets), "")
				return nil
			}
			t.Period.Position = at
			t.Period.Name = document.Scalar{Position: at, Text: column.period}
			c.nameInGrid(s, &t, column)
			targets = append(targets, c.target(t))
		}
		if !filled {
			c.Warn(fmt.Sprintf("%s, row %d: %s has no value in any period: no target is read from it",
				filepath.Base(s.path), row.Number, scopeName(&common)))
		}
	}
	return targets
}

// subject returns what the cell of a row is about, whatever the capitals and spaces: its KPI, scope and column.
func (s *targetSheet) subject(t *Target, column int) string {
	words := []string{t.KPI.Text, strconv.Itoa(column)}
	for _, e := range t.Scope.Entries {
		words = append(words, e.Key.Text, tables.Key(e.Value.Text))
	}
	return strings.Join(words, "\x00")
}

// seenRow is a row of a grid that has a target.
type seenRow struct {
	number int
	scope  string // as written
}

// scopeName names the scope of a row.
func scopeName(t *Target) string {
	var names []string
	for _, e := range t.Scope.Entries {
		names = append(names, tables.Clean(e.Value.Text))
	}
	if len(names) == 0 {
		return "the plan without a scope"
	}
	return strings.Join(names, ", ")
}

// nameInGrid fills in what a grid leaves out. Without a column kpi it is about won revenue. Without a column name a
// target is called after the file, the KPI where the file has several, and its scope. One name cannot stand for months
// and quarters, so that it says which where the file has both.
func (c *Checker) nameInGrid(s *targetSheet, t *Target, column targetColumn) {
	if !s.has("kpi") {
		t.KPI = document.Scalar{Position: t.Position, Text: c.KPIs[0].Name}
	}
	if !s.has("name") {
		base := strings.TrimSuffix(filepath.Base(s.path), filepath.Ext(s.path))
		words := []string{base}
		if s.has("kpi") {
			words = append(words, t.KPI.Text)
		}
		for _, e := range t.Scope.Entries {
			words = append(words, e.Value.Text)
		}
		t.Name = document.Scalar{Position: t.Position, Text: slug(words)}
	}
	units := map[crm.PeriodUnit]bool{}
	for _, other := range s.columns {
		if period, ok := parsePeriod(other.period); ok {
			units[period.Unit] = true
		}
	}
	if period, ok := parsePeriod(column.period); ok && len(units) > 1 && t.Name.Usable() {
		t.Name.Text += "_" + string(period.Unit)
	}
}

// slug makes one name of some words: in small letters, with _ for everything that is no letter or digit.
func slug(words []string) string {
	fields := strings.FieldsFunc(strings.ToLower(strings.Join(words, " ")), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.M, r)
	})
	return strings.Join(fields, "_")
}
