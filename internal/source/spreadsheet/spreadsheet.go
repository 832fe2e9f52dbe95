// Package spreadsheet reads deals from files: CSV, TSV or XLSX, on this machine or published on the web. Package table
// finds out how a file is written.
//
// A file is the whole truth about its source: each content is read as one full pass, and what is not in it is gone. A
// file that cannot be read as a table is refused before anything of it is committed, so the numbers of the one before
// it stay.
package spreadsheet

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/source"
	"github.com/sales-exporter/sales_exporter/internal/source/spreadsheet/files"
	"github.com/sales-exporter/sales_exporter/internal/source/spreadsheet/settings"
	"github.com/sales-exporter/sales_exporter/internal/table"
)

// pageSize is the number of rows committed at a time.
const pageSize = 1000

// Source is one file, or all files that match a pattern.
type Source struct {
	name      string
	identity  source.Identity
	sheet     settings.Sheet
	decimal   table.Decimal // as configured
	currency  string        // of amounts that carry none, "" where the configuration does not say
	mapping   map[string]config.Mapping
	selection *source.Selection
	env       source.Environment

	place files.Place
	// downloaded describes the download that was read to its end last in this process.
	downloaded source.Validators
}

// New returns the source of a file. The file need not exist yet.
func New(name string, cfg config.Source, env source.Environment) (*Source, error) {
	configured, ok := cfg.Settings.(*settings.Settings)
	if !ok {
		return nil, source.Errorf(source.ReasonConfig, "source %s is not a spreadsheet", name)
	}
	s := &Source{
		name: name, identity: identityOf(configured, cfg, env),
		sheet: configured.Deals, currency: cfg.Currency, mapping: cfg.Map,
		selection: source.NewSelection(cfg), env: env, place: files.New(configured.Deals.File, env),
	}
	if configured.Decimal != "" {
		s.decimal = table.Decimal(configured.Decimal[0])
	}
	return s, nil
}

// Name implements source.Source.
func (s *Source) Name() string { return s.name }

// Account implements source.Source. No vendor stands behind a file.
func (s *Source) Account() *record.AccountIdentity { return nil }

// Files returns the sheet of each file that is read by its real path. "" is any sheet.
func (s *Source) Files() map[string]string {
	sheets := map[string]string{}
	for _, path := range s.place.Real() {
		sheets[path] = s.sheet.Sheet
	}
	return sheets
}

// Streams implements source.Source. No file holds accounts of their own.
func (s *Source) Streams() []source.Stream {
	gives := []record.Name{crm.Deals.Name(), crm.Reps.Name(), crm.Pipelines.Name(), crm.Stages.Name()}
	return []source.Stream{source.Whole{Gives: gives, Mapping: s.identity, Read: s.Sync, Again: restart, Written: s.DataTime}}
}

// cursor remembers what was read last.
type cursor struct {
	Pass  int64  `json:"pass"`
	Hash  string `json:"hash"`  // of the content, "" while a pass is under way
	Deals int    `json:"deals"` // in the file that was read to its end last
	// Written is when that file was written, in milliseconds since 1970.
	Written int64 `json:"written,omitempty"`
	// Conventions are those of the files read to their end last.
	Conventions conventions `json:"conventions,omitempty"`
}

// Sync reads everything together. A file with the same content as last time costs one read of it.
func (s *Source) Sync(ctx context.Context, at source.Cursor, sink source.Sink) (source.Cursor, error) {
	last, err := decode(at)
	if err != nil {
		s.env.Logger.Warn("The cursor cannot be read; reading the file again", "err", err)
	}
	known := s.downloaded
	if last.Hash == "" {
		known = source.Validators{} // What was downloaded was not read to its end.
	}
	got, err := s.place.Acquire(ctx, known)
	if err != nil {
		return nil, err
	}
	if got.Unchanged {
		return at, nil
	}
	hash, written := got.Hash(), s.written(got, last)
	if hash == last.Hash {
		last.Written = written
		s.downloaded = got.Validators
		return encode(last), nil
	}
	now, err := s.read(got.Files, last.Conventions)
	if err != nil {
		return nil, err
	}
	if err := last.Conventions.check(now.conventions); err != nil {
		return nil, err
	}
	if err := s.selection.CheckPipelines(now.pipelineNames()); err != nil {
		return nil, err
	}
	if err := s.brake(last.Deals, len(now.deals), got.Modified()); err != nil {
		return nil, err
	}
	for _, warning := range now.warnings() {
		s.env.Logger.Warn("The file was read, with a warning", "what", warning)
	}
	under := last
	under.Pass, under.Hash = last.Pass+1, ""
	if err := commit(ctx, sink, now, under); err != nil {
		return nil, err
	}
	s.downloaded = got.Validators
	return encode(cursor{
		Pass: under.Pass, Hash: hash, Deals: len(now.deals), Written: written,
		Conventions: last.Conventions.keep(now.conventions),
	}), nil
}

