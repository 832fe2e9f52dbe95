package app

import (
	"log/slog"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/record"
)

// maxNamesakeLines bounds the warnings of one sync: a large org has many John Smiths who never sell anything.
const maxNamesakeLines = 20

// namesakes warns of reps who are shown with a number because another one came to their name first, of each of them
// once in the life of the process. A nil one is silent.
type namesakes struct {
	logger *slog.Logger
	warned map[string]bool // by id
	lines  int
	more   int
}

func newNamesakes(logger *slog.Logger) *namesakes {
	return &namesakes{logger: logger, warned: map[string]bool{}}
}

// note looks at the reps of a batch.
func (n *namesakes) note(reps []crm.Rep) {
	if n == nil {
		return
	}
	for i := range reps {
		r := &reps[i]
		if key := r.ID + "\x00" + r.Label(); r.Namesake > 1 && !n.warned[key] {
			n.warned[key] = true
			if n.lines++; n.lines > maxNamesakeLines {
				n.more++
				continue
			}
			first := crm.Rep{Head: record.Head{ID: r.ID}, Name: r.Name}
			n.logger.Warn("Two reps have the same name and get numbers; targets of the second need its number",
				"name", first.Label(), "rep", r.Label(), "rep_id", r.ID)
		}
	}
}

// end closes the account of one sync.
func (n *namesakes) end() {
	if n == nil {
		return
	}
	if n.more > 0 {
		n.logger.Warn("More reps have the same name and get numbers", "reps", n.more)
	}
	n.lines, n.more = 0, 0
}
