package pod

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/sales-exporter/sales_exporter/tools/chart/repository"
)

// TestConfigurations: the exporter accepts the configuration of every values file, with the files that it names, and
// the container has what it needs to start.
func TestConfigurations(t *testing.T) {
	program := repository.Program(t, "sales_exporter")
	for name, file := range repository.Examples(t) {
		t.Run(name, func(t *testing.T) {
			r := newRelease(t, "--values="+file)
			l := r.layout(t)
			arguments, err := local(l, r.container)
			if err != nil {
				t.Error(err)
			}
			for _, argument := range arguments {
				if name, file, _ := strings.Cut(argument, "="); strings.HasSuffix(name, ".file") {
					if _, err := os.Stat(file); err != nil {
						t.Errorf("%s: %v", argument, err)
					}
				}
			}
			environment, err := Environment(r.cluster, r.container)
			if err != nil {
				t.Fatal(err)
			}
			check := exec.CommandContext(t.Context(), program, "check-config", l.Path("/etc/sales-exporter/config/config.yaml"))
			check.Env = environment
			if text, err := check.CombinedOutput(); err != nil {
				t.Errorf("check-config: %v\n%s", err, text)
			}
		})
	}
}
