package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

// asStack makes the test binary the command itself, so that a real process gets real signals.
const asStack = "RUN_AS_STACK"

func TestMain(m *testing.M) {
	if os.Getenv(asStack) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// programs writes stand-ins that say where they listen and run until they are stopped.
func programs(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	const script = `#!/bin/sh
case "$1" in rules) exit;; esac
echo 'level=INFO msg="Listening on" address=127.0.0.1:1234'
exec sleep 600
`
	for _, name := range []string{"sales_exporter", "prometheus", "promtool", "alertmanager"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(script), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// TestUpStops: whatever ends a demo, none of its processes and files is left. A closed terminal sends SIGHUP, and ends
// the program that read what the demo prints, too.
func TestUpStops(t *testing.T) {
	for name, signal := range map[string]syscall.Signal{
		"Ctrl-C": syscall.SIGINT, "kill": syscall.SIGTERM, "closed terminal": syscall.SIGHUP,
	} {
		t.Run(name, func(t *testing.T) {
			config, work := filepath.Join(t.TempDir(), "config.yaml"), t.TempDir()
			if err := os.WriteFile(config, []byte("sources: []\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			cmd := exec.CommandContext(t.Context(), os.Args[0], "up", "--bin="+programs(t), "--config="+config,
				"--dir="+work, "--history=0")
			cmd.Env = append(os.Environ(), asStack+"=1")
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			readUntil(t, out, "/amtool")
			if signal == syscall.SIGHUP {
				if err := out.Close(); err != nil {
					t.Error(err)
				}
			}
			if err := cmd.Process.Signal(signal); err != nil {
				t.Error(err)
			}
			if err := cmd.Wait(); err != nil {
				t.Errorf("it ended with %v", err)
			}
			if left, err := os.ReadDir(work); err != nil || len(left) > 0 {
				t.Errorf("%v is left, %v", left, err)
			}
		})
	}
}

// readUntil reads lines up to the one that holds a word.
func readUntil(t *testing.T, from io.Reader, word string) {
	t.Helper()
	lines := bufio.NewScanner(from)
	for lines.Scan() {
		if strings.Contains(lines.Text(), word) {
			return
		}
	}
	t.Fatalf("it never said %q: %v", word, lines.Err())
}

// TestWelcome: the builds of Prometheus and Alertmanager have no web pages; only their APIs answer.
func TestWelcome(t *testing.T) {
	links := 0
	for line := range strings.Lines(fmt.Sprintf(welcome, "exporter", "prometheus", "alertmanager", "dir", "bin")) {
		for _, link := range regexp.MustCompile(`http://(?:prometheus|alertmanager)/\S*`).FindAllString(line, -1) {
			links++
			if !strings.Contains(link, "/api/") {
				t.Errorf("nothing is at %s", link)
			}
		}
	}
	if links != 2 {
		t.Errorf("there are %d links to their APIs, want 2", links)
	}
}
