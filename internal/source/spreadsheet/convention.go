package spreadsheet

import (
	"fmt"
	"maps"
	"slices"

	"github.com/sales-exporter/sales_exporter/internal/source"
	"github.com/sales-exporter/sales_exporter/internal/table"
)

// conventions are what was decided about files, by the name of the file. They are kept in the cursor: an edit that
// changes how the rows beside it are read is refused, not believed.
type conventions map[string]convention

// convention is how one file writes what can be written in two ways. What a file does not show is empty.
type convention struct {
	Decimal   string                     `json:"decimal,omitempty"`
	Scale     table.Scale                `json:"scale,omitempty"` // of the column of probabilities
	Midnights map[string]table.Midnights `json:"midnights,omitempty"`
	Ending    string                     `json:"ending,omitempty"` // how a text file ends

	// Rows counts those below the header, good and bad ones.
	Rows int `json:"rows,omitempty"`

	signed  bool              // the scale is written with every number
	columns map[string]string // header by field
	moment  map[string]string // place of the first time of day by field
}

// keep returns the conventions to remember after a read: what a file no longer shows is still what it showed last.
func (before conventions) keep(now conventions) conventions {
	kept := conventions{}
	for name, c := range now {
		old := before[name]
		if c.Decimal == "" {
			c.Decimal = old.Decimal
		}
		if c.Scale == table.ScaleUnknown {
			c.Scale = old.Scale
		}
		midnights := maps.Clone(old.Midnights)
		for field, m := range c.Midnights {
			if midnights == nil {
				midnights = map[string]table.Midnights{}
			}
			midnights[field] = m
		}
		c.Midnights = midnights
		kept[name] = c
	}
	return kept
}

// check refuses files that are to be read in another way than the time before.
func (before conventions) check(now conventions) error {
	for _, name := range slices.Sorted(maps.Keys(now)) {
		if old, known := before[name]; known {
			if err := old.check(name, now[name]); err != nil {
				return err
			}
		}
	}
	return nil
}

func (before convention) check(name string, now convention) error {
	changed := func(hint, format string, args ...any) error {
		return &source.Error{
			Reason: source.ReasonDecode, Err: fmt.Errorf("read "+name+": "+format, args...),
			Hint: hint + "; until then the numbers of the previous file are kept",
		}
	}
	if before.Rows > 0 && now.Rows == 0 {
		return emptied(name)
	}
	if before.Decimal != "" && now.Decimal != "" && before.Decimal != now.Decimal {
		return changed(fmt.Sprintf("if that is right, set decimal: %q", now.Decimal),
			"its decimal sign was %q and is %q now, which changes what its other numbers mean", before.Decimal, now.Decimal)
	}
	if before.Scale != "" && now.Scale != "" && before.Scale != now.Scale && !now.signed {
		return changed("write every value of the column with a percent sign, or as before",
			"column %s held %s and holds %s now", now.columns["probability"], scaleName(before.Scale), scaleName(now.Scale))
	}
	for _, field := range slices.Sorted(maps.Keys(now.Midnights)) {
		old, is := before.Midnights[field], now.Midnights[field]
		if old == "" || old == is {
			continue
		}
		hint := "write dates without a time, as 2006-01-02; or, if that is right, set date_format to the format of the column: the file is then read again"
		if is == table.MidnightsMoments {
			return changed(hint, "column %s held dates only, written as midnights, and %s holds a time of day now", now.columns[field], now.moment[field])
		}
		return changed(hint, "column %s held times of day and holds nothing but midnights now", now.columns[field])
	}
	return nil
}

// emptied refuses a file without rows that had some: an export that failed looks like that, and all numbers would be gone.
func emptied(name string) error {
	return &source.Error{
		Reason: source.ReasonDecode, Err: fmt.Errorf("%s has a header but no rows, and had rows before", name),
		Hint: "the previous numbers are kept; if that is right, remove the source, or the file where a pattern names several",
	}
}

func scaleName(s table.Scale) string {
	if s == table.ScalePercent {
		return "percents (50 is a half)"
	}
	return "ratios (0.5 is a half)"
}
