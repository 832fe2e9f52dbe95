package readme

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/sales-exporter/sales_exporter/tools/chart/repository"
)

// TestValuesInDocs renders the values that docs/kubernetes.md tells users to set.
func TestValuesInDocs(t *testing.T) {
	text, err := os.ReadFile(repository.Path(t, "docs", "kubernetes.md"))
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?ms)^```yaml\n(.*?)^```").FindAllStringSubmatch(string(text), -1)
	rendered := 0
	for _, block := range blocks {
		if forOthers := strings.HasPrefix(block[1], "# monitoring.yaml") || strings.HasPrefix(block[1], "# history.yaml"); forOthers {
			continue
		}
		rendered++
		values := filepath.Join(t.TempDir(), "values.yaml")
		if err := os.WriteFile(values, []byte(block[1]), 0o600); err != nil {
			t.Fatal(err)
		}
		t.Run(strings.TrimSuffix(strings.SplitN(block[1], "\n", 2)[0], ":"), func(t *testing.T) {
			repository.Render(t, "--values="+values)
		})
	}
	if rendered < 5 {
		t.Errorf("only %d of %d blocks are values", rendered, len(blocks))
	}
}