// written returns when the files were written, in milliseconds since 1970. Where a server does not say, a content is as
// old as its first download.
func (s *Source) written(got files.Acquired, last cursor) int64 {
	modified := got.Modified()
	switch {
	case !modified.IsZero():
		return modified.UnixMilli()
	case got.Hash() == last.Hash:
		return last.Written
	default:
		return s.env.Now().UnixMilli()
	}
}

// DataTime returns when the files behind a cursor were written.
func (s *Source) DataTime(at source.Cursor) time.Time {
	last, err := decode(at)
	if err != nil || last.Written == 0 {
		return time.Time{}
	}
	return time.UnixMilli(last.Written)
}

// A file that lost most of its deals is believed only once it has lain untouched for a while: a program that writes it
// slowly leaves half of it for longer than the seconds after which a file is read.
const (
	brakeShare = 0.5
	brakeFrom  = 20
	believed   = time.Minute
)

// brake refuses a file that shrank that much and was modified that lately.
func (s *Source) brake(before, now int, modified time.Time) error {
	if before > 0 && now == 0 {
		return emptied(s.place.Base())
	}
	age := s.env.Now().Sub(modified)
	if before < brakeFrom || float64(now) >= brakeShare*float64(before) || age < 0 || age >= believed {
		return nil
	}
	return &source.Error{
		Reason: source.ReasonDecode,
		Err:    fmt.Errorf("%s has %d deals, but the previous file had %d", s.place.Base(), now, before),
		Hint:   "if that is right, leave the file untouched for a minute; until then the numbers of the previous file are kept",
	}
}

// commit hands the contents over in pages. Their cursor says that a pass is under way: after a crash the file is read
// again from its first row, as the next pass.
func commit(ctx context.Context, sink source.Sink, t *contents, under cursor) error {
	at := encode(under)
	page := record.Batch{Pass: under.Pass, Cursor: at, Rows: record.Rows{
		crm.Reps.Of(t.reps()...), crm.Pipelines.Of(t.pipelines()...), crm.Stages.Of(t.stages()...),
	}}
	for start := 0; start < len(t.deals); start += pageSize {
		crm.Deals.Set(&page.Rows, t.deals[start:min(start+pageSize, len(t.deals))]...)
		if err := sink.Commit(ctx, page); err != nil {
			return err
		}
		page = record.Batch{Pass: under.Pass, Cursor: at}
	}
	crm.Deals.Set(&page.Rows)
	page.Quarantined = t.quarantined
	page.Sweep = []record.Name{crm.Deals.Name(), crm.Reps.Name(), crm.Pipelines.Name(), crm.Stages.Name()}
	return sink.Commit(ctx, page)
}

// restart implements source.Stream.Restart: no content is the one that was read last.
func restart(at source.Cursor) source.Cursor {
	c, err := decode(at)
	if err != nil || c.Pass == 0 {
		return nil
	}
	c.Hash = ""
	return encode(c)
}

func encode(c cursor) source.Cursor {
	text, err := json.Marshal(c)
	if err != nil {
		panic(fmt.Sprintf("encode cursor: %v", err)) // Numbers and strings always marshal.
	}
	return text
}

// decode returns the zero cursor of one that cannot be read.
func decode(at source.Cursor) (c cursor, err error) {
	if len(at) == 0 {
		return cursor{}, nil
	}
	if err := json.Unmarshal(at, &c); err != nil {
		return cursor{}, err
	}
	return c, nil
}
