package rules

import (
	"bytes"

	"github.com/sales-exporter/sales_exporter/internal/mirror"
	"github.com/sales-exporter/sales_exporter/internal/mirror/stored"
	"github.com/sales-exporter/sales_exporter/internal/record"
)

// commit is a plan that is being applied.
type commit struct {
	*Plan
	progress stored.Progress
	// seen is the pass that the batch's records count as seen in.
	seen int64
	// revision is the one that changed rows get.
	revision int64
	changed  bool
	// left is the newest version of a kind that readers do not see any more.
	left    map[record.Name]int64
	changes *Changes
}

// Apply decides what the batch does to a stream that stands where progress says. It refuses a sweep that would remove
// too much with a *mirror.BrakeError, and a batch of another account with a *mirror.AccountError.
func (p *Plan) Apply(progress stored.Progress) (*Changes, error) {
	c := &commit{Plan: p, progress: progress, left: map[record.Name]int64{}, changes: &Changes{}}
	c.progress.Counts = progress.Counts.Clone()
	if c.progress.Counts == nil {
		c.progress.Counts = stored.Counts{}
	}
	for _, s := range p.states {
		s.was = s.measure()
	}
	// Removals come after records: a page may hold a record and its end. Sweeps come last, for all that the batch holds
	// was seen.
	steps := []func() error{
		c.begin, c.applyRevivals, c.takeUnsaid, c.applyNames, c.applyRecords, c.applyQuarantined, c.applyRemovals,
		c.markSeen, c.applySweeps,
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return nil, err
		}
	}
	c.end()
	return c.changes, nil
}

// begin sees whose the batch is and which pass it belongs to.
func (c *commit) begin() error {
	c.revision = c.progress.Bump()
	if c.batch.Account != nil {
		news, err := c.progress.Take(*c.batch.Account)
		if err != nil {
			return err
		}
		if news {
			c.progress.AccountRevision, c.changed = c.revision, true
		}
	}
	c.progress.Pass = max(c.progress.Pass, c.batch.Pass)
	// What an increment reads while a pass is under way is alive too, even where the pass listed its page before.
	c.seen = c.batch.Pass
	if c.seen == 0 {
		c.seen = c.progress.Pass
	}
	return nil
}

// end writes down where the stream then stands.
func (c *commit) end() {
	c.recount()
	for kind, version := range c.left {
		if count := c.progress.Counts[kind]; count.Live > 0 && count.Newest <= version {
			c.changes.Newest = append(c.changes.Newest, kind)
		}
	}
	if c.changed {
		c.progress.Revision++
	}
	c.progress.Claim = c.progress.Claim.Committed()
	c.progress.Cursor = c.batch.Cursor
	c.progress.Commits++
	c.collect()
	c.collectNames()
	c.changes.Progress, c.changes.Applied = c.progress, c.applied
}

// before returns what readers saw of an entry at the last Finish, to be kept while the entry changes.
func (c *commit) before(e *stored.Entry) *stored.Copy {
	switch {
	case e.Row != nil && e.Row.Revision > c.progress.Finished:
		return e.Row.Before
	case c.progress.Completed() && e.Visible():
		kept := e.Row.Copy
		return &kept
	default:
		return nil
	}
}

// touchRow marks that what readers see of a stored record changes, though its content does not.
func (c *commit) touchRow(s *state) {
	row := *s.Row
	row.Before, row.Revision = c.before(&s.Entry), c.revision
	s.Row, s.rowChanged, c.changed = &row, true, true
}

// takeUnsaid gives records the stored values of what the CRM did not say this time. Numbered kinds keep such values
// with their names, which outlive the record.
func (c *commit) takeUnsaid() error {
	for _, list := range c.lists {
		if list.Kind().Numbered() {
			continue
		}
		for i := range list.Len() {
			if !list.Unsaid(i) {
				continue
			}
			s := c.state(stored.Key{Kind: list.Kind().Name(), ID: list.Head(i).ID})
			kept := list.Kind().Unknown(s.key.ID)
			if s.Stored() {
				var err error
				if kept, err = c.readers.One(s.key, s.Row.Copy); err != nil {
					return err
				}
			}
			list.TakeUnsaid(i, kept)
		}
	}
	return nil
}

// applyRecords commits the batch's records.
func (c *commit) applyRecords() error {
	for _, list := range c.lists {
		kind := list.Kind().Name()
		byID, layout := c.ids[kind], c.layouts.Current(kind)
		var content []byte
		did := map[mirror.Operation]int{}
		rows := make([]stored.Row, list.Len())
		for i := range list.Len() {
			head := list.Head(i)
			begin := len(content)
			content = list.AppendContent(content, i)
			fresh := stored.Copy{Version: head.Version, Layout: layout, Content: content[begin:len(content):len(content)]}
			operation, err := c.record(byID[head.ID], fresh, &rows[i])
			if err != nil {
				return err
			}
			did[operation]++
		}
		for operation, n := range did {
			c.applied.Add(kind, operation, n)
		}
	}
	return nil
}

// record applies one record, which goes into row if it is stored.
func (c *commit) record(s *state, fresh stored.Copy, row *stored.Row) (mirror.Operation, error) {
	s.touched = true
	if s.Tombstone != nil || s.Stored() && fresh.Version < s.Row.Version {
		return mirror.Unchanged, nil
	}
	same, err := c.same(s, fresh)
	if err != nil {
		return "", err
	}
	readable := s.Quarantine != nil && fresh.Version >= s.Quarantine.Version && !c.withheld.cover(s.key, fresh.Version)
	if same && !readable {
		return mirror.Unchanged, nil
	}
	*row = stored.Row{Copy: fresh, Before: c.before(&s.Entry), Seen: c.seen, Revision: c.revision}
	if s.Stored() {
		row.Seen = max(row.Seen, s.Row.Seen)
	}
	if readable {
		s.Quarantine, s.quarantineChanged = nil, true
	}
	s.Row, s.rowChanged, c.changed = row, true, true
	return mirror.Upserted, nil
}

// same reports whether a record is stored as it is. One that another version of the program wrote is the same if it
// says the same of all the columns that this program knows.
func (c *commit) same(s *state, fresh stored.Copy) (bool, error) {
	if !s.Stored() || s.Row.Version != fresh.Version {
		return false, nil
	}
	if s.Row.Layout == fresh.Layout {
		return bytes.Equal(s.Row.Content, fresh.Content), nil
	}
	kept, err := c.readers.One(s.key, s.Row.Copy)
	if err != nil {
		return false, err
	}
	return bytes.Equal(kept.AppendContent(nil, 0), fresh.Content), nil
}

// markSeen stamps what the batch touched. That is no change: the revision stays.
func (c *commit) markSeen() error {
	for _, s := range c.states {
		if !s.touched {
			continue
		}
		if s.Stored() && s.Row.Seen < c.seen {
			s.Row.Seen = c.seen
			if !s.rowChanged {
				c.changes.see(&c.changes.SeenRows, s.key)
			}
		}
		if s.Quarantine != nil && s.Quarantine.Seen < c.seen {
			s.Quarantine.Seen = c.seen
			if !s.quarantineChanged {
				c.changes.see(&c.changes.SeenQuarantine, s.key)
			}
		}
	}
	return nil
}
