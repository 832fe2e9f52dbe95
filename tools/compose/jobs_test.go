package compose

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/types"
)

// TestJobsTryAgain: what waits for a job that failed waits for ever, and a job that always fails must end.
func TestJobsTryAgain(t *testing.T) {
	bounded := regexp.MustCompile(`^on-failure:[1-9][0-9]?$`)
	eachService(t, func(t *testing.T, s types.ServiceConfig) {
		if oneShot(s) && !bounded.MatchString(s.Restart) {
			t.Errorf("its restart policy is %q", s.Restart)
		}
	})
}

// job runs the script of a service on this machine: folders of the containers are folders below dir, and programs leave
// a line in dir/calls.
type job struct{ dir string }

func (j job) run(t *testing.T, s types.ServiceConfig, fails bool) error {
	t.Helper()
	script := strings.NewReplacer("$$", "$", "/data", j.dir+"/history", "/history/", j.dir+"/history/",
		" /prometheus", " "+j.dir+"/prometheus").Replace(strings.Join(s.Command, "\n"))
	program := "#!/bin/sh\necho ran >> " + j.dir + "/calls\n" +
		"for a; do case \"$a\" in --out=*) touch \"${a#--out=}\";; esac; done\n"
	if fails {
		program = "#!/bin/sh\nexit 1\n"
	}
	for _, name := range []string{"sales_exporter", "promtool"} {
		if err := os.WriteFile(filepath.Join(j.dir, name), []byte(program), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), s.Entrypoint[0], append(s.Entrypoint[1:], script)...)
	cmd.Env = []string{"PATH=" + j.dir + ":" + os.Getenv("PATH")}
	return cmd.Run()
}

// calls returns how often a program has run so far.
func (j job) calls(t *testing.T) int {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(j.dir, "calls"))
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return strings.Count(string(text), "\n")
}

func (j job) hasText() bool {
	_, err := os.Stat(filepath.Join(j.dir, "history", "history.om"))
	return err == nil
}

// TestHistoryIsSeededOnce: a start that follows a whole one computes nothing, one that follows a failure goes on from
// there, and the text, a gigabyte, is gone once Prometheus has its blocks.
func TestHistoryIsSeededOnce(t *testing.T) {
	p := project(t, nil, realProfile)
	for _, suffix := range []string{"", "-real"} {
		history, seed := p.Services["history"+suffix], p.Services["seed"+suffix]
		t.Run(history.Name, func(t *testing.T) {
			j := job{dir: t.TempDir()}
			for _, dir := range []string{"history", "prometheus"} {
				if err := os.Mkdir(filepath.Join(j.dir, dir), 0o700); err != nil {
					t.Fatal(err)
				}
			}
			steps := []struct {
				name    string
				service types.ServiceConfig
				fails   bool
				calls   int
				text    bool
			}{
				{"a CRM is away", history, true, 0, false},
				{"first history", history, false, 1, true},
				{"out of memory", seed, true, 1, true},
				{"history after that", history, false, 1, true},
				{"first seed", seed, false, 2, false},
				{"second history", history, false, 2, false},
				{"second seed", seed, false, 2, false},
			}
			for _, step := range steps {
				if err := j.run(t, step.service, step.fails); (err != nil) != step.fails {
					t.Fatalf("%s: %v", step.name, err)
				}
				if calls := j.calls(t); calls != step.calls || j.hasText() != step.text {
					t.Fatalf("%s: %d programs ran so far, want %d; the text is there: %t, want %t",
						step.name, calls, step.calls, j.hasText(), step.text)
				}
			}
			// Two users share the folder: it must be the group's, too.
			info, err := os.Stat(filepath.Join(j.dir, "history"))
			if err != nil {
				t.Fatal(err)
			}
			_, group, _ := strings.Cut(history.User, ":")
			if info.Mode().Perm()&0o020 == 0 || !strings.HasSuffix(seed.User, ":"+group) {
				t.Errorf("%s cannot remove what %s wrote (mode %s)", seed.User, history.User, info.Mode())
			}
		})
	}
}
