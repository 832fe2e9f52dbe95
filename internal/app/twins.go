package app

import (
	"log/slog"
	"slices"
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/config"
)

// twins finds sources that read one account: a target over all sources counts each of its deals twice.
type twins struct{ logged map[[2]string]bool }

// report warns once of each pair. accounts are the ids by source, "" where there is none. Sources that share an account
// out by its pipelines are meant.
func (t *twins) report(logger *slog.Logger, sources []config.Source, accounts map[string]string) {
	for i, a := range sources {
		for _, b := range sources[i+1:] {
			account, pair := accounts[a.Name], [2]string{a.Name, b.Name}
			if account == "" || account != accounts[b.Name] || t.logged[pair] || apart(a, b) {
				continue
			}
			if t.logged == nil {
				t.logged = map[[2]string]bool{}
			}
			t.logged[pair] = true
			logger.Warn("Two sources read the same account; targets over all sources count its deals twice", "account", account,
				"sources", a.Name+", "+b.Name, "hint", "remove one of them, or set different pipelines for each")
		}
	}
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
