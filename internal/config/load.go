package config

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/config/document"
	"github.com/sales-exporter/sales_exporter/internal/config/targets"
	"github.com/sales-exporter/sales_exporter/internal/crm"
)

// Load reads and checks a configuration file. A file that can be read but is wrong is a Problems error.
func Load(path string, known Known) (*Validated, error) {
	data, err := document.ReadRegular(path, document.MaxFile+1) // one byte more than Parse accepts, so that Parse says what is wrong
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read configuration: %w; set --config.file; config.example.yaml runs without changes", err)
	}
	if err != nil {
		return nil, fmt.Errorf("read configuration: %w", err)
	}
	return Parse(path, data, filepath.Dir(path), known)
}

// Parse checks a configuration held in memory. The name stands in messages; paths in the configuration are relative to
// baseDir. An error is a Problems.
func Parse(name string, data []byte, baseDir string, known Known) (*Validated, error) {
	written := newDocument(known)
	c, err := document.Read(name, data, baseDir, written)
	if err != nil {
		return nil, err
	}
	config := (&checker{Checker: c, known: known}).config(written)
	if err := c.Err(); err != nil {
		return nil, err
	}
	return &Validated{config: config, hash: c.Hash(), warnings: c.Warnings()}, nil
}

// Hash identifies what the configuration means: the values of the file and the bytes of the files it names, without
// comments and layout. Secrets do not enter it.
func (v *Validated) Hash() uint64 { return v.hash }

// checker turns the file as written into a Config, and reports everything that is wrong on the way.
type checker struct {
	*document.Checker

	known      Known
	zone       *time.Location
	currency   string
	dimensions []string
	sources    []string // the names
}

func (c *checker) config(d *documentYAML) Config {
	config := Config{
		Location:         c.location(d.Timezone),
		Currency:         c.currencyCode(d.Currency, "USD"),
		FiscalYearStart:  c.month(d.FiscalYearStartMonth),
		WeekStart:        c.weekStart(d.WeekStart),
		WorkingDays:      c.workingDays(d.WorkingDays),
		Holidays:         c.holidays(d.Holidays, d.HolidaysFile),
		PlausibleDates:   c.plausibleDates(d.PlausibleDates),
		MirrorSQLitePath: c.mirrorPath(d.Mirror),
	}
	c.zone, c.currency = config.Location, config.Currency
	c.dimensions = c.dimensionNames(d.Dimensions, d.Sources.items)
	config.Dimensions = c.dimensions
	config.Sources = c.sourceList(d)
	config.HistogramDimensions = c.histogramDimensions(d.HistogramDimensions)
	config.Rollups = c.rollups(d.Rollups)
	config.Windows = c.windows(d.Windows)
	config.Metrics = c.metrics(d.Metrics)
	config.RepLabel, config.RepHashKey = c.repLabel(d)
	config.Limits = c.limits(d.Limits)
	config.DealSizeBuckets = c.dealSizeBuckets(d.HistogramBuckets.DealSize)
	config.DurationBuckets = c.durationBuckets(d.HistogramBuckets.Duration)
	config.KeepQuarantined = c.Truth(d.Quarantine.KeepValues, false)
	config.Targets = (&targets.Checker{
		Checker: c.Checker, KPIs: c.known.KPIs, Currency: c.currency, Dimensions: c.dimensions, Sources: c.sources,
		HashedReps: config.RepLabel == crm.RepLabelHash,
	}).List(d.Targets, d.TargetsFiles)
	config.Files = c.Files()
	return config
}

func (c *checker) mirrorPath(m mirrorYAML) string {
	if !m.SQLite.Path.Set() {
		return filepath.Join(c.Folder(), "data", "mirror.db")
	}
	return c.Path(m.SQLite.Path)
}

// DocumentShape returns the shape of the whole file, for schemas: keys that they list by hand would drift.
func DocumentShape(known Known) document.Shape { return document.ShapeOf(newDocument(known)) }

// newDocument returns a file as it looks before it is read.
func newDocument(known Known) *documentYAML {
	return &documentYAML{Sources: sourcesYAML{connectors: known.Connectors}}
}
