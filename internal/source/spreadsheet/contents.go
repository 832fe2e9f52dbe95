package spreadsheet

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/source"
	"github.com/sales-exporter/sales_exporter/internal/source/spreadsheet/files"
	"github.com/sales-exporter/sales_exporter/internal/table"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// contents is what the files of a source say.
type contents struct {
	deals       []crm.Deal
	quarantined []record.Quarantined
	conventions conventions
	doubtful    doubtful

	rep      map[string]crm.Rep
	pipeline map[string]crm.Pipeline
	stage    map[string]crm.Outcome
	id       map[string]string // the spelling that came first, by key
}

// doubtful are values that count as unknown, since they cannot be what they are meant to be.
type doubtful struct {
	count int
	first string // its place
}

// read decodes whole files, or refuses them.
func (s *Source) read(all []files.File, before conventions) (*contents, error) {
	var decoders []*decoder
	spelt := names{}
	for _, f := range all {
		d, err := s.open(f, spelt)
		if err != nil {
			return nil, refused(f, err)
		}
		d.among, d.before = len(all) > 1, before[f.Shown]
		decoders = append(decoders, d)
	}
	c := &contents{
		rep: map[string]crm.Rep{}, pipeline: map[string]crm.Pipeline{}, stage: map[string]crm.Outcome{},
		id: map[string]string{}, conventions: conventions{},
	}
	seen := map[string]*decoder{}
	for _, d := range decoders {
		c.conventions[d.grid.Name] = d.convention()
		for _, row := range d.grid.Rows {
			c.add(d, row, seen)
		}
	}
	return c, c.checkReadable(decoders, len(before) > 0)
}

// refused says which file cannot be read.
func refused(f files.File, err error) error {
	if e, ok := errors.AsType[*table.Error](err); ok {
		reason := source.ReasonDecode
		if e.Setting {
			reason = source.ReasonConfig
		}
		return &source.Error{Reason: reason, Err: fmt.Errorf("read %s: %s", f.Shown, e.What), Hint: e.Hint}
	}
	return source.Errorf(source.ReasonDecode, "read %s: %w", f.Shown, err)
}

// add decodes one row, or puts it into quarantine.
func (c *contents) add(d *decoder, row table.Row, seen map[string]*decoder) {
	deal, bad := d.deal(row)
	if deal.ID != "" {
		deal.ID = c.spelt(deal.ID)
	}
	elsewhere := false
	if first := seen[deal.ID]; bad == nil && first != nil {
		bad, elsewhere = d.flaw(record.BadDuplicate, row, "id"), first != d
		deal.ID = "" // The first row of that id is good and stays.
	}
	if bad != nil {
		c.quarantined = append(c.quarantined, d.quarantine(row, deal.ID, bad))
		d.rows.add(bad, elsewhere)
		return
	}
	d.rows.good++
	seen[deal.ID] = d
	if _, ok := d.probability(row); !ok {
		c.doubt(d, row)
	}
	c.deals = append(c.deals, deal)
	c.stage[deal.Stage] = deal.Outcome
	if deal.Pipeline != "" {
		c.pipeline[deal.Pipeline] = crm.Pipeline{
			Head: record.Head{ID: deal.Pipeline}, Label: d.names.shown("pipeline", deal.Pipeline),
		}
	}
	if deal.Rep != "" {
		c.addRep(d, &deal)
	}
}

// spelt returns the spelling of an id that came first: the row that writes it in another way is about the same deal.
func (c *contents) spelt(id string) string {
	key := idKey(id)
	if _, known := c.id[key]; !known {
		c.id[key] = id
	}
	return c.id[key]
}

// doubt notes a probability that counts as unknown.
func (c *contents) doubt(d *decoder, row table.Row) {
	if c.doubtful.count++; c.doubtful.count == 1 {
		c.doubtful.first = d.place(row, d.columns["probability"])
	}
}

// warnings says what people should know of files that can be read.
func (c *contents) warnings() (out []string) {
	for _, name := range slices.Sorted(maps.Keys(c.conventions)) {
		if c.conventions[name].Rows == 0 {
			out = append(out, name+" has a header but no rows, and counts as no deals")
		}
	}
	if c.doubtful.count > 0 {
		out = append(out, fmt.Sprintf("probabilities that cannot be read or are not between 0 and 100 %% count as unknown: %d, the first is %s",
			c.doubtful.count, c.doubtful.first))
	}
	return out
}

// reasons counts the rows in quarantine by their reason, in the order in which the reasons occur.
func (c *contents) reasons() (out []source.ReasonReport) {
	for _, q := range c.quarantined {
		i := slices.IndexFunc(out, func(r source.ReasonReport) bool { return r.Reason == q.Reason })
		if i < 0 {
			i, out = len(out), append(out, source.ReasonReport{Reason: q.Reason, First: q.Place})
		}
		out[i].Count++
	}
	return out
}

// addRep lists the owner of a deal. A rep has a team where all rows agree on it; the team of a deal is that of its row.
func (c *contents) addRep(d *decoder, deal *crm.Deal) {
	team := deal.Dimensions["team"]
	rep, known := c.rep[deal.Rep]
	if known && rep.Team != team {
		team = ""
	}
	c.rep[deal.Rep] = crm.Rep{
		Head: record.Head{ID: deal.Rep}, Name: d.names.shown("rep", deal.Rep), Active: true, Team: team,
	}
}

func (c *contents) reps() []crm.Rep {
	out := make([]crm.Rep, 0, len(c.rep))
	for _, id := range slices.Sorted(maps.Keys(c.rep)) {
		out = append(out, c.rep[id])
	}
	return out
}

func (c *contents) pipelines() []crm.Pipeline {
	out := make([]crm.Pipeline, 0, len(c.pipeline))
	for _, id := range slices.Sorted(maps.Keys(c.pipeline)) {
		out = append(out, c.pipeline[id])
	}
	return out
}

// pipelineNames returns the pipelines as the files write them.
func (c *contents) pipelineNames() []string {
	var names []string
	for _, p := range c.pipelines() {
		names = append(names, p.Label)
	}
	return names
}

func (c *contents) stages() []crm.Stage {
	out := make([]crm.Stage, 0, len(c.stage))
	for position, id := range slices.Sorted(maps.Keys(c.stage)) {
		out = append(out, crm.Stage{
			Head: record.Head{ID: id}, Label: id, Position: position, Outcome: c.stage[id], Probability: probabilityOf(c.stage[id]),
		})
	}
	return out
}

// probabilityOf returns what an outcome says of the probability; an open stage says nothing.
func probabilityOf(o crm.Outcome) value.Probability {
	switch o {
	case crm.OutcomeWon:
		return value.ProbabilityScale
	case crm.OutcomeLost:
		return 0
	default:
		return value.ProbabilityUnknown
	}
}
