package facts

import (
	"fmt"

	"github.com/sales-exporter/sales_exporter/internal/expression"
)

// judge decides which deals of a source count. It asks the expression once for each combination of what the expression
// reads where that is numbered, else once for each deal; and again where a name that it reads has changed.
type judge struct {
	selection Selection
	reads     reads
	fill      []filler // of the fields that the expression reads
	machine   expression.Machine

	stale bool // some deal is not judged
	anew  bool // none is
	err   error

	pipelines []bool // the selected ones, by number
	known     map[tuple]Verdict
	view      view
}

// reads says on what beside the deal itself its verdict depends.
type reads uint8

const (
	readsPipeline reads = 1 << iota
	readsRep
	readsStage
	readsAccount
	// readsRow is that of a field in which nearly all deals differ: its combinations are not worth remembering.
	readsRow
)

// tuple is a combination of all that a verdict depends on, unless that is readsRow.
type tuple struct {
	origin, stage, account uint32
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
			}
		}
	}
	return j
}

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
	key := tuple{origin: d.Origin[row]}
	if j.reads&readsRow == 0 {
		if j.reads&readsStage != 0 {
			key.stage = d.Stage[row]
		}
		if j.reads&readsAccount != 0 {
			key.account = s.accountValues(d.Account[row])
		}
		if j.selection.Exclude != nil {
			key.flags, key.currency = d.Flags[row]&(FlagOutcome|categoryMask<<categoryBits), d.Currency[row]
		}
		if verdict, ok := j.known[key]; ok {
			return verdict, nil
		}
	}
	verdict, err := s.weigh(row)
	if err == nil && j.reads&readsRow == 0 {
		j.known[key] = verdict
	}
	return verdict, err
}

// weigh decides about a deal that is there, without a look at what was decided before.
func (s *Source) weigh(row int) (Verdict, error) {
	j := s.judge
	j.view.look(s, row)
	if !j.pipelines[j.view.own[0]] {
		return OtherPipeline, nil
	}
	if j.selection.Exclude == nil {
		return Counts, nil
	}
	var r expression.Record
	for _, fill := range j.fill {
		fill(&j.view, &r)
	}
	matched, err := j.machine.Match(j.selection.Exclude, &r)
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
