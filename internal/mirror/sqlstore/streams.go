package sqlstore

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"github.com/sales-exporter/sales_exporter/internal/mirror"
	"github.com/sales-exporter/sales_exporter/internal/mirror/sqlstore/seal"
	"github.com/sales-exporter/sales_exporter/internal/mirror/stored"
	"github.com/sales-exporter/sales_exporter/internal/record"
)

// streamAt is a generation of a stream, its number, 0 where it has none yet, and where it stands.
type streamAt struct {
	stream   mirror.Stream
	number   int64
	progress stored.Progress
}

// generations are those of one stream that are not condemned.
type generations []*streamAt

func (g generations) progresses() (known stored.Generations) {
	for _, at := range g {
		known = append(known, &at.progress)
	}
	return known
}

// of returns the generation that stands so; nil for nil.
func (g generations) of(progress *stored.Progress) *streamAt {
	for _, at := range g {
		if &at.progress == progress {
			return at
		}
	}
	return nil
}

// storedAccount is the form in which the account of a stream is stored.
type storedAccount struct {
	ID              string `json:"id,omitempty"`
	Currency        string `json:"currency,omitempty"`
	TimeZone        string `json:"zone,omitempty"`
	FiscalYearStart int    `json:"fiscal_start,omitempty"`
}

const streamColumns = "identity, cursor, pass, commits, revision, finished, completed_at, tidied, account, " +
	"account_before, account_revision, counts, picture, finished_cursor, role, kept_since"

const (
	selectStream = "SELECT stream, source, name, " + streamColumns + ", checksum FROM streams"
	upsertStream = "INSERT INTO streams (stream, source, name, " + streamColumns + `, checksum)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (stream) DO UPDATE SET
		identity = excluded.identity, cursor = excluded.cursor, pass = excluded.pass, commits = excluded.commits,
		revision = excluded.revision, finished = excluded.finished, completed_at = excluded.completed_at,
		tidied = excluded.tidied, account = excluded.account, account_before = excluded.account_before,
		account_revision = excluded.account_revision, counts = excluded.counts, picture = excluded.picture,
		finished_cursor = excluded.finished_cursor, role = excluded.role, kept_since = excluded.kept_since, checksum = excluded.checksum`
)

// readGenerations returns where the generations of a stream stand, none where it is new.
func readGenerations(ctx context.Context, tx *sql.Tx, stream mirror.Stream) (known generations, err error) {
	err = each(ctx, tx, func(row *cells) error {
		at, err := decodeStream(row)
		known = append(known, at)
		return err
	}, selectStream+" WHERE source = ? AND name = ? AND role > 0", stream.Source, stream.Name)
	if err == nil && known.progresses().AtWork() == nil {
		err = refuseDamage(ctx, tx, stream)
	}
	if err != nil {
		return nil, fmt.Errorf("read where the stream stands: %w", err)
	}
	return known, nil
}

// choose tells a generation of a stream from the other one.
type choose func(stored.Generations) *stored.Progress

// readStream returns where a generation of a stream stands, or a new one of a stream that has none.
func readStream(ctx context.Context, tx *sql.Tx, stream mirror.Stream, which choose) (*streamAt, error) {
	known, err := readGenerations(ctx, tx, stream)
	if err != nil {
		return nil, err
	}
	if at := known.of(which(known.progresses())); at != nil {
		return at, nil
	}
	return newStream(stream), nil
}

func newStream(stream mirror.Stream) *streamAt {
	return &streamAt{stream: stream, progress: stored.Progress{Role: stored.AtWork}}
}

