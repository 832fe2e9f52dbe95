// Package exporter runs the program that is measured, as its users do: a binary, a configuration file, HTTP.
package exporter

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// Program is the path of a built exporter.
type Program string

// Build builds the exporter of a repository into a folder, as its Makefile does.
func Build(ctx context.Context, repository, folder string) (Program, error) {
	path := filepath.Join(folder, "sales_exporter")
	build := exec.CommandContext( //nolint:gosec // the path is ours
		ctx, "go", "build", "-trimpath", "-o", path, "./cmd/sales_exporter")
	build.Dir, build.Env = repository, append(os.Environ(), "CGO_ENABLED=0")
	if output, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the exporter: %w\n%s", err, output)
	}
	return Program(path), nil
}

// Config is a configuration of one source, which reads as fast as it can.
type Config struct {
	// Connect says what is read: HubSpot or Salesforce makes it.
	Connect string
	// Map fills dimensions from properties.
	Map      string
	Interval time.Duration
	Mirror   string // its path
	Series   int    // the limit
}

// credential names the variable of the environment that holds the token or the secret.
const credential = "BENCH_CREDENTIAL"

// HubSpot connects to an account that accepts the token Credential.
func HubSpot(base string) string {
	return fmt.Sprintf("hubspot: {base_url: %q, token_env: %s}", base, credential)
}

// Salesforce connects to an org whose app has Credential as its id and its secret.
func Salesforce(base string) string {
	return fmt.Sprintf("salesforce: {instance_url: %q, client_credentials: {client_id: %s, client_secret_env: %s}}",
		base, Credential, credential)
}

// Credential is what all accounts accept.
const Credential = "bench"

// Write writes the configuration into a file.
func (c Config) Write(path string) error {
	text := fmt.Sprintf(`mirror: {sqlite: {path: %q}}
limits: {series: %d}
sources:
  - name: acme
    interval: %s
    api_budget: {daily_share: 1, requests_per_second: 1000}
    %s
    map: {%s}
`, c.Mirror, c.Series, c.Interval, c.Connect, c.Map)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		return fmt.Errorf("write configuration: %w", err)
	}
	return nil
}

// freeAddress returns an address of this machine that nobody serves on.
func freeAddress(ctx context.Context) (string, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("find a free port: %w", err)
	}
	return listener.Addr().String(), listener.Close()
}
