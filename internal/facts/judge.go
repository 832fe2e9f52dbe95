package facts

import (
	"fmt"
	"slices"

	"github.com/sales-exporter/sales_exporter/internal/expression"
)

// judge decides which deals of a source count. It asks the expression once for each combination of what the expression
// reads: of numbers, and of comparisons with constants; once for each deal where it does more with what nearly all deals
// differ in. It asks again where a name that it reads has changed.
type judge struct {
	selection Selection
	reads     reads
	fill      []filler // of the fields that the expression reads
	fillOwn   []filler // of those in which nearly all deals differ
	// comparisons are those that stand for these fields in a tuple, nil where the expression does more with them.
	comparisons []func(*expression.Record) bool
	machine     expression.Machine

	stale bool // some deal is not judged
	anew  bool // none is
	err   error

	pipelines []bool // the selected ones, by number
	known     map[tuple]Verdict
	view      view
	record    expression.Record // of the deal in view
}

// reads says on what beside the deal itself its verdict depends.
type reads uint8

const (
	readsPipeline reads = 1 << iota
	readsRep
	readsStage
	readsAccount
	readsOwn // a field in which nearly all deals differ
)

// maxComparisons is how many fit into a tuple.
const maxComparisons = 32

// tuple is a combination of all that a verdict depends on.
type tuple struct {
	origin, stage, account uint32
	comparisons            uint32 // a bit each
	flags                  Flags
	currency               uint8
}

func newJudge(s *Source, selection Selection) *judge {
	j := &judge{selection: selection}
	if len(selection.Pipelines) > 0 {
		j.reads |= readsPipeline
	}
	if selection.Exclude != nil {
		for _, f := range s.fields() {
			if selection.uses(f.name) {
				j.reads |= f.reads
				j.fill = append(j.fill, f.fill)
				if f.reads == readsOwn {
					j.fillOwn = append(j.fillOwn, f.fill)
				}
			}
		}
		j.comparisons = comparisons(selection.Exclude, s.fields())
	}
	return j
}

// comparisons returns those in which an expression reads what nearly all deals differ in, nil where it does more with it.
func comparisons(exclude *expression.Expression, fields []field) (found []func(*expression.Record) bool) {
	for _, part := range exclude.Parts() {
		own := slices.ContainsFunc(fields, func(f field) bool { return f.reads == readsOwn && part.Uses(f.name) })
		switch compiled := part.Compiled(); {
		case !own:
		case compiled == nil || len(found) == maxComparisons:
			return nil
		default:
			found = append(found, compiled)
		}
	}
	return found
}

// remembers reports whether a combination is worth remembering.
func (j *judge) remembers() bool { return j.reads&readsOwn == 0 || j.comparisons != nil }

// named reports whether it reads the names of deals.
func (j *judge) named() bool { return j.selection.uses("name") }

// forget drops all verdicts.
func (j *judge) forget() {
	j.stale, j.anew, j.err, j.pipelines, j.known = true, true, nil, nil, nil
}

// moved notes that what deals point to is another one now.
func (j *judge) moved(what reads, changed bool) {
	if changed && j.reads&what != 0 {
		j.stale, j.anew = true, true
	}
}

// Judge decides which of the deals count that changed since the last time, or that point to what did. An error says why
// nobody can tell: the source has no numbers then.
func (s *Source) Judge() error {
	j := s.judge
	if !j.stale {
		return j.err
	}
	d := &s.Deals
	if j.anew {
		for row := range d.Verdict {
			if d.Verdict[row] != Removed {
				d.judge(row, NotJudged)
			}
		}
		j.known = map[tuple]Verdict{}
	}
	j.stale, j.anew = false, false
	if unread := s.unread(); len(unread) > 0 {
		j.err = &UnreadError{Fields: unread}
		return j.err
	}
	if j.pipelines, j.err = s.selectPipelines(j.selection.Pipelines); j.err != nil {
		return j.err
	}
	for row, verdict := range d.Verdict {
		if verdict != NotJudged {
			continue
		}
		if verdict, j.err = s.verdictOf(row); j.err != nil {
			return j.err
		}
		d.judge(row, verdict)
	}
	return nil
}

// verdictOf decides whether the deal of a row counts.
func (s *Source) verdictOf(row int) (Verdict, error) {
	j, d := s.judge, &s.Deals
	if !d.Flags[row].Alive() {
		return Removed, nil
	}
	if j.reads == 0 && j.selection.Exclude == nil {
		return Counts, nil
	}
	j.view.source, j.view.row = s, row
	if !j.remembers() {
		return j.weigh()
	}
	key := s.tupleOf(row)
	if verdict, ok := j.known[key]; ok {
		return verdict, nil
	}
	verdict, err := j.weigh()
	if err == nil {
		j.known[key] = verdict
	}
	return verdict, err
}

// tupleOf returns the combination of a deal.
func (s *Source) tupleOf(row int) tuple {
	j, d := s.judge, &s.Deals
	key := tuple{origin: d.Origin[row]}
	if j.selection.Exclude == nil {
		return key
	}
	if j.reads&readsStage != 0 {
		key.stage = d.Stage[row]
	}
	if j.reads&readsAccount != 0 {
		key.account = s.accountValues(d.Account[row])
	}
	key.flags, key.currency = d.Flags[row]&(FlagOutcome|categoryMask<<categoryBits), d.Currency[row]
	for _, fill := range j.fillOwn {
		fill(&j.view, &j.record)
	}
	for i, holds := range j.comparisons {
		if holds(&j.record) {
			key.comparisons |= 1 << i
		}
	}
	return key
}

// weigh decides about the deal in view, without a look at what was decided before.
func (j *judge) weigh() (Verdict, error) {
	j.view.look()
	if !j.pipelines[j.view.own[0]] {
		return OtherPipeline, nil
	}
	if j.selection.Exclude == nil {
		return Counts, nil
	}
	for _, fill := range j.fill {
		fill(&j.view, &j.record)
	}
	matched, err := j.machine.Match(j.selection.Exclude, &j.record)
	switch {
	case err != nil:
		return NotJudged, fmt.Errorf("evaluate the exclude expression: %w", err)
	case matched:
		return Excluded, nil
	default:
		return Counts, nil
	}
}

// accountValues returns the number of the tuple of an account's dimension values.
func (s *Source) accountValues(account uint32) uint32 {
	return s.Accounts.Entries[s.Accounts.Survivor(account)].Record
}
