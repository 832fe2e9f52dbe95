package info

import (
	"cmp"
	"slices"
	"strconv"
)

// emitReps lists the reps whose label is not folded. Where labels are hashed, so is the id: it would undo the hash for
// everybody with a login to the CRM, and a spreadsheet's rep ids are the names themselves.
func (s *source) emitReps() {
	family := s.out[reps]
	seen := map[string]bool{}
	for code := range s.Source.Reps.Entries {
		e := &s.Source.Reps.Entries[code]
		label := s.Source.RepLabel(uint32(code))
		if !e.Known {
			continue
		}
		if s.foldsRep(label) {
			if !family.Counting {
				family.Folded++
			}
			continue
		}
		values := []string{
			s.Source.Name, label, s.Source.RepIDs[code], cmp.Or(e.Record.Team, s.Source.None("team")), strconv.FormatBool(e.Record.Active),
		}
		// Two ids may be one after trimming and cutting.
		if key := label + "\x00" + s.Source.RepIDs[code]; !seen[key] {
			seen[key] = true
			family.Gauge(family.Metric.Labels, values, 1)
		}
	}
}

func (s *source) foldsRep(label string) bool {
	rep := slices.Index(s.C.Options.Dimensions, "rep")
	if rep < 0 {
		return false
	}
	value, ok := s.C.Dims[rep].Codes[label]
	return ok && s.C.Dims[rep].Folded(value)
}