func decodeStream(row *cells) (*streamAt, error) {
	at := &streamAt{number: row.integer()}
	at.stream = mirror.Stream{Source: row.text(), Name: row.text()}
	p := &at.progress
	p.Claim = stored.ParseClaim(row.text())
	p.Cursor, p.Pass, p.Commits = bytes.Clone(row.blob()), row.integer(), row.integer()
	p.Revision, p.Finished, p.CompletedAt, p.Tidied = row.integer(), row.integer(), row.integer(), row.integer()
	account, before := row.text(), row.text()
	p.AccountRevision = row.integer()
	counts, picture := row.text(), row.text()
	p.FinishedCursor = bytes.Clone(row.blob())
	p.Role, p.KeptSince = stored.Role(row.integer()), row.integer()
	if sum := row.integer(); row.fault != nil || sum != at.checksum(account, before, counts, picture) {
		return nil, corrupt("where a stream stands fails its checksum")
	}
	if p.Account, row.fault = decodeAccount(account); row.fault != nil {
		return nil, row.fault
	}
	if p.AccountBefore, row.fault = decodeAccount(before); row.fault != nil {
		return nil, row.fault
	}
	if json.Unmarshal([]byte(counts), &p.Counts) != nil || json.Unmarshal([]byte(picture), &p.Picture) != nil {
		return nil, corrupt("counts are no JSON")
	}
	return at, nil
}

func decodeAccount(text string) (record.AccountIdentity, error) {
	var stored storedAccount
	if err := json.Unmarshal([]byte(text), &stored); err != nil {
		return record.AccountIdentity{}, corrupt("an account is no JSON")
	}
	return record.AccountIdentity(stored), nil
}

func (at *streamAt) checksum(account, before, counts, picture string) int64 {
	p := &at.progress
	var s seal.Seal
	s.Integer(at.number).Text(at.stream.Source).Text(at.stream.Name).Text(p.Claim.Text()).
		Bytes(p.Cursor).Bytes(p.FinishedCursor)
	for _, n := range []int64{
		p.Pass, p.Commits, p.Revision, p.Finished, p.CompletedAt, p.Tidied, p.AccountRevision,
	} {
		s.Integer(n)
	}
	s.Text(account).Text(before).Text(counts).Text(picture)
	if p.Role != stored.AtWork { // Files from before there were roles know no other one.
		s.Integer(int64(p.Role)).Integer(p.KeptSince)
	}
	return s.Sum()
}

// refuseDamage looks behind a stream that was not found: it may be there, and the index damaged, or its key may be,
// which leaves records without a stream. No commit does, and a new stream would read everything anew and leave the old
// rows where they are.
func refuseDamage(ctx context.Context, tx *sql.Tx, stream mirror.Stream) error {
	known := map[int64]bool{}
	err := each(ctx, tx, func(row *cells) error {
		at, err := decodeStream(row)
		if err != nil {
			return err
		}
		if known[at.number] = true; at.stream == stream && at.progress.Role != stored.Condemned {
			return corrupt("an index lacks a stream")
		}
		return nil
	}, selectStream)
	if err != nil {
		return err
	}
	for last, more := int64(0), true; more; {
		more = false
		err := each(ctx, tx, func(row *cells) error {
			last, more = row.integer(), true
			if row.fault != nil || !known[last] {
				return corrupt("where a stream stands is missing")
			}
			return nil
		}, "SELECT stream FROM records WHERE stream > ? ORDER BY stream LIMIT 1", last)
		if err != nil {
			return err
		}
	}
	return nil
}

// writeStream stores where a stream stands, under a new number if it has none.
func (t *transaction) writeStream(at *streamAt) error {
	if at.number == 0 {
		err := t.tx.QueryRowContext(t.ctx, "SELECT coalesce(max(stream), 0) + 1 FROM streams").Scan(&at.number)
		if err != nil {
			return fmt.Errorf("number stream: %w", err)
		}
	}
	p := &at.progress
	account, before := encode(storedAccount(p.Account)), encode(storedAccount(p.AccountBefore))
	counts, picture := encode(p.Counts), encode(p.Picture)
	err := t.exec(t.store.statements.upsertStream,
		at.number, at.stream.Source, at.stream.Name, p.Claim.Text(), optional(p.Cursor), p.Pass, p.Commits, p.Revision,
		p.Finished, p.CompletedAt, p.Tidied, account, before, p.AccountRevision, counts, picture, optional(p.FinishedCursor),
		int64(p.Role), p.KeptSince,
		at.checksum(account, before, counts, picture))
	if err != nil {
		return fmt.Errorf("write where the stream stands: %w", err)
	}
	return nil
}

// encode returns plain structs, maps and strings as JSON; maps come with their keys sorted.
func encode(v any) string {
	text, _ := json.Marshal(v) // Such values always have a JSON form.
	return string(text)
}
