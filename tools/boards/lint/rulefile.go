package lint

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql/parser"
)

// RuleFile is a file of recording and alerting rules.
type RuleFile struct {
	Path  string
	Rules []rule
}

// rule is a recording or an alerting rule with its parsed expression.
type rule struct {
	rulefmt.Rule
	expression
}

func (r rule) where() string {
	if r.Record != "" {
		return "record " + r.Record
	}
	return fmt.Sprintf("alert %s (%s)", r.Alert, r.Labels["severity"])
}

// LoadRules reads every rule file of a directory, as Prometheus reads it: a file that Prometheus refuses is an error.
func LoadRules(dir string) ([]*RuleFile, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.rules.yaml"))
	if err != nil {
		return nil, fmt.Errorf("list rules: %w", err)
	}
	files := make([]*RuleFile, 0, len(paths))
	for _, path := range paths {
		groups, errs := rulefmt.ParseFile(path, false, model.UTF8Validation, parser.NewParser(parser.Options{}), nil)
		if len(errs) > 0 {
			return nil, fmt.Errorf("parse rules: %w", errors.Join(errs...))
		}
		f := &RuleFile{Path: path}
		for _, g := range groups.Groups {
			for _, r := range g.Rules {
				f.Rules = append(f.Rules, rule{Rule: r, expression: parse(r.Expr)})
			}
		}
		files = append(files, f)
	}
	return files, nil
}

// AddRecorded makes the series of recording rules known, with the labels that they keep.
func (s *Scrape) AddRecorded(files []*RuleFile) {
	var records []rule
	for _, f := range files {
		for _, r := range f.Rules {
			if r.Record != "" {
				records = append(records, r)
			}
		}
	}
	// Rules build on each other in any order of files: each pass settles one more level of them.
	for range records {
		for _, r := range records {
			labels := flow{scrape: s, unknown: func(string, string) {}}.of(r.expr)
			s.recorded[r.Record] = labels.with(slices.Collect(maps.Keys(r.Labels))...)
		}
	}
}
