package check

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLoadExceptions(t *testing.T) {
	for name, c := range map[string]struct {
		yaml string
		want []Exception
		err  string
	}{
		"nothing": {yaml: "# nothing\n"},
		"one of each": {
			yaml: "- {panel: Stale data, reason: a}\n- {board: b, panel: P, ref: A, reason: b}\n- {metric: m, reason: c}\n",
			want: []Exception{
				{Panel: "Stale data", Reason: "a"},
				{Board: "b", Panel: "P", Ref: "A", Reason: "b"},
				{Metric: "m", Reason: "c"},
			},
		},
		"no reason":     {yaml: "- {panel: P}", err: `exception 1 (panel "P")`},
		"no thing":      {yaml: "- {board: b, reason: r}", err: "must name"},
		"two things":    {yaml: "- {panel: P, metric: m, reason: r}", err: "metric m"},
		"board and one": {yaml: "- {board: b, metric: m, reason: r}", err: "metric m"},
		"unknown key":   {yaml: "- {pannel: P, reason: r}", err: "pannel"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "exceptions.yaml")
			if err := os.WriteFile(path, []byte(c.yaml), 0o600); err != nil {
				t.Fatal(err)
			}
			got, err := LoadExceptions(path)
			if (err != nil) != (c.err != "") || err != nil && !strings.Contains(err.Error(), c.err) {
				t.Errorf("the error is %v, want %q", err, c.err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestCommittedExceptions reads the file that the check uses.
func TestCommittedExceptions(t *testing.T) {
	if _, err := LoadExceptions(filepath.Join("..", "exceptions.yaml")); err != nil {
		t.Error(err)
	}
}
