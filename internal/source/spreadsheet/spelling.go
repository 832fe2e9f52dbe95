package spreadsheet

import "github.com/sales-exporter/sales_exporter/internal/table"

// spellings are the ways in which files write names that are one: "Ann Lee", "ann lee" and "Ann  Lee" are one rep.
type spellings map[string]*spelling

type spelling struct {
	count map[string]int
	first []string // in the order in which they stand in the files
}

// add counts a name as it is written.
func (s spellings) add(name string) {
	id, shown := table.Key(name), table.Clean(name)
	if id == "" {
		return
	}
	known := s[id]
	if known == nil {
		known = &spelling{count: map[string]int{}}
		s[id] = known
	}
	if known.count[shown] == 0 {
		known.first = append(known.first, shown)
	}
	known.count[shown]++
}

// shown returns the spelling that most rows have, the first of them where several are as frequent.
func (s spellings) shown(id string) string {
	known := s[id]
	if known == nil {
		return id
	}
	best := known.first[0]
	for _, name := range known.first[1:] {
		if known.count[name] > known.count[best] {
			best = name
		}
	}
	return best
}
