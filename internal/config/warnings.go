package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Warnings returns what is allowed but unwise, a line each: secrets that everybody on the machine can read, files that
// are not there, which may still come, and targets files without targets.
func (v *Validated) Warnings() []string {
	out := slices.Clone(v.warnings)
	for _, s := range v.config.Sources {
		for _, secret := range s.Settings.Secrets() {
			for _, warning := range []string{secret.Missing(), secret.Permissions()} {
				if warning != "" {
					out = append(out, fmt.Sprintf("source %s: credential: %s", s.Name, warning))
				}
			}
		}
		for _, file := range s.Settings.Files() {
			switch {
			case missing(file):
				out = append(out, fmt.Sprintf("source %s: file %s does not exist", s.Name, file))
			case matchesNothing(file):
				out = append(out, fmt.Sprintf("source %s: no file matches %s", s.Name, file))
			}
		}
	}
	key := v.config.RepHashKey
	if warning := key.Missing(); warning != "" {
		out = append(out, hashKeyName(key)+": "+warning+"; the exporter does not start without it")
	}
	if warning := key.Permissions(); warning != "" {
		out = append(out, hashKeyName(key)+": "+warning)
	}
	return out
}

// missing reports whether a path names a file that is not there.
func missing(path string) bool {
	if path == "" || strings.Contains(path, "://") || strings.ContainsAny(path, "*?[") {
		return false // More than one file, or none of this machine.
	}
	_, err := os.Stat(path)
	return errors.Is(err, fs.ErrNotExist)
}

// matchesNothing reports whether a path is a pattern that no file matches.
func matchesNothing(path string) bool {
	if strings.Contains(path, "://") || !strings.ContainsAny(path, "*?[") {
		return false
	}
	files, err := filepath.Glob(path)
	return err == nil && len(files) == 0
}
