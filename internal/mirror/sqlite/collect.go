package sqlite

import (
	"context"
	"fmt"
)

const (
	// pagesPerStep is how much room a Collect gives back to the disk: a commit does not wait for more.
	pagesPerStep = 256
	// freeShare is the share of the file that may be free: the next commits fill it.
	freeShare = 0.05
)

// Collect implements mirror.Store. When nothing is left to be deleted, the file gives back its room.
func (s *Store) Collect(ctx context.Context) (more bool, err error) {
	if more, err = s.Store.Collect(ctx); more || err != nil {
		return more, err
	}
	if err := s.refuse(); err != nil {
		return false, err
	}
	more, err = s.vacuum(ctx)
	if err != nil {
		return false, explain(ctx, fmt.Errorf("give back room: %w", err))
	}
	return more, nil
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
