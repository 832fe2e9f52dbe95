package check

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
)

// longestExpr is how much of a query a table shows.
const longestExpr = 90

// Write writes the report: a table for each board, then a line for each check with its problems.
func (r Report) Write(w io.Writer) error {
	for _, b := range r.Boards {
		if err := b.write(w); err != nil {
			return err
		}
	}
	for _, s := range r.Sections {
		verdict := "ok    "
		if len(s.Problems) > 0 {
			verdict = "FAILED"
		}
		fmt.Fprintf(w, "%s %6.1f s  %s", verdict, s.Took.Seconds(), s.Title)
		if s.Facts != "" {
			fmt.Fprintf(w, " (%s)", s.Facts)
		}
		fmt.Fprintln(w)
		for _, p := range s.Problems {
			fmt.Fprintf(w, "  - %s\n", strings.ReplaceAll(p, "\n", "\n    "))
		}
	}
	return nil
}

func (b BoardReport) write(w io.Writer) error {
	fmt.Fprintf(w, "%s: %d queries\n", b.UID, len(b.Rows))
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, row := range b.Rows {
		samples := strconv.Itoa(row.Samples)
		if row.Samples == 0 && row.Reason == "" {
			samples = "EMPTY"
		}
		if row.Reason != "" {
			samples += ": " + row.Reason
		}
		fmt.Fprintf(table, "  %s\t%s\t%s\t%s\n", row.Panel, row.Ref, short(row.Expr), samples)
	}
	if err := table.Flush(); err != nil {
		return fmt.Errorf("write the table of %s: %w", b.UID, err)
	}
	fmt.Fprintln(w)
	return nil
}

// short fits a query on a line.
func short(expr string) string {
	line := []rune(strings.Join(strings.Fields(expr), " "))
	if len(line) > longestExpr {
		return string(line[:longestExpr-1]) + "…"
	}
	return string(line)
}
