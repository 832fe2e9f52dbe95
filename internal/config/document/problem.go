package document

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Problem is one mistake in the configuration, where it stands and what to do about it.
type Problem struct {
	File   string
	Line   int    // from 1; 0 where the whole file is meant
	Column int    // from 1; 0 where a line is all that is known
	Path   string // "sources[0].hubspot.token_file", or the column of a targets file
	What   string // never holds a secret
	Hint   string // "" where What says it all
}

// String returns `file:line:column: path: what; hint`, leaving out what is not known.
func (p Problem) String() string {
	var b strings.Builder
	b.WriteString(p.File)
	if p.Line > 0 {
		fmt.Fprintf(&b, ":%d", p.Line)
	}
	if p.Column > 0 {
		fmt.Fprintf(&b, ":%d", p.Column)
	}
	b.WriteString(": ")
	if p.Path != "" {
		b.WriteString(p.Path + ": ")
	}
	b.WriteString(p.What)
	if p.Hint != "" {
		b.WriteString("; " + p.Hint)
	}
	return b.String()
}

// Problems are all the mistakes found in one configuration, in the order in which they stand there.
type Problems []Problem

// maxProblemsShown bounds a message: somebody who passes the wrong file should not be handed a megabyte of complaints.
const maxProblemsShown = 100

// Error implements error: one problem a line.
func (p Problems) Error() string {
	lines := make([]string, 0, min(len(p), maxProblemsShown)+1)
	for _, problem := range p[:min(len(p), maxProblemsShown)] {
		lines = append(lines, problem.String())
	}
	if rest := len(p) - maxProblemsShown; rest > 0 {
		lines = append(lines, fmt.Sprintf("and %d more problems", rest))
	}
	return strings.Join(lines, "\n")
}

// Position is where something stands: in the configuration file or in a file that it names.
type Position struct {
	File         string
	Line, column int
	Path         string
	// Broken says that the value there has been complained about already, so that nobody complains again.
	Broken bool
	// doubtful says that a mapping holds a key that was probably meant to be another, so that nobody calls that one
	// missing as well.
	doubtful bool
}

// Set reports whether the value is there at all.
func (p Position) Set() bool { return p.Line > 0 }

// Usable reports whether the value is there and of the right shape.
func (p Position) Usable() bool { return p.Set() && !p.Broken }

// Where returns p: the position of a value that embeds it.
func (p Position) Where() Position { return p }

// stand is how the decoder tells a value where it was found.
func (p *Position) stand(at Position) { *p = at }

// report collects problems.
type report struct{ problems Problems }

// Add notes a problem. The hint is "" where what says it all.
func (r *report) Add(at Position, what, hint string) {
	r.problems = append(r.problems, Problem{
		File: at.File, Line: at.Line, Column: at.column, Path: at.Path, What: what, Hint: hint,
	})
}

// Found counts the problems found so far.
func (r *report) Found() int { return len(r.problems) }

// err returns the problems in the order in which they stand: those of the main file first, then file by file.
func (r *report) err(mainFile string) error {
	if len(r.problems) == 0 {
		return nil
	}
	other := func(p Problem) int {
		if p.File == mainFile {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(r.problems, func(a, b Problem) int {
		return cmp.Or(
			cmp.Compare(other(a), other(b)), cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line),
			cmp.Compare(a.Column, b.Column), cmp.Compare(a.Path, b.Path), cmp.Compare(a.What, b.What),
		)
	})
	// A row of a grid is checked once for each of its targets.
	r.problems = slices.Compact(r.problems)
	return r.problems
}
