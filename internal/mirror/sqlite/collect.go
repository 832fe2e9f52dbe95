package sqlite

import (
	"context"
	"errors"
	"fmt"
)

const (
	// pagesPerStep is how much room a Collect gives back to the disk: a commit does not wait for more.
	pagesPerStep = 256
	// freeShare is the share of the file that may be free: the next commits fill it.
	freeShare = 0.05
)

// Collect implements mirror.Store. When nothing is left to be deleted, the file gives back its room, and the log ends.
func (s *Store) Collect(ctx context.Context) (more bool, err error) {
	if more, err = s.Store.Collect(ctx); more || err != nil {
		return more, err
	}
	if err := s.refuse(); err != nil {
		return false, err
	}
	if more, err = s.vacuum(ctx); err != nil {
		return false, explain(ctx, fmt.Errorf("give back room: %w", err))
	}
	if more {
		return true, nil
	}
	if err := s.emptyLog(ctx); err != nil {
		return false, explain(ctx, fmt.Errorf("empty the log: %w", err))
	}
	return false, nil
}

// emptyLog moves the write-ahead log into the file and cuts it to nothing, for it holds pages with what was deleted
// since. It does not wait for readers, during whom that is impossible: the next Collect does it.
func (s *Store) emptyLog(ctx context.Context) (err error) {
	conn, err := s.writer.Conn(ctx)
	if err != nil {
		return err
	}
	ctx = context.WithoutCancel(ctx) // Commits wait for readers again in any case.
	defer func() {
		_, failed := conn.ExecContext(ctx, "PRAGMA busy_timeout = "+busyTimeout)
		err = errors.Join(err, failed, conn.Close())
	}()
	if _, err := conn.ExecContext(ctx, "PRAGMA busy_timeout = 0"); err != nil {
		return err
	}
	var busy, pages, moved int
	return conn.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &pages, &moved)
}

// vacuum gives back some pages where many are free, and reports whether it did.
func (s *Store) vacuum(ctx context.Context) (done bool, err error) {
	var free, all int
	err = s.reader.QueryRowContext(ctx, "SELECT f.freelist_count, p.page_count FROM pragma_freelist_count f, pragma_page_count p").
		Scan(&free, &all)
	if err != nil || free < pagesPerStep || float64(free) < freeShare*float64(all) {
		return false, err
	}
	_, err = s.writer.ExecContext(ctx, fmt.Sprintf("PRAGMA incremental_vacuum(%d)", pagesPerStep))
	return err == nil, err
}
