package rules

import (
	"github.com/sales-exporter/sales_exporter/internal/mirror/stored"
	"github.com/sales-exporter/sales_exporter/internal/record"
)

// measure is what the counts count of an entry.
type measure struct {
	visible, hidden, gone, merged bool
	version                       int64
	// reason is why the record cannot be read, if it is quarantined.
	quarantined bool
	reason      record.Reason
}

func (s *state) measure() measure {
	m := measure{
		visible: s.Visible(), hidden: s.Stored() && s.Quarantine != nil, quarantined: s.Quarantine != nil,
		gone: s.Tombstone != nil, merged: s.Tombstone != nil && s.Tombstone.MergedInto != "",
	}
	if m.visible {
		m.version = s.Row.Version
	}
	if m.quarantined {
		m.reason = s.Quarantine.Reason
	}
	return m
}

// recount brings the counts up to what the entries are now.
func (c *commit) recount() {
	for kind, byID := range c.ids {
		count := c.progress.Counts[kind]
		for _, s := range byID {
			now := s.measure()
			if now == s.was {
				continue
			}
			c.recountOne(&count, s, now)
			s.was = now
		}
		c.progress.Counts[kind] = count
	}
}

func (c *commit) recountOne(count *stored.Count, s *state, now measure) {
	was := s.was
	if now.visible {
		if count.Live == 0 {
			count.Newest = now.version
		}
		count.Newest = max(count.Newest, now.version)
	}
	if was.visible && (!now.visible || now.version < was.version) {
		version, known := c.left[s.key.Kind]
		if !known || was.version > version {
			c.left[s.key.Kind] = was.version
		}
	}
	count.Live += one(now.visible) - one(was.visible)
	count.Hidden += one(now.hidden) - one(was.hidden)
	count.Gone += one(now.gone) - one(was.gone)
	count.Merged += one(now.merged) - one(was.merged)
	if was.quarantined {
		count.AddQuarantined(was.reason, -1)
	}
	if now.quarantined {
		count.AddQuarantined(now.reason, 1)
	}
	if count.Live == 0 {
		count.Newest = 0
	}
}

// countQuarantine counts a record without an id.
func (c *commit) countQuarantine(kind record.Name, reason record.Reason, n int) {
	count := c.progress.Counts[kind]
	count.AddQuarantined(reason, n)
	c.progress.Counts[kind] = count
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}
