package report

import (
	"fmt"
	"math"
	"os"
	"slices"
	"strings"

	"github.com/sales-exporter/sales_exporter/bench/internal/measure"
	"github.com/sales-exporter/sales_exporter/bench/internal/row"
)

// Markdown returns a table for each part, with the ratios of an earlier run where there is one.
func (r *Results) Markdown(before *Results) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Commit %s of %s on %s; load average %s.", r.Commit, r.Date, r.Machine, r.Load)
	if before != nil {
		fmt.Fprintf(&b, " *Before* is commit %s of %s, load average %s.", before.Commit, before.Date, before.Load)
	}
	b.WriteString("\n")
	for _, part := range r.parts() {
		fmt.Fprintf(&b, "\n### %s\n\n| what | unit | ours | peer | its figure | ratio |", part)
		dashes := "\n|---|---|---|---|---|---|"
		if before != nil {
			b.WriteString(" ours before | ratio before |")
			dashes += "---|---|"
		}
		b.WriteString(dashes + "\n")
		for i := range r.Comparisons {
			if c := &r.Comparisons[i]; c.Part == part {
				r.line(&b, c, before)
			}
		}
	}
	return b.String()
}

func (r *Results) line(b *strings.Builder, c *row.Comparison, before *Results) {
	fmt.Fprintf(b, "| %s | %s | %s | %s | %s | **%s** |",
		c.What, c.Unit, figure(c.Ours), c.Peer, figure(c.Peers), ratio(c))
	if was := before.find(c.ID); was != nil {
		fmt.Fprintf(b, " %s | %s |", figure(was.Ours), ratio(was))
	} else if before != nil {
		b.WriteString(" | |")
	}
	b.WriteString("\n")
}

// parts returns the headings in the order of the rows.
func (r *Results) parts() []string {
	var parts []string
	for i := range r.Comparisons {
		if part := r.Comparisons[i].Part; !slices.Contains(parts, part) {
			parts = append(parts, part)
		}
	}
	return parts
}

// figure writes the median and, of several rounds, the least and the most.
func figure(f measure.Figure) string {
	if f.Rounds < 2 {
		return number(f.Median)
	}
	return fmt.Sprintf("%s [%s–%s]", number(f.Median), number(f.Min), number(f.Max))
}

// number writes three digits.
func number(v float64) string {
	digits := 2 - int(math.Floor(math.Log10(math.Abs(v))))
	if v == 0 {
		digits = 0
	}
	text := fmt.Sprintf("%.*f", min(max(0, digits), 4), v)
	whole, fraction, _ := strings.Cut(text, ".")
	for i := len(whole) - 3; i > 0 && whole[i-1] != '-'; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if fraction = strings.TrimRight(fraction, "0"); fraction != "" {
		return whole + "." + fraction
	}
	return whole
}

// ratio says how far ours is below or above the peer's.
func ratio(c *row.Comparison) string {
	n := c.Ratio()
	if c.Limit == (n < 1) {
		if n < 1 {
			n = 1 / n
		}
		return twoDigits(n) + "x below"
	}
	if n < 1 {
		n = 1 / n
	}
	return twoDigits(n) + "x above"
}

func twoDigits(n float64) string {
	if n >= 10 {
		return number(math.Round(n))
	}
	return number(math.Round(n*100) / 100)
}

// The lines between which Document writes.
const (
	beginMark = "<!-- begin: written by make bench -->"
	endMark   = "<!-- end: written by make bench -->"
)

// Document writes the tables between the markers of a Markdown file.
func (r *Results) Document(path string, before *Results) error {
	text, err := os.ReadFile(path) //nolint:gosec // named by the caller
	if err != nil {
		return fmt.Errorf("read document: %w", err)
	}
	head, rest, begins := strings.Cut(string(text), beginMark)
	_, tail, ends := strings.Cut(rest, endMark)
	if !begins || !ends {
		return fmt.Errorf("%s has no lines %q and %q", path, beginMark, endMark)
	}
	document := head + beginMark + "\n\n" + r.Markdown(before) + "\n" + endMark + tail
	if err := os.WriteFile(path, []byte(document), 0o644); err != nil { //nolint:gosec // for everybody to read
		return fmt.Errorf("write document: %w", err)
	}
	return nil
}
