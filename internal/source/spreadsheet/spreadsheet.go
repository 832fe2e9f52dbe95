// Package spreadsheet reads deals from a file: CSV, TSV or XLSX. Package table finds out how the file is written.
//
// A file is the whole truth about its source: each content is read as one full pass, and what is not in it is gone. A
// file that cannot be read as a table is refused before anything of it is committed, so the numbers of the one before
// it stay.
package spreadsheet

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/source"
	"github.com/sales-exporter/sales_exporter/internal/table"
)

var utc = time.UTC

// pageSize is the number of rows committed at a time.
const pageSize = 1000

// Source is one file.
type Source struct {
	name      string
	sheet     config.Sheet
	decimal   table.Decimal // as configured
	mapping   map[string]config.Mapping
	selection *source.Selection
	env       source.Environment
}

// New returns the source of a file. The file need not exist yet.
func New(name string, cfg config.Source, env source.Environment) (*Source, error) {
	if cfg.Spreadsheet == nil {
		return nil, source.Errorf(source.ReasonConfig, "source %s is not a spreadsheet", name)
	}
	s := &Source{
		name: name, sheet: cfg.Spreadsheet.Deals, mapping: cfg.Map, selection: source.NewSelection(cfg), env: env,
	}
	if cfg.Spreadsheet.Decimal != "" {
		s.decimal = table.Decimal(cfg.Spreadsheet.Decimal[0])
	}
	return s, nil
}

// Name implements source.Source.
func (s *Source) Name() string { return s.name }

// cursor remembers what was read last.
type cursor struct {
	Pass  int64  `json:"pass"`
	Hash  string `json:"hash"`  // of the content, "" while a pass is under way
	Deals int    `json:"deals"` // in the file that was read to its end last
	// Conventions are those of the files read to their end last.
	Conventions conventions `json:"conventions,omitempty"`
}

// Sync implements source.Source. A file with the same content as last time costs one read of it.
func (s *Source) Sync(ctx context.Context, at source.Cursor, sink source.Sink) (source.Cursor, error) {
	var last cursor
	if len(at) > 0 {
		if err := json.Unmarshal(at, &last); err != nil {
			s.env.Logger.Warn("The cursor cannot be read; reading the file anew", "err", err)
			last = cursor{}
		}
	}
	content, err := readSettled(ctx, s.sheet.File, s.env.Now)
	if err != nil {
		return nil, err
	}
	hash := content.hash()
	if hash == last.Hash {
		return at, nil
	}
	now, err := s.read(content)
	if err != nil {
		return nil, err
	}
	if err := last.Conventions.check(now.conventions); err != nil {
		return nil, err
	}
	if err := s.selection.CheckPipelines(now.pipelineNames()); err != nil {
		return nil, err
	}
	if err := s.brake(last.Deals, len(now.deals), content.modified); err != nil {
		return nil, err
	}
	under := last
	under.Pass, under.Hash = last.Pass+1, ""
	if err := commit(ctx, sink, now, under); err != nil {
		return nil, err
	}
	return encode(cursor{
		Pass: under.Pass, Hash: hash, Deals: len(now.deals), Conventions: last.Conventions.keep(now.conventions),
	}), nil
}

// A file that lost most of its deals is believed only once it has lain untouched for a while: a program that writes it
// slowly leaves half of it for longer than settle.
const (
	brakeShare = 0.5
	brakeFrom  = 20
	believed   = time.Minute
)

// brake refuses a file that shrank that much and was modified that lately.
func (s *Source) brake(before, now int, modified time.Time) error {
	age := s.env.Now().Sub(modified)
	if before < brakeFrom || float64(now) >= brakeShare*float64(before) || age < 0 || age >= believed {
		return nil
	}
	return &source.Error{
		Reason: source.ReasonDecode,
		Err:    fmt.Errorf("%s holds %d deals, the one read before held %d", s.base(), now, before),
		Hint:   "if that is right, leave the file untouched for a minute; the numbers of the one before stay until then",
	}
}

// commit hands the contents over in pages. Their cursor says that a pass is under way: after a crash the file is read
// again from its first row, as the next pass.
func commit(ctx context.Context, sink source.Sink, t *contents, under cursor) error {
	at := encode(under)
	page := crm.Batch{Pass: under.Pass, Cursor: at, Reps: t.reps(), Pipelines: t.pipelines(), Stages: t.stages()}
	for start := 0; start < len(t.deals); start += pageSize {
		page.Deals = t.deals[start:min(start+pageSize, len(t.deals))]
		if err := sink.Commit(ctx, page); err != nil {
			return err
		}
		page = crm.Batch{Pass: under.Pass, Cursor: at}
	}
	page.Deals = nil
	page.Quarantined = t.quarantined
	page.Sweep = []crm.Object{crm.ObjectDeal, crm.ObjectRep, crm.ObjectPipeline, crm.ObjectStage}
	return sink.Commit(ctx, page)
}

func encode(c cursor) source.Cursor {
	text, err := json.Marshal(c)
	if err != nil {
		panic(fmt.Sprintf("encode cursor: %v", err)) // Numbers and strings always marshal.
	}
	return text
}

// base is the file's name for messages: its folder says nothing to a reader of logs.
func (s *Source) base() string { return filepath.Base(s.sheet.File) }
