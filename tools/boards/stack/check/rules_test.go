package check

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestCompareRules(t *testing.T) {
	const committed = "groups:\n- name: g\n  rules:\n  - {alert: A, expr: a > 1, for: 6h, keep_firing_for: 4h}\n"
	for name, c := range map[string]struct {
		generated map[string]string
		problem   string
	}{
		"shorter": {map[string]string{"a.rules.yaml": strings.Replace(committed, "for: 6h", "for: 15s", 1)}, ""},
		"at once": {map[string]string{"a.rules.yaml": strings.Replace(committed, "for: 6h, ", "", 1)}, ""},
		"another threshold": {
			map[string]string{"a.rules.yaml": strings.Replace(committed, "a > 1", "a > 2", 1)}, "a > 2",
		},
		"another file": {map[string]string{"a.rules.yaml": committed, "b.rules.yaml": committed}, "b.rules.yaml is only"},
		"a lost file":  {nil, "a.rules.yaml is only in one"},
		"no YAML":      {map[string]string{"a.rules.yaml": "groups: ["}, "parse"},
	} {
		t.Run(name, func(t *testing.T) {
			got := compareRules(ruleDir(t, c.generated), ruleDir(t, map[string]string{"a.rules.yaml": committed}))
			expectProblem(t, got, c.problem)
		})
	}
	expectProblem(t, compareRules(t.TempDir(), t.TempDir()), "neither")
}

func ruleDir(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// expectProblem fails unless exactly one problem holds a text, or none is found where the text is empty.
func expectProblem(t *testing.T, got finding, text string) {
	t.Helper()
	switch {
	case text == "" && len(got.problems) > 0:
		t.Errorf("found %q, want nothing", got.problems)
	case text != "" && (len(got.problems) != 1 || !strings.Contains(got.problems[0], text)):
		t.Errorf("found %q, want one with %q", got.problems, text)
	}
}
