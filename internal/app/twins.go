package app

import (
	"log/slog"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/config"
)

// twins finds sources that read one account or one file: a target over all sources counts each of its deals twice.
type twins struct{ logged map[[2]string]bool }

// filer is a source that reads files. It returns the sheet of each by its real path, "" where any may be meant.
type filer interface{ Files() map[string]string }

// report warns once of each pair. accounts are the ids by source, "" where there is none, files those that a source reads.
// Sources that share an account or a file out by its pipelines are meant.
func (t *twins) report(logger *slog.Logger, sources []config.Source, accounts map[string]string, files map[string]map[string]string) {
	for i, a := range sources {
		for _, b := range sources[i+1:] {
			account, file, pair := accounts[a.Name], common(files[a.Name], files[b.Name]), [2]string{a.Name, b.Name}
			both := account != "" && account == accounts[b.Name]
			if !both && file == "" || t.logged[pair] || apart(a, b) {
				continue
			}
			if t.logged == nil {
				t.logged = map[[2]string]bool{}
			}
			t.logged[pair] = true
			names := a.Name + ", " + b.Name
			if both {
				logger.Warn("Two sources read the same account; targets over all sources count its deals twice", "account", account,
					"sources", names, "hint", "remove one of them, or set different pipelines for each")
				continue
			}
			logger.Warn("Two sources read the same file; targets over all sources count its deals twice", "file", filepath.Base(file),
				"sources", names, "hint", "remove one of them, let each read files of its own, or set different pipelines for each")
		}
	}
}

// common returns a file that is in both lists, "" where there is none. Two sheets of one workbook are two tables.
func common(a, b map[string]string) string {
	for _, path := range slices.Sorted(maps.Keys(a)) {
		sheet, other := a[path], b[path]
		if _, both := b[path]; both && (sheet == "" || other == "" || strings.EqualFold(sheet, other)) {
			return path
		}
	}
	return ""
}

// apart reports whether two sources have no pipeline in common.
func apart(a, b config.Source) bool {
	if len(a.Pipelines) == 0 || len(b.Pipelines) == 0 {
		return false
	}
	return !slices.ContainsFunc(a.Pipelines, func(p string) bool {
		return slices.ContainsFunc(b.Pipelines, func(q string) bool { return strings.EqualFold(p, q) })
	})
}
