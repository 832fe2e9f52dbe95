package settings

import (
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/config/document"
	"github.com/sales-exporter/sales_exporter/internal/crm"
	grid "github.com/sales-exporter/sales_exporter/internal/table"
)

// Key is that of the section in a source.
const Key = "spreadsheet"

// NewSection returns an empty section.
func NewSection() config.Section { return &section{} }

// section is the part of a source under `spreadsheet`, as it is written.
type section struct {
	document.Position
	Decimal    document.Scalar      `yaml:"decimal"`
	Deals      sheetKeys            `yaml:"deals"`
	Leads      document.Unavailable `yaml:"leads"`
	Activities document.Unavailable `yaml:"activities"`
	Costs      document.Unavailable `yaml:"costs"`
	Feedback   document.Unavailable `yaml:"feedback"`
	External   document.Unavailable `yaml:"external"`
}

type sheetKeys struct {
	document.Position
	File       document.Scalar                 `yaml:"file"`
	Sheet      document.Scalar                 `yaml:"sheet"`
	HeaderRow  document.Scalar                 `yaml:"header_row"`
	Columns    document.Table[document.Scalar] `yaml:"columns"`
	Stages     document.Table[document.Scalar] `yaml:"stages"`
	DateFormat document.Scalar                 `yaml:"date_format"`
}

// dealFields are what a column of a deals sheet can be.
func dealFields() []string {
	return []string{
		"id", "name", "rep", "pipeline", "stage", "amount", "created", "closed", "account", "product", "team",
		"territory", "business_type", "segment", "channel", "currency", "probability",
	}
}

// FieldNames returns the fields that have a column.
func (s *section) FieldNames() []string {
	var names []string
	for _, e := range s.Deals.Columns.Entries {
		names = append(names, e.Key.Text)
	}
	return names
}

// maxHeaderRow is below any title.
const maxHeaderRow = 1000

// Read implements config.Section.
func (s *section) Read(c *config.SectionChecker, keys *config.SourceKeys, source *config.Source) {
	k := &checker{c}
	settings := &Settings{Decimal: k.decimal(s.Decimal)}
	if c.Need(s.Position, "deals", s.Deals.Position) {
		settings.Deals = k.sheet(s.Deals)
	}
	source.Settings = settings
	const nameColumn = "name the column under spreadsheet.deals.columns"
	c.NoEffect(keys.Account.Position, "account has no effect on a spreadsheet", "remove it")
	c.NoEffect(keys.Map.Position, "map has no effect on a spreadsheet", nameColumn)
	c.NoEffect(keys.Amount.Position, "amount has no effect on a spreadsheet", nameColumn)
	c.NoEffect(keys.APIBudget.Position, "api_budget has no effect on a spreadsheet", "remove it")
	if _, column := settings.Deals.Columns["pipeline"]; !column {
		c.NoEffect(keys.Pipelines.Position, "has no effect on a sheet without a column of pipelines", nameColumn+", or remove it")
	}
}

// checker checks what stands in a section.
type checker struct{ *config.SectionChecker }

func (c *checker) decimal(s document.Scalar) string {
	switch {
	case !s.Usable():
		return ""
	case s.Text != "." && s.Text != ",":
		c.Add(s.Position, document.Quote(s.Text)+" is not a decimal sign", `write "." or ","`)
		return ""
	default:
		return s.Text
	}
}

func (c *checker) sheet(s sheetKeys) Sheet {
	sheet := Sheet{Columns: c.columns(s), Stages: c.stages(s), DateFormat: c.dateFormat(s.DateFormat)}
	switch file := s.File.Text; {
	case !c.Need(s.Position, "file", s.File.Position):
	case strings.Contains(file, "://"):
		sheet.File = c.download(s)
	default:
		sheet.File = c.Path(s.File)
		extension := strings.ToLower(filepath.Ext(s.File.Text))
		// What a pattern leaves open is looked at once its files are there.
		open := strings.ContainsAny(extension, "*?[") || extension == "" && strings.ContainsAny(filepath.Base(file), "*?[")
		if !open && !slices.Contains(grid.Endings(), extension) {
			c.Add(s.File.Position, document.Quote(s.File.Text)+" is not a kind of file that can be read",
				"use one of "+strings.Join(grid.Endings(), ", "))
		} else if !open && s.Sheet.Set() && !grid.Workbook(s.File.Text) {
			c.Add(s.Sheet.Position, "has no effect on a "+extension+" file", "remove it")
		}
		if _, err := filepath.Match(file, ""); err != nil {
			c.Add(s.File.Position, document.Quote(file)+" is not a pattern", "write it like exports/*.csv")
		}
	}
	sheet.Sheet = c.Text(s.Sheet, "", document.MaxLabel)
	sheet.HeaderRow = c.Integer(s.HeaderRow, 0, 1, maxHeaderRow)
	return sheet
}

