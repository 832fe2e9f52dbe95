package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/alerting"
	"github.com/sales-exporter/sales_exporter/internal/dashboard"
	"github.com/sales-exporter/sales_exporter/tools/chart/schema"
)

// generated are the patterns of the files that are all ours. What nothing generates any more is removed: the chart
// would install it for ever.
func generated() []string {
	return []string{"files/rules/*.rules.yaml", "files/dashboards/*.json"}
}

// generate returns the files by their paths in the chart.
func generate(chart string) (map[string][]byte, error) {
	files := map[string][]byte{}
	if err := addRules(files); err != nil {
		return nil, err
	}
	if err := addBoards(files); err != nil {
		return nil, err
	}
	values, err := os.ReadFile(filepath.Join(chart, "values.yaml")) //nolint:gosec // The caller names the chart.
	if err != nil {
		return nil, fmt.Errorf("read values: %w", err)
	}
	if files["values.schema.json"], err = schema.Generate(values); err != nil {
		return nil, fmt.Errorf("generate schema: %w", err)
	}
	return files, nil
}

// addRules adds the product's rules, with places where the templates put thresholds.
func addRules(files map[string][]byte) error {
	rules, err := alerting.Rules(alerting.Places())
	if err != nil {
		return fmt.Errorf("generate rules: %w", err)
	}
	for _, f := range rules {
		text, err := f.YAML()
		if err != nil {
			return fmt.Errorf("encode %s: %w", f.Name, err)
		}
		text = bytes.Replace(text, []byte(`"sales_exporter rules"`), []byte("chart-files for the chart's templates"), 1)
		files["files/rules/"+f.Name] = text
	}
	return nil
}

// addBoards adds the boards of the product's dashboards folder. Templates replace the currency and the fiscal year.
func addBoards(files map[string][]byte) error {
	boards, err := dashboard.Generate(dashboard.Options{Currency: "USD", FiscalYearStart: time.January})
	if err != nil {
		return fmt.Errorf("generate boards: %w", err)
	}
	for _, f := range boards {
		files["files/dashboards/"+f.Name] = f.JSON
	}
	return nil
}

// write writes files to the chart, and removes those that are not among them.
func write(chart string, files map[string][]byte) error {
	old, err := committed(chart)
	if err != nil {
		return err
	}
	for _, name := range old {
		if _, keep := files[name]; keep {
			continue
		}
		if err := os.Remove(filepath.Join(chart, name)); err != nil {
			return fmt.Errorf("remove old file: %w", err)
		}
	}
	for name, text := range files {
		path := filepath.Join(chart, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil { //nolint:gosec // Charts are public.
			return fmt.Errorf("make directory: %w", err)
		}
		if err := os.WriteFile(path, text, 0o644); err != nil { //nolint:gosec // see above
			return fmt.Errorf("write file: %w", err)
		}
	}
	return nil
}

// committed returns the generated files that the chart has, by their paths in it.
func committed(chart string) ([]string, error) {
	var names []string
	for _, pattern := range generated() {
		paths, err := filepath.Glob(filepath.Join(chart, pattern))
		if err != nil {
			return nil, fmt.Errorf("list %s: %w", pattern, err)
		}
		for _, path := range paths {
			names = append(names, filepath.ToSlash(filepath.Dir(pattern))+"/"+filepath.Base(path))
		}
	}
	return names, nil
}
