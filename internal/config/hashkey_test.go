package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sales-exporter/sales_exporter/internal/app/known/knowntest"
)

// TestHashKeys holds that check-config refuses a key that the exporter would not start with, and warns of one that may
// still come.
func TestHashKeys(t *testing.T) {
	const long = "0123456789abcdef"
	t.Setenv("LONG", long)
	t.Setenv("SHORT", long[1:])
	t.Setenv("EMPTY", "")
	folder := t.TempDir()
	for name, text := range map[string]string{"long": long + "\n", "short": long[1:] + "\n", "empty": "", "blank": " \n"} {
		if err := os.Chmod(knowntest.Write(t, folder, name, text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	absent := filepath.Join(folder, "absent")
	for key, want := range map[string]struct{ problem, warning string }{
		"hash_key_file: long":   {},
		"hash_key_file: short":  {problem: "config.yaml:2:16: hash_key_file: holds a key of 15 bytes"},
		"hash_key_file: empty":  {problem: "is empty"},
		"hash_key_file: blank":  {problem: "is empty"},
		"hash_key_file: absent": {warning: "hash_key_file: file " + absent + " does not exist"},
		"hash_key_env: LONG":    {},
		"hash_key_env: SHORT":   {problem: "config.yaml:2:15: hash_key_env: holds a key of 15 bytes"},
		"hash_key_env: EMPTY":   {problem: "is empty"},
		"hash_key_env: ABSENT":  {warning: "hash_key_env: environment variable ABSENT is not set"},
	} {
		validated, err := knowntest.Parse([]byte("rep_label: hash\n"+key+"\n"+knowntest.DemoSource), folder)
		if want.problem != "" {
			if err == nil || !strings.Contains(err.Error(), want.problem) || strings.Contains(err.Error(), long[1:]) {
				t.Errorf("%s: %v, want %q", key, err, want.problem)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", key, err)
			continue
		}
		if got := strings.Join(validated.Warnings(), "\n"); (got == "") != (want.warning == "") || !strings.HasPrefix(got, want.warning) {
			t.Errorf("%s: the warnings are %q, want %q", key, got, want.warning)
		}
		config := validated.Config()
		if _, err := config.HashKey(); (err != nil) != (want.warning != "") || err != nil && !strings.HasPrefix(err.Error(), key[:strings.Index(key, ":")]) {
			t.Errorf("%s: HashKey = %v", key, err)
		}
	}
}
