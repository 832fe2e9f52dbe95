// Package report keeps results in files, writes them for people and compares two runs.
package report

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"

	"github.com/sales-exporter/sales_exporter/bench/internal/row"
)

// Results are the comparisons of one run.
type Results struct {
	Commit      string           `json:"commit"`
	Date        string           `json:"date"` // of the run
	Machine     string           `json:"machine"`
	Load        string           `json:"load"` // averages when the run began
	Comparisons []row.Comparison `json:"comparisons"`
}

// New returns empty results of a repository's present program on this machine: of the commit that changed it last.
func New(ctx context.Context, repository string) (*Results, error) {
	describe := exec.CommandContext(ctx, "git", "log", "-1", "--format=%h %cs", "--", "cmd", "internal", "go.mod")
	describe.Dir = repository
	output, err := describe.Output()
	if err != nil {
		return nil, fmt.Errorf("find the commit: %w", err)
	}
	commit, date, _ := strings.Cut(strings.TrimSpace(string(output)), " ")
	return &Results{
		Commit: commit, Date: date, Load: loadAverage(),
		Machine: fmt.Sprintf("%s, %d processors, %s", processor(), runtime.NumCPU(), runtime.Version()),
	}, nil
}

func processor() string {
	info, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(info)) {
		if name, ok := strings.CutPrefix(line, "model name"); ok {
			return strings.Trim(name, "\t :\n")
		}
	}
	return runtime.GOARCH
}

func loadAverage() string {
	text, _ := os.ReadFile("/proc/loadavg")
	fields := strings.Fields(string(text))
	return strings.Join(fields[:min(3, len(fields))], " ")
}

// Read returns the results of a file, nil of no file.
func Read(path string) (*Results, error) {
	if path == "" {
		return nil, nil //nolint:nilnil // no file is no results and no error
	}
	text, err := os.ReadFile(path) //nolint:gosec // named by the caller
	if err != nil {
		return nil, fmt.Errorf("read results: %w", err)
	}
	r := &Results{}
	if err := json.Unmarshal(text, r); err != nil {
		return nil, fmt.Errorf("read results %s: %w", path, err)
	}
	return r, nil
}

// Merge writes the results into a file and returns them with those comparisons of its last run of the same commit that
// were not made again.
func (r *Results) Merge(path string) (*Results, error) {
	old, err := Read(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, err
	case old.Commit == r.Commit:
		kept := slices.DeleteFunc(old.Comparisons, func(c row.Comparison) bool { return r.find(c.ID) != nil })
		r.Comparisons = append(r.Comparisons, kept...)
	}
	text, err := json.MarshalIndent(r, "", "\t")
	if err != nil {
		return nil, fmt.Errorf("write results: %w", err)
	}
	if err := os.WriteFile(path, append(text, '\n'), 0o644); err != nil { //nolint:gosec // for everybody to read
		return nil, fmt.Errorf("write results: %w", err)
	}
	return r, nil
}

// find returns the comparison with an id, nil where there is none.
func (r *Results) find(id string) *row.Comparison {
	if r == nil {
		return nil
	}
	for i := range r.Comparisons {
		if r.Comparisons[i].ID == id {
			return &r.Comparisons[i]
		}
	}
	return nil
}

// tolerance is how many times worse than recorded a ratio may be: machines differ, and CI's have other things to do.
const tolerance = 2

// Check returns an error that names every ratio which is worse than tolerated. Comparisons of time on the wall say
// nothing on a busy machine, and are left out.
func (r *Results) Check(recorded *Results) error {
	var errs []error
	compared := 0
	for i := range r.Comparisons {
		c := &r.Comparisons[i]
		was := recorded.find(c.ID)
		if was == nil || c.Wall {
			continue
		}
		compared++
		if c.Worse(was) > tolerance {
			errs = append(errs, fmt.Errorf("%s: %s, and %s of it in the recorded run of %s",
				c.ID, ratio(c), ratio(was), recorded.Commit))
		}
	}
	if compared == 0 {
		return errors.New("the recorded run has none of these comparisons")
	}
	return errors.Join(errs...)
}
