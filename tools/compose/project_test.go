package compose

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
)

const (
	repository  = "../.."
	realProfile = "real"
)

// project loads docker-compose.yml as `docker compose` does, with an environment that holds nothing but env.
func project(t *testing.T, env []string, profiles ...string) *types.Project {
	t.Helper()
	options, err := cli.NewProjectOptions([]string{filepath.Join(repository, "docker-compose.yml")},
		cli.WithEnv(env), cli.WithProfiles(profiles), cli.WithResolvedPaths(true))
	if err != nil {
		t.Fatal(err)
	}
	p, err := options.LoadProject(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// root returns the absolute path of the repository, which the loader resolves relative paths against.
func root(t *testing.T) string {
	t.Helper()
	path, err := filepath.Abs(repository)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// oneShot reports whether a service runs once and ends: it is started again only after a failure.
func oneShot(s types.ServiceConfig) bool {
	return s.Restart == types.RestartPolicyNo || strings.HasPrefix(s.Restart, types.RestartPolicyOnFailure)
}

// moduleVersion returns the version that a tools module requires of a module.
func moduleVersion(t *testing.T, tools, module string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(repository, "tools", tools, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		fields := strings.Fields(strings.TrimPrefix(strings.TrimSpace(line), "require "))
		if len(fields) >= 2 && fields[0] == module {
			return fields[1]
		}
	}
	t.Fatalf("tools/%s/go.mod requires no %s", tools, module)
	return ""
}
