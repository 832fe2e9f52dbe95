package kubernetes

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec" //nolint:depguard // The exporter starts no programs, a generator may.
	"path/filepath"
	"strings"
)

// Download returns the description of the release's API, out of Go's module cache or of its proxy.
func (r Release) Download(ctx context.Context) ([]byte, error) {
	module := "k8s.io/kubernetes@" + r.Version
	command := exec.CommandContext(ctx, "go", "mod", "download", "-json", module) //nolint:gosec // See Releases.
	// Not in a module, whose go.sum need not know it.
	command.Dir = os.TempDir()
	var out, problems bytes.Buffer
	command.Stdout, command.Stderr = &out, &problems
	if err := command.Run(); err != nil {
		return nil, fmt.Errorf("download Kubernetes %s: %w: %s", r.Version, err,
			strings.TrimSpace(out.String()+problems.String()))
	}
	var downloaded struct{ Dir, Sum string }
	if err := json.Unmarshal(out.Bytes(), &downloaded); err != nil {
		return nil, fmt.Errorf("read where Kubernetes %s is: %w", r.Version, err)
	}
	if downloaded.Sum != r.Sum {
		return nil, fmt.Errorf("module of Kubernetes %s has the checksum %s instead of %s", r.Version, downloaded.Sum, r.Sum)
	}
	text, err := os.ReadFile(filepath.Join(downloaded.Dir, "api", "openapi-spec", "swagger.json"))
	if err != nil {
		return nil, fmt.Errorf("read API of Kubernetes %s: %w", r.Version, err)
	}
	return text, nil
}
