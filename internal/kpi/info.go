package kpi

import (
	"cmp"
	"slices"
	"strconv"
)

// emitInfo makes the samples that describe one source rather than measure it.
func (s *scan) emitInfo() {
	s.emitLeftOut()
	s.emitReps()
}

// emitReps lists the reps whose label is not folded. Where labels are hashed, so is the id: it would undo the hash for
// everybody with a login to the CRM, and a spreadsheet's rep ids are the names themselves.
func (s *scan) emitReps() {
	family := s.c.out.family(metricRepInfo)
	seen := map[string]bool{}
	for code := range s.source.Reps.Entries {
		e := &s.source.Reps.Entries[code]
		label := s.source.RepLabel(uint32(code))
		if !e.Known {
			continue
		}
		if s.foldsRep(label) {
			if !family.counting {
				family.Folded++
			}
			continue
		}
		values := []string{
			s.source.Name, label, s.source.RepIDs[code], cmp.Or(e.Record.Team, s.source.None("team")), strconv.FormatBool(e.Record.Active),
		}
		// Two ids may be one after trimming and cutting.
		if key := label + "\x00" + s.source.RepIDs[code]; !seen[key] {
			seen[key] = true
			family.gauge(family.Metric.Labels, values, 1)
		}
	}
}

func (s *scan) foldsRep(label string) bool {
	place := slices.Index(s.c.options.Dimensions, "rep")
	if place < 0 {
		return false
	}
	value, ok := s.c.dims[place].codes[label]
	return ok && s.c.dims[place].folded(value)
}

// emitCatalogue describes every KPI that is not switched off.
func (c *computation) emitCatalogue() {
	family := c.out.family(metricKPIInfo)
	for _, f := range c.out.families {
		if m := f.Metric; m.KPI != "" && !f.off {
			family.gauge(family.Metric.Labels, []string{
				m.KPI, string(m.Unit), string(m.Kind), string(m.Timing), string(m.Direction),
			}, 1)
		}
	}
}
