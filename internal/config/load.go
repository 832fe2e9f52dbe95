package config

import (
	"errors"
	"fmt"
	"hash"
	"hash/fnv"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// Load reads and checks a configuration file. A file that can be read but is wrong is a Problems error.
func Load(path string) (*Validated, error) {
	data, err := readRegular(path, maxFile+1) // one byte more than Parse accepts, so that Parse says what is wrong
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read configuration: %w; set --config.file; config.example.yaml runs without changes", err)
	}
	if err != nil {
		return nil, fmt.Errorf("read configuration: %w", err)
	}
	return Parse(path, data, filepath.Dir(path))
}

// Parse checks a configuration held in memory. The name stands in messages; paths in the configuration are relative to
// baseDir. An error is a Problems.
func Parse(name string, data []byte, baseDir string) (*Validated, error) {
	r := &report{}
	top := r.root(name, data)
	if top == nil {
		return nil, r.err(name)
	}
	var document documentYAML
	(&decoder{report: r, file: name}).decode(top, "", &document)

	sum := fnv.New64a()
	digest(sum, top)
	c := &checker{report: r, folder: baseDir, sum: sum}
	config := c.config(&document)
	if err := r.err(name); err != nil {
		return nil, err
	}
	return &Validated{config: config, hash: sum.Sum64(), warnings: c.warnings}, nil
}

// Hash identifies what the configuration means: the values of the file and the bytes of the files it names, without
// comments and layout. Secrets do not enter it.
func (v *Validated) Hash() uint64 { return v.hash }

// readRegular returns at most limit bytes of a file. It refuses devices and pipes, which may never end.
func readRegular(path string, limit int64) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, &os.PathError{Op: "read", Path: path, Err: errNotRegular}
	}
	file, err := os.Open(path) //nolint:gosec // the operator names the files
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	return io.ReadAll(io.LimitReader(file, limit))
}

type notRegularError struct{}

func (notRegularError) Error() string { return "not a regular file" }

var errNotRegular error = notRegularError{}

// checker turns the file as written into a Config, and reports everything that is wrong on the way.
type checker struct {
	*report
	folder string    // paths are relative to it
	sum    hash.Hash // takes the contents of the files that the configuration names

	files      []string
	zone       *time.Location
	currency   string
	dimensions []string
	sources    []string // the names
	hashedReps bool     // rep_label is hash
	targets    map[string][]namedTarget
	warnings   []string // see Validated.Warnings
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
	c.dimensions = c.dimensionNames(d.Dimensions)
	config.Dimensions = c.dimensions
	config.Sources = c.sourceList(d)
	config.HistogramDimensions = c.histogramDimensions(d.HistogramDimensions)
	config.Rollups = c.rollups(d.Rollups)
	config.Windows = c.windows(d.Windows)
	config.Metrics = c.metrics(d.Metrics)
	config.RepLabel, config.RepHashKey = c.repLabel(d)
	c.hashedReps = config.RepLabel == RepLabelHash
	config.Limits = c.limits(d.Limits)
	config.DealSizeBuckets = c.dealSizeBuckets(d.HistogramBuckets.DealSize)
	config.DurationBuckets = c.durationBuckets(d.HistogramBuckets.Duration)
	config.KeepQuarantined = c.truth(d.Quarantine.KeepValues, false)
	config.Targets = c.targetList(d.Targets, d.TargetsFiles)
	config.Files = c.files
	return config
}

func (c *checker) mirrorPath(m mirrorYAML) string {
	if !m.SQLite.Path.set() {
		return filepath.Join(c.folder, "data", "mirror.db")
	}
	return c.path(m.SQLite.Path)
}