// download reads the URL of a CSV that anybody may fetch. It is not repeated in messages: whoever knows it can read the
// sheet.
func (c *checker) download(s sheetKeys) string {
	u, err := url.Parse(s.File.Text)
	switch {
	case err != nil || u.Hostname() == "":
		c.Add(s.File.Position, "is not a URL", "write a path, a pattern such as exports/*.csv, or the https URL of a CSV")
	case u.Scheme != "https":
		c.Add(s.File.Position, "is not an https URL", "unencrypted numbers can be changed in transit")
	case u.User != nil:
		c.Add(s.File.Position, "must not contain a user or password", "download the file by other means and name its path")
	case u.Hostname() == "docs.google.com" && strings.Contains(u.Path, "/edit"):
		c.Add(s.File.Position, "is the URL of the sheet's editor",
			"in the sheet, choose File, Share, Publish to web, CSV, and use that URL")
	case s.Sheet.Set():
		c.Add(s.Sheet.Position, "has no effect on a URL", "remove it; publish the one sheet as CSV")
	}
	return s.File.Text
}

func (c *checker) columns(s sheetKeys) map[string]string {
	columns := map[string]string{}
	if !c.Need(s.Position, "columns", s.Columns.Position) {
		return columns
	}
	for _, e := range s.Columns.Entries {
		if !slices.Contains(dealFields(), e.Key.Text) && !slices.Contains(c.Dimensions, e.Key.Text) {
			c.Add(e.Key.Position, "is not a field of a deal", document.OneOfOrAdd(e.Key.Text, dealFields(), "dimensions"))
			continue
		}
		columns[e.Key.Text] = c.Text(e.Value, "", document.MaxText)
	}
	for _, field := range []string{"id", "stage"} {
		if _, there := columns[field]; !there {
			c.Lacks(s.Columns.Position, "needs "+field, "name the column that holds it")
		}
	}
	return columns
}

func (c *checker) stages(s sheetKeys) map[string]crm.Outcome {
	stages := map[string]crm.Outcome{}
	if !c.Need(s.Position, "stages", s.Stages.Position) {
		return stages
	}
	if len(s.Stages.Entries) == 0 {
		c.Add(s.Stages.Position, "must have at least one stage", "write Won: won")
	}
	outcomes := []crm.Outcome{crm.OutcomeWon, crm.OutcomeLost, crm.OutcomeOpen}
	for i, e := range s.Stages.Entries {
		for _, other := range s.Stages.Entries[:i] {
			if grid.Key(other.Key.Text) == grid.Key(e.Key.Text) && other.Value.Text != e.Value.Text {
				c.Add(e.Key.Position, "is "+document.Quote(other.Key.Text)+" in a different case and with a different outcome", "keep one of them")
			}
		}
		word := document.Choice(c.Checker, e.Value, "", "won", "lost", "open")
		for _, outcome := range outcomes {
			if outcome.String() == word {
				stages[e.Key.Text] = outcome
			}
		}
	}
	return stages
}

// dateFormat reads a Go layout. A layout that does not bring a date back whole, such as YYYY-MM-DD, which is plain text
// to Go, is refused.
func (c *checker) dateFormat(s document.Scalar) string {
	if !s.Usable() {
		return ""
	}
	want := time.Date(2031, time.November, 23, 0, 0, 0, 0, time.UTC)
	got, err := time.Parse(s.Text, want.Format(s.Text))
	if err != nil || got.Format(time.DateOnly) != want.Format(time.DateOnly) {
		c.Add(s.Position, document.Quote(s.Text)+" is not a date layout", "write how the file shows 2 January 2006, such as 02.01.2006")
	}
	return s.Text
}
