package spreadsheet

import "github.com/sales-exporter/sales_exporter/internal/table"

// names are the spellings of all names that the files of a source write, by field.
type names map[string]spellings

func (n names) of(field string) spellings {
	if n[field] == nil {
		n[field] = spellings{}
	}
	return n[field]
}

// shown returns the spelling of a name that is shown, by its key.
func (n names) shown(field, key string) string { return n[field].shown(key) }

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
