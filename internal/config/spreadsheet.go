package config

import (
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	grid "github.com/sales-exporter/sales_exporter/internal/table"
)

// dealFields are what a column of a deals sheet can be.
func dealFields() []string {
	return []string{
		"id", "name", "rep", "pipeline", "stage", "amount", "created", "closed", "account", "product", "team",
		"territory", "business_type", "segment", "channel", "currency", "probability",
	}
}

// maxHeaderRow is below any title.
const maxHeaderRow = 1000

func (c *checker) spreadsheet(s spreadsheetYAML) *Spreadsheet {
	sheet := &Spreadsheet{Decimal: c.decimal(s.Decimal)}
	if c.need(s.place, "deals", s.Deals.place) {
		sheet.Deals = c.sheet(s.Deals)
	}
	return sheet
}

func (c *checker) decimal(s scalar) string {
	switch {
	case !s.usable():
		return ""
	case s.text != "." && s.text != ",":
		c.add(s.place, quote(s.text)+" is not a decimal sign", `write "." or ","`)
		return ""
	default:
		return s.text
	}
}

func (c *checker) sheet(s sheetYAML) Sheet {
	sheet := Sheet{Columns: c.columns(s), Stages: c.stages(s), DateFormat: c.dateFormat(s.DateFormat)}
	switch file := s.File.text; {
	case !c.need(s.place, "file", s.File.place):
	case strings.Contains(file, "://"):
		sheet.File = c.download(s)
	default:
		sheet.File = c.path(s.File)
		extension := strings.ToLower(filepath.Ext(s.File.text))
		// What a pattern leaves open is looked at once its files are there.
		open := strings.ContainsAny(extension, "*?[") || extension == "" && strings.ContainsAny(filepath.Base(file), "*?[")
		if !open && !slices.Contains(grid.Endings(), extension) {
			c.add(s.File.place, quote(s.File.text)+" is not a kind of file that can be read",
				"use one of "+strings.Join(grid.Endings(), ", "))
		} else if !open && s.Sheet.set() && !grid.Workbook(s.File.text) {
			c.add(s.Sheet.place, "has no effect on a "+extension+" file", "remove it")
		}
		if _, err := filepath.Match(file, ""); err != nil {
			c.add(s.File.place, quote(file)+" is not a pattern", "write it like exports/*.csv")
		}
	}
	sheet.Sheet = c.text(s.Sheet, "", maxLabel)
	sheet.HeaderRow = c.integer(s.HeaderRow, 0, 1, maxHeaderRow)
	return sheet
}

// download reads the URL of a CSV that anybody may fetch. It is not repeated in messages: whoever knows it can read the
// sheet.
func (c *checker) download(s sheetYAML) string {
	u, err := url.Parse(s.File.text)
	switch {
	case err != nil || u.Hostname() == "":
		c.add(s.File.place, "is not a URL", "write a path, a pattern such as exports/*.csv, or the https URL of a CSV")
	case u.Scheme != "https":
		c.add(s.File.place, "is not an https URL", "unencrypted numbers can be changed in transit")
	case u.User != nil:
		c.add(s.File.place, "must not contain a user or password", "download the file by other means and name its path")
	case u.Hostname() == "docs.google.com" && strings.Contains(u.Path, "/edit"):
		c.add(s.File.place, "is the URL of the sheet's editor",
			"in the sheet, choose File, Share, Publish to web, CSV, and use that URL")
	case s.Sheet.set():
		c.add(s.Sheet.place, "has no effect on a URL", "remove it; publish the one sheet as CSV")
	}
	return s.File.text
}

func (c *checker) columns(s sheetYAML) map[string]string {
	columns := map[string]string{}
	if !c.need(s.place, "columns", s.Columns.place) {
		return columns
	}
	for _, e := range s.Columns.entries {
		if !slices.Contains(dealFields(), e.key.text) {
			c.add(e.key.place, "is not a field of a deal", oneOf(e.key.text, dealFields()))
			continue
		}
		columns[e.key.text] = c.text(e.value, "", maxText)
	}
	for _, field := range []string{"id", "stage"} {
		if _, there := columns[field]; !there {
			c.lacks(s.Columns.place, "needs "+field, "name the column that holds it")
		}
	}
	return columns
}

func (c *checker) stages(s sheetYAML) map[string]crm.Outcome {
	stages := map[string]crm.Outcome{}
	if !c.need(s.place, "stages", s.Stages.place) {
		return stages
	}
	if len(s.Stages.entries) == 0 {
		c.add(s.Stages.place, "must have at least one stage", "write Won: won")
	}
	outcomes := []crm.Outcome{crm.OutcomeWon, crm.OutcomeLost, crm.OutcomeOpen}
	for i, e := range s.Stages.entries {
		for _, other := range s.Stages.entries[:i] {
			if grid.Key(other.key.text) == grid.Key(e.key.text) && other.value.text != e.value.text {
				c.add(e.key.place, "is "+quote(other.key.text)+" in a different case and with a different outcome", "keep one of them")
			}
		}
		word := choice(c, e.value, "", "won", "lost", "open")
		for _, outcome := range outcomes {
			if outcome.String() == word {
				stages[e.key.text] = outcome
			}
		}
	}
	return stages
}

// dateFormat reads a Go layout. A layout that does not bring a date back whole, such as YYYY-MM-DD, which is plain text
// to Go, is refused.
func (c *checker) dateFormat(s scalar) string {
	if !s.usable() {
		return ""
	}
	want := time.Date(2031, time.November, 23, 0, 0, 0, 0, time.UTC)
	got, err := time.Parse(s.text, want.Format(s.text))
	if err != nil || got.Format(time.DateOnly) != want.Format(time.DateOnly) {
		c.add(s.place, quote(s.text)+" is not a date layout", "write how the file shows 2 January 2006, such as 02.01.2006")
	}
	return s.text
}
