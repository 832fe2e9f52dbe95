package config

import (
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode"

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
func (c *checker) targetGrid(s *targetSheet) []crm.Target {
	if c.hashedReps && s.has("rep") && !s.has("name") {
		c.add(s.file(s.HeaderRow), "names its targets after the reps, whose names rep_label: hash hides", "add a column name")
		return nil
	}
	var targets []crm.Target
	seen := map[string]seenRow{}
	for _, row := range s.Rows {
		var common targetYAML
		common.place = s.file(row.Number)
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
			if read, wrong, _ := t.Value.quantity(c.currency); wrong == "" && read.value == 0 {
				continue
			}
			subject := s.subject(&t, i)
			if first, twice := seen[subject]; twice && !s.has("name") {
				c.add(s.file(row.Number), fmt.Sprintf("%s has two rows (%d and %d)", first.scope, first.number, row.Number),
					"keep one of them, or name the targets in a column name")
				break
			}
			seen[subject] = seenRow{row.Number, scopeName(&t)}
			if len(targets) == maxTargets {
				c.add(s.file(0), fmt.Sprintf("holds more than %d targets", maxTargets), "")
				return nil
			}
			t.Period.place = at
			t.Period.Name = scalar{place: at, text: column.period}
			c.nameInGrid(s, &t, column)
			targets = append(targets, c.target(t))
		}
		if !filled {
			c.warnings = append(c.warnings, fmt.Sprintf("%s, row %d: %s has no value in any period: no target is read from it",
				filepath.Base(s.path), row.Number, scopeName(&common)))
		}
	}
	return targets
}

// subject returns what the cell of a row is about, whatever the capitals and spaces: its KPI, scope and column.
func (s *targetSheet) subject(t *targetYAML, column int) string {
	words := []string{t.KPI.text, strconv.Itoa(column)}
	for _, e := range t.Scope.entries {
		words = append(words, e.key.text, tables.Key(e.value.text))
	}
	return strings.Join(words, "\x00")
}

// seenRow is a row of a grid that has a target.
type seenRow struct {
	number int
	scope  string // as written
}

// scopeName names the scope of a row.
func scopeName(t *targetYAML) string {
	var names []string
	for _, e := range t.Scope.entries {
		names = append(names, tables.Clean(e.value.text))
	}
	if len(names) == 0 {
		return "the plan without a scope"
	}
	return strings.Join(names, ", ")
}

// nameInGrid fills in what a grid leaves out. Without a column kpi it is about won revenue. Without a column name a
// target is called after the file, the KPI where the file has several, and its scope. One name cannot stand for months
// and quarters, so that it says which where the file has both.
func (c *checker) nameInGrid(s *targetSheet, t *targetYAML, column targetColumn) {
	if !s.has("kpi") {
		t.KPI = scalar{place: t.place, text: TargetKPIs()[0]}
	}
	if !s.has("name") {
		base := strings.TrimSuffix(filepath.Base(s.path), filepath.Ext(s.path))
		words := []string{base}
		if s.has("kpi") {
			words = append(words, t.KPI.text)
		}
		for _, e := range t.Scope.entries {
			words = append(words, e.value.text)
		}
		t.Name = scalar{place: t.place, text: slug(words)}
	}
	units := map[crm.PeriodUnit]bool{}
	for _, other := range s.columns {
		if period, ok := parsePeriod(other.period); ok {
			units[period.Unit] = true
		}
	}
	if period, ok := parsePeriod(column.period); ok && len(units) > 1 && t.Name.usable() {
		t.Name.text += "_" + string(period.Unit)
	}
}

// slug makes one name of some words: in small letters, with _ for everything that is no letter or digit.
func slug(words []string) string {
	fields := strings.FieldsFunc(strings.ToLower(strings.Join(words, " ")), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.M, r)
	})
	return strings.Join(fields, "_")
}
