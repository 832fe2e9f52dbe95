package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/mirror/sqlite"
	"github.com/sales-exporter/sales_exporter/internal/mirror/sqlstore"
	"github.com/sales-exporter/sales_exporter/internal/record"
)

// Rejects lists the records that could not be read, of all sources or of the one named, as the mirror holds them. It may
// run beside a serving process.
func Rejects(ctx context.Context, options Options, name string, out io.Writer) (err error) {
	options, err = options.withDefaults()
	if err != nil {
		return err
	}
	validated, err := LoadConfig(options.ConfigFile)
	if err != nil {
		return fmt.Errorf("load configuration: %w", err)
	}
	c := validated.Config()
	sources, err := selectSources(c, name)
	if err != nil {
		return err
	}
	view, err := openView(ctx, c.MirrorSQLitePath)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, view.Close()) }()
	return writeRejects(ctx, view, sources, out)
}

// openView opens the mirror for reading, beside whoever holds it.
func openView(ctx context.Context, path string) (*sqlstore.View, error) {
	view, err := sqlite.OpenView(ctx, path, crm.Kinds())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no mirror at %s yet: let the exporter sync first", path)
	}
	return view, err
}

// selectSources returns the names of the configured sources, or the one that is asked for.
func selectSources(c config.Config, name string) ([]string, error) {
	var names []string
	for _, s := range c.Sources {
		names = append(names, s.Name)
	}
	switch {
	case name == "":
		slices.Sort(names)
		return names, nil
	case slices.Contains(names, name):
		return []string{name}, nil
	default:
		return nil, fmt.Errorf("there is no source %q; the sources are: %s", name, strings.Join(names, ", "))
	}
}

func writeRejects(ctx context.Context, view *sqlstore.View, sources []string, out io.Writer) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	found, unread := false, 0
	for _, name := range sources {
		records, complete, err := rejectsOf(ctx, view, name)
		if err != nil {
			return err
		}
		if !complete {
			unread++
			fmt.Fprintf(out, "%s: has no complete sync yet; the log and the landing page say why\n", name)
		}
		slices.SortFunc(records, compareRejected)
		for _, q := range records {
			if !found {
				fmt.Fprintln(table, "SOURCE\tOBJECT\tID\tPLACE\tREASON\tVALUE")
				found = true
			}
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\n", name, q.Kind, dash(q.ID), dash(q.Place), q.Reason, dash(q.Value))
		}
	}
	if !found && unread == 0 {
		_, err := fmt.Fprintln(out, "No record is rejected.")
		return err
	}
	return table.Flush()
}

// rejectsOf returns the records of a source that could not be read, and whether it was read completely once.
func rejectsOf(ctx context.Context, view *sqlstore.View, source string) (
	all []record.Quarantined, complete bool, err error,
) {
	streams, err := view.Streams(ctx, source)
	if err != nil {
		return nil, false, err
	}
	for _, stream := range streams {
		state, err := view.State(ctx, stream)
		if err != nil {
			return nil, false, err
		}
		records, err := view.Quarantined(ctx, stream)
		if err != nil {
			return nil, false, err
		}
		all, complete = append(all, records...), complete || state.Complete
	}
	return all, complete, nil
}

// dash stands in an empty cell, so that the columns can be counted.
func dash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}
