package check

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"
)

// compareRules compares the rule files of two directories in all but how long alerts wait, which a demo shortens.
func compareRules(generated, committed string) finding {
	pattern := "*.rules.yaml"
	files := map[string]int{}
	for _, dir := range []string{generated, committed} {
		paths, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			return problem("list rules: %v", err)
		}
		for _, path := range paths {
			files[filepath.Base(path)]++
		}
	}
	f := finding{facts: fmt.Sprintf("%d files", len(files))}
	if len(files) == 0 {
		return problem("neither %s nor %s holds %s", generated, committed, pattern)
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if files[name] < 2 {
			f.problems = append(f.problems, name+" is only in one of them; run make rules")
			continue
		}
		if difference := compareRuleFile(filepath.Join(generated, name), filepath.Join(committed, name)); difference != "" {
			f.problems = append(f.problems, fmt.Sprintf("%s differs from the committed one:\n%s", name, difference))
		}
	}
	return f
}

func compareRuleFile(generated, committed string) string {
	got, err := loadRules(generated)
	if err != nil {
		return err.Error()
	}
	want, err := loadRules(committed)
	if err != nil {
		return err.Error()
	}
	return cmp.Diff(want, got)
}

// loadRules reads a rule file without its waiting times.
func loadRules(path string) (map[string]any, error) {
	raw, err := os.ReadFile(path) //nolint:gosec // Found in the directory that the caller named.
	if err != nil {
		return nil, fmt.Errorf("read rules: %w", err)
	}
	var file map[string]any
	if err := yaml.Unmarshal(raw, &file); err != nil {
		return nil, fmt.Errorf("parse %s: %w", path, err)
	}
	groups, _ := file["groups"].([]any)
	for _, group := range groups {
		fields, _ := group.(map[string]any)
		rules, _ := fields["rules"].([]any)
		for _, r := range rules {
			if rule, ok := r.(map[string]any); ok {
				delete(rule, "for")
				delete(rule, "keep_firing_for")
			}
		}
	}
	return file, nil
}
