package hubspot

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/source"
	"github.com/sales-exporter/sales_exporter/internal/source/hubspot/api"
)

const (
	// overlap is how far a search reaches back behind the end of the one before: records show up in the search with a
	// delay, and reading one twice costs nothing.
	overlap = 10 * time.Minute
	// earliestSince is where a search may begin: from 1970 on, HubSpot fails (crm/hubspot 3.4).
	earliestSince = 1000
	// maxEmptyPages ends a search that answers with nothing but promises more.
	maxEmptyPages = 10
)

// increment searches what was modified since the last search and up to now. An interrupted search is ended first, in
// its own window.
func (r *run) increment(ctx context.Context) error {
	w := &r.cursor.Window
	for {
		interrupted := w.Until != 0
		if !interrupted {
			r.open(w)
		}
		if err := r.search(ctx, w); err != nil {
			return err
		}
		if !interrupted {
			return nil
		}
	}
}

func (r *run) open(w *window) {
	c := r.api.Clock
	*w = window{
		Since: max(w.Since, earliestSince),
		Until: c.Later().UnixMilli(),
		Next:  max(c.Earlier().Add(-overlap).UnixMilli(), earliestSince),
	}
	w.Until = max(w.Until, w.Since) // a clock that was set back must not turn the window around
}

func (w *window) close() { *w = window{Since: w.Next} }

// search reads a window by ascending id, each page behind the last id of the page before. Offsets would skip records
// when others leave the window meanwhile, and pages by time would go in circles on 10,000 records of one millisecond
// (crm/hubspot 3.5).
func (r *run) search(ctx context.Context, w *window) error {
	offset, empty := "", 0
	for w.Until != 0 {
		answer, err := r.api.Modified(ctx, r.object.Name, r.object.Properties, api.Window{Since: w.Since, Until: w.Until, Last: w.Last}, offset)
		if err != nil {
			return err
		}
		if len(answer.Results) == 0 {
			offset = string(answer.Paging.Next.After)
			if offset == "" || answer.Total != nil && *answer.Total == 0 {
				w.close()
				return nil
			}
			if empty++; empty == maxEmptyPages {
				return source.Errorf(source.ReasonServer, "the search answers with empty pages only")
			}
			continue
		}
		last, err := lastID(w.Last, answer.Results)
		if errors.Is(err, errNoID) && answer.Ends() {
			last, err = w.Last, nil // Nothing has to be found behind it.
		}
		if err != nil {
			return err
		}
		batch, err := r.read(ctx, answer.Results)
		if err != nil {
			return err
		}
		if err := r.inspect(ctx, len(answer.Results), &batch); err != nil {
			return err
		}
		w.Last, offset, empty = last, "", 0
		if answer.Ends() {
			w.close()
		}
		if err := r.commit(ctx, batch); err != nil {
			return err
		}
	}
	return nil
}

var errNoID = errors.New("none of its ids can be read")

// lastID returns the last id of a page. Ids that do not ascend would have the search go in circles, or skip records.
func lastID(before string, results []api.Record) (string, error) {
	last := api.Number(api.Text(before))
	progress := false
	for i := range results {
		id := api.Number(results[i].ID)
		switch {
		case id == 0: // is quarantined
		case id <= last:
			return "", source.Errorf(source.ReasonDecode, "the search answers are not in ascending order of ids")
		default:
			last, progress = id, true
		}
	}
	if !progress {
		return "", source.Errorf(source.ReasonDecode, "read a page of search results: %w", errNoID)
	}
	return strconv.FormatUint(last, 10), nil
}
