package spreadsheet

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/source"
)

// A file with more bad rows than good ones is a wrong file or a wrong mapping, not bad data.
const (
	minRowsToJudge = 10
	maxBadShare    = 0.5
)

// table is what a file says.
type table struct {
	deals       []crm.Deal
	quarantined []crm.Quarantined
	rep         map[string]crm.Rep
	pipeline    map[string]bool
	stage       map[string]crm.Outcome
}

// read decodes a whole file, or refuses it.
func (s *Source) read(f file) (*table, error) {
	t, err := s.decode(f)
	if err == nil {
		return t, nil
	}
	if _, classified := errors.AsType[*source.Error](err); classified {
		return nil, err
	}
	return nil, source.Errorf(source.ReasonDecode, "read %s: %w", s.base(), err)
}

func (s *Source) decode(f file) (*table, error) {
	r, err := open(f, s.sheet.Sheet)
	if err != nil {
		return nil, err
	}
	defer r.close()
	first, _, err := r.next()
	if errors.Is(err, io.EOF) {
		return nil, errors.New("it is empty")
	} else if err != nil {
		return nil, err
	}
	columns, err := s.columns(first)
	if err != nil {
		return nil, err
	}
	serial, from1904 := r.serialDates()
	d := decoder{source: s, columns: columns, width: len(first), whole: r.whole(), values: values{
		layout: s.sheet.DateFormat, serial: serial, from1904: from1904, currency: s.env.Currency,
	}}
	t := &table{rep: map[string]crm.Rep{}, pipeline: map[string]bool{}, stage: map[string]crm.Outcome{}}
	seen := map[string]bool{}
	for {
		row, number, err := r.next()
		if errors.Is(err, io.EOF) {
			return t, t.judge()
		} else if err != nil {
			return nil, err
		}
		if blank(row) {
			continue
		}
		if err := t.add(&d, row, number, seen); err != nil {
			return nil, err
		}
	}
}

// add decodes one row into the table, or puts it into quarantine.
func (t *table) add(d *decoder, row []string, number int, seen map[string]bool) error {
	deal, bad := d.deal(row)
	if bad == "" && seen[deal.ID] {
		bad = crm.BadDuplicate
	}
	if bad != "" {
		id := deal.ID
		if bad == crm.BadDuplicate {
			id = "" // The first row of that id is good and stays.
		}
		raw := []byte(fmt.Sprintf("row %d: %s", number, strings.Join(row, " | ")))
		t.quarantined = append(t.quarantined, source.Quarantine(crm.ObjectDeal, id, 0, bad, raw))
		return nil
	}
	seen[deal.ID] = true
	excluded, err := d.excluded(row, &deal)
	if err != nil {
		return err
	}
	deal.Excluded = excluded
	t.deals = append(t.deals, deal)
	t.stage[deal.Stage] = deal.Outcome
	if deal.Pipeline != "" {
		t.pipeline[deal.Pipeline] = true
	}
	if deal.Rep != "" {
		rep := crm.Rep{ID: deal.Rep, Name: deal.Rep, Active: true, Team: t.rep[deal.Rep].Team}
		if team := d.cell(row, "team"); team != "" {
			rep.Team = team
		}
		t.rep[deal.Rep] = rep
	}
	return nil
}

func (t *table) judge() error {
	total := len(t.deals) + len(t.quarantined)
	if total >= minRowsToJudge && float64(len(t.quarantined)) > maxBadShare*float64(total) {
		return &source.Error{
			Reason: source.ReasonDecode,
			Err:    fmt.Errorf("%d of %d rows cannot be read, the first because of its %s", len(t.quarantined), total, t.quarantined[0].Reason),
			Hint:   "check columns, stages and date_format of the source; the file read before stays in force",
		}
	}
	return nil
}

func (t *table) reps() []crm.Rep {
	out := make([]crm.Rep, 0, len(t.rep))
	for _, id := range slices.Sorted(maps.Keys(t.rep)) {
		out = append(out, t.rep[id])
	}
	return out
}

func (t *table) pipelines() []crm.Pipeline {
	out := make([]crm.Pipeline, 0, len(t.pipeline))
	for _, id := range slices.Sorted(maps.Keys(t.pipeline)) {
		out = append(out, crm.Pipeline{ID: id, Label: id})
	}
	return out
}

func (t *table) stages() []crm.Stage {
	out := make([]crm.Stage, 0, len(t.stage))
	for position, id := range slices.Sorted(maps.Keys(t.stage)) {
		out = append(out, crm.Stage{
			ID: id, Label: id, Position: position, Outcome: t.stage[id], Probability: probabilityOf(t.stage[id]),
		})
	}
	return out
}

// probabilityOf returns what an outcome says of the probability; an open stage says nothing.
func probabilityOf(o crm.Outcome) crm.Probability {
	switch o {
	case crm.OutcomeWon:
		return crm.ProbabilityScale
	case crm.OutcomeLost:
		return 0
	default:
		return crm.ProbabilityUnknown
	}
}

// columns finds the configured columns in the header.
func (s *Source) columns(header []string) (map[string]int, error) {
	index := map[string]int{}
	for i, h := range header {
		h = key(h)
		if _, taken := index[h]; taken && h != "" {
			return nil, source.Errorf(source.ReasonDecode, "%s has two columns %q", s.base(), strings.TrimSpace(header[i]))
		}
		index[h] = i
	}
	wanted := maps.Clone(s.sheet.Columns)
	for dimension, m := range s.mapping {
		wanted[dimension] = m.Property
	}
	found := map[string]int{}
	var missing []string
	for _, field := range slices.Sorted(maps.Keys(wanted)) {
		i, ok := index[key(wanted[field])]
		if !ok {
			missing = append(missing, wanted[field])
			continue
		}
		found[field] = i
	}
	if len(missing) > 0 {
		return nil, &source.Error{
			Reason: source.ReasonConfig,
			Err:    fmt.Errorf("%s has no column %s", s.base(), strings.Join(missing, ", ")),
			Hint:   "its columns are: " + strings.Join(header, ", "),
		}
	}
	return found, nil
}

// key makes headers and stage labels comparable: people retype them with other spaces and capitals.
func key(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), " ")) }

func blank(row []string) bool {
	return !slices.ContainsFunc(row, func(cell string) bool { return strings.TrimSpace(cell) != "" })
}
