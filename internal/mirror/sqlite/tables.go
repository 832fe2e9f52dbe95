package sqlite

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/record"
)

// table says how one kind of record lies in the file. Its name is the name of the object.
type table[R any] struct {
	name    record.Name
	columns []string // of encode and decode, in their order; the first two are id and version
	encode  func(R) []any
	decode  func(*fields) R
	typed   *record.Typed[R]
	// complete adds what other tables hold of the record, nil where none do.
	complete func(*loading, *R)
}

// kind is a table whatever its type of record.
type kind interface {
	object() record.Name
	content() []string
	count(*record.Batch) int
	rows(*record.Batch) [][]any
	stream(*loading) error
}

// kinds returns the tables in the order of crm.Kinds.
func kinds() []kind {
	return []kind{dealTable(), accountTable(), repTable(), pipelineTable(), stageTable()}
}

func (t table[R]) object() record.Name { return t.name }

func (t table[R]) content() []string { return t.columns }

func (t table[R]) count(b *record.Batch) int { return len(t.typed.In(b.Rows)) }

// rows returns the batch's records of this kind as the values of their columns. Of several copies of one id it leaves
// one, in the batch too.
func (t table[R]) rows(b *record.Batch) [][]any {
	records := t.typed.In(b.Rows)
	rows := make([][]any, 0, len(records))
	for _, record := range records {
		rows = append(rows, t.encode(record))
	}
	kept := newest(rows)
	if len(kept) == len(rows) {
		return rows
	}
	t.typed.Set(&b.Rows, pick(records, kept)...)
	return pick(rows, kept)
}

func dealTable() table[crm.Deal] {
	return table[crm.Deal]{
		name: crm.Deals.Name(),
		columns: []string{
			"id", "version", "pipeline", "stage", "rep", "account", "outcome", "amount", "currency", "probability",
			"forecast_category", "created", "closed", "stage_entered", "dimensions", "excluded",
		},
		encode: func(d crm.Deal) []any {
			return []any{
				d.ID, d.Version, d.Pipeline, d.Stage, d.Rep, d.Account, d.Outcome.String(),
				encodeAmount(d.Amount, d.AmountKnown), d.Currency, encodeProbability(d.Probability),
				string(d.ForecastCategory), d.Created.Encode(), d.Closed.Encode(), d.StageEntered.Encode(),
				encodeDimensions(d.Dimensions), d.Excluded,
			}
		},
		decode: func(f *fields) crm.Deal {
			d := crm.Deal{
				Head: record.Head{ID: f.text(), Version: f.integer()}, Pipeline: f.text(), Stage: f.text(), Rep: f.text(),
				Account: f.text(), Outcome: f.outcome(),
			}
			d.Amount, d.AmountKnown = f.amount()
			d.Currency, d.Probability = f.text(), f.probability()
			d.ForecastCategory = crm.ForecastCategory(f.text())
			d.Created, d.Closed, d.StageEntered = f.instant(), f.instant(), f.instant()
			d.Dimensions, d.Excluded = f.dimensions(), f.text()
			return d
		},
		typed: crm.Deals,
	}
}

func accountTable() table[crm.Account] {
	return table[crm.Account]{
		name:    crm.Accounts.Name(),
		columns: []string{"id", "version", "dimensions"},
		encode:  func(a crm.Account) []any { return []any{a.ID, a.Version, encodeDimensions(a.Dimensions)} },
		decode: func(f *fields) crm.Account {
			return crm.Account{Head: record.Head{ID: f.text(), Version: f.integer(), Dimensions: f.dimensions()}}
		},
		typed: crm.Accounts,
	}
}

func repTable() table[crm.Rep] {
	return table[crm.Rep]{
		name:    crm.Reps.Name(),
		columns: []string{"id", "version", "name", "team", "active", "dimensions"},
		encode: func(r crm.Rep) []any {
			return []any{r.ID, r.Version, r.Name, r.Team, encodeBool(r.Active), encodeDimensions(r.Dimensions)}
		},
		decode: func(f *fields) crm.Rep {
			r := crm.Rep{
				Head: record.Head{ID: f.text(), Version: f.integer()}, Name: f.text(), Team: f.text(), Active: f.bool(),
			}
			r.Dimensions = f.dimensions()
			return r
		},
		typed:    crm.Reps,
		complete: func(l *loading, r *crm.Rep) { r.Namesake = l.namesakes[nameKeyOf(r)] },
	}
}

func pipelineTable() table[crm.Pipeline] {
	return table[crm.Pipeline]{
		name:    crm.Pipelines.Name(),
		columns: []string{"id", "version", "label"},
		encode:  func(p crm.Pipeline) []any { return []any{p.ID, p.Version, p.Label} },
		decode: func(f *fields) crm.Pipeline {
			return crm.Pipeline{Head: record.Head{ID: f.text(), Version: f.integer()}, Label: f.text()}
		},
		typed: crm.Pipelines,
	}
}

func stageTable() table[crm.Stage] {
	return table[crm.Stage]{
		name:    crm.Stages.Name(),
		columns: []string{"id", "version", "pipeline", "label", "position", "outcome", "probability"},
		encode: func(s crm.Stage) []any {
			return []any{
				s.ID, s.Version, s.Pipeline, s.Label, int64(s.Position), s.Outcome.String(),
				encodeProbability(s.Probability),
			}
		},
		decode: func(f *fields) crm.Stage {
			return crm.Stage{
				Head: record.Head{ID: f.text(), Version: f.integer()}, Pipeline: f.text(), Label: f.text(), Position: int(f.integer()),
				Outcome: f.outcome(), Probability: f.probability(),
			}
		},
		typed: crm.Stages,
	}
}

// putQuery writes a record over the stored one.
func putQuery(k kind) string {
	columns := slices.Concat([]string{"source"}, k.content(), []string{"checksum", "seen_pass", "revision"})
	updates := make([]string, 0, len(columns))
	for _, column := range columns[2:] { // all but the key
		updates = append(updates, column+" = excluded."+column)
	}
	return fmt.Sprintf("INSERT INTO %s (%s) VALUES (%s) ON CONFLICT (source, id) DO UPDATE SET %s", k.object(),
		strings.Join(columns, ", "), placeholders(len(columns)), strings.Join(updates, ", "))
}

func placeholders(n int) string {
	return strings.TrimSuffix(strings.Repeat("?, ", n), ", ")
}

// selectQuery reads the records of a source, each with its checksum.
func selectQuery(k kind) string {
	return fmt.Sprintf("SELECT %s, checksum FROM %s WHERE source = ?", strings.Join(k.content(), ", "), k.object())
}
