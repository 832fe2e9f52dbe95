// Package alerting generates the Prometheus rules from the KPI catalogue.
//
// A rule is a Go value; names of metrics and labels go through the catalogue, so that a rule cannot ask for a metric
// that does not exist or for a label that it does not carry. Every expression merges replicas with max before it adds
// anything up: two exporters of one CRM must not double a number.
package alerting

import (
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// Options change the rules that are written.
type Options struct {
	// MaxFor caps the time that an alert's expression must hold, 0 caps nothing. Demos use it: nobody watches one for an
	// hour.
	MaxFor time.Duration
}

// Rules returns every rule file with the given thresholds.
func Rules(t Thresholds) ([]File, error) {
	b := newBuilder()
	files := []File{
		b.file("sales-pace.rules.yaml", "pace", b.pace(&t)),
		b.file("sales-pipeline.rules.yaml", "pipeline", b.pipeline(&t)),
		b.file("sales-quality.rules.yaml", "quality", b.quality(&t)),
		b.file("sales-exporter.rules.yaml", "ops", b.exporter(&t)),
	}
	return files, b.err()
}

// Write writes every rule file, with the default thresholds, to a directory.
func Write(dir string, o Options) error {
	files, err := Rules(DefaultThresholds())
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // Prometheus reads it as another user
		return fmt.Errorf("make rules directory: %w", err)
	}
	for _, f := range files {
		text, err := f.capped(o.MaxFor).YAML()
		if err != nil {
			return fmt.Errorf("encode %s: %w", f.Name, err)
		}
		//nolint:gosec // Prometheus reads it as another user
		if err := os.WriteFile(filepath.Join(dir, f.Name), text, 0o644); err != nil {
			return fmt.Errorf("write rules: %w", err)
		}
	}
	return nil
}
