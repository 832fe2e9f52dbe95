package config_test

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sales-exporter/sales_exporter/internal/app/known"
	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/config/document"
)

var update = flag.Bool("update", false, "write the messages in testdata/bad anew")

// canary stands in the broken files wherever somebody might have put a secret.
const canary = "CANARY"

// TestBadConfigurations holds the whole message of each mistake, for the message is what people get to see.
func TestBadConfigurations(t *testing.T) {
	files, err := filepath.Glob("testdata/bad/*.yaml")
	if err != nil || len(files) < 45 {
		t.Fatalf("%d files of mistakes, error %v", len(files), err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".yaml")
		t.Run(name, func(t *testing.T) {
			_, err := config.Load(file, known.Names())
			problems, ok := errors.AsType[document.Problems](err)
			if !ok {
				t.Fatalf("Load = %v, want Problems", err)
			}
			got := problems.Error() + "\n"
			if strings.Contains(got, canary) {
				t.Errorf("the message shows what may be a secret:\n%s", got)
			}
			golden := strings.TrimSuffix(file, ".yaml") + ".message.txt"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("message (-want +got):\n%s", diff)
			}
		})
	}
}

func TestProblemsAreInTheOrderOfTheFile(t *testing.T) {
	_, err := config.Load("testdata/bad/document_many_problems.yaml", known.Names())
	problems, _ := errors.AsType[document.Problems](err)
	if len(problems) < 6 {
		t.Fatalf("%d problems, want all 6:\n%v", len(problems), err)
	}
	for i := 1; i < len(problems); i++ {
		if problems[i].Line < problems[i-1].Line {
			t.Errorf("line %d is reported after line %d", problems[i].Line, problems[i-1].Line)
		}
	}
}

func TestLongMessagesAreCut(t *testing.T) {
	_, err := config.Parse("c.yaml", []byte("holidays: ["+strings.Repeat("x, ", 500)+"]"), ".", known.Names())
	if err == nil || !strings.HasSuffix(err.Error(), "more problems") {
		t.Errorf("Parse = %v", err)
	}
	if lines := strings.Count(err.Error(), "\n") + 1; lines > 101 {
		t.Errorf("%d lines of message", lines)
	}
}

func TestLoadRefusesWhatIsNoFile(t *testing.T) {
	large := filepath.Join(t.TempDir(), "large.yaml")
	if err := os.WriteFile(large, []byte("# "+strings.Repeat("x", 1<<20)), 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		large:                 "is larger than 1048576 bytes",
		t.TempDir():           "not a regular file",
		os.DevNull:            "not a regular file",
		"testdata/bad/absent": "no such file",
	} {
		if _, err := config.Load(path, known.Names()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Load(%s) = %v, want %q", path, err, want)
		}
	}
}
