package lint

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/sales-exporter/sales_exporter/tools/boards/board"
)

// checkTextUnit is about tables, which show labels beside values. A unit on a label makes NaN of a name, and money of a
// name that is a number.
func checkTextUnit(in *Input, s onBoard[board.Panel], report reporter) {
	if s.part.Type != "table" {
		return
	}
	table := tableOf(s.part)
	texts := table.texts(in, panelQueries(s))
	for _, look := range styles(s.part) {
		if isText(look.unit) || !look.sets("unit") {
			continue
		}
		if look.override == nil {
			report("the default unit %q is applied to names, too; make it string, and give each column of values its own",
				look.unit)
		} else if name, ok := covers(look.override.Matcher, texts); ok {
			report("the column %s is text, but has the unit %q; leave the unit out", name, look.unit)
		}
	}
	for _, t := range s.part.Targets {
		if !table.hidden["Value #"+t.RefID] && targetUnit(s.part, t) == "string" {
			report("the values of query %s have no unit; give their column one by an override", t.RefID)
		}
	}
}

// isText reports whether a unit leaves text as it is. The empty one is a finding of its own.
func isText(unit string) bool { return unit == "string" || unit == "none" || unit == "" }

// covers returns the text column that an override applies to.
func covers(m board.Matcher, texts []string) (string, bool) {
	var kind string
	if m.ID == "byType" && json.Unmarshal(m.Options, &kind) == nil && kind == "string" {
		return "of any name", true
	}
	i := slices.IndexFunc(texts, func(name string) bool { return matchesName(m, name) })
	if i < 0 {
		return "", false
	}
	return texts[i], true
}

// tableColumns is what a table makes of its fields.
type tableColumns struct {
	renamed map[string]string
	hidden  map[string]bool
}

func tableOf(p board.Panel) tableColumns {
	c := tableColumns{renamed: map[string]string{}, hidden: map[string]bool{}}
	for _, t := range p.Transformations {
		var options struct {
			RenameByName  map[string]string `json:"renameByName"`
			ExcludeByName map[string]bool   `json:"excludeByName"`
		}
		if t.ID == "organize" && json.Unmarshal(t.Options, &options) == nil {
			maps.Copy(c.renamed, options.RenameByName)
			maps.Copy(c.hidden, options.ExcludeByName)
		}
	}
	return c
}

// texts returns the names of the columns that hold labels.
func (c tableColumns) texts(in *Input, queries []query) []string {
	var names []string
	labels := flow{scrape: in.Scrape, unknown: func(string, string) {}}
	for _, q := range queries {
		if q.expr == nil {
			continue
		}
		for _, label := range slices.Sorted(maps.Keys(labels.of(q.expr).names)) {
			if name, ok := c.renamed[label]; ok {
				label = name
			}
			if !slices.Contains(names, label) {
				names = append(names, label)
			}
		}
	}
	return names
}
