// Package secret holds references to credentials, which are read when they are used and print nowhere.
package secret

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"strings"
)

// Secret is a reference to a credential. It holds no secret text, reads it on use and prints nowhere. Printers that get
// at unexported fields, past every method below, find an address or a file name and never the text.
type Secret struct{ ref *secretRef }

type secretRef struct{ file, env, demo string }

// File returns the Secret in a file.
func File(path string) Secret { return Secret{ref: &secretRef{file: path}} }

// Env returns the Secret in an environment variable.
func Env(name string) Secret { return Secret{ref: &secretRef{env: name}} }

// Demo returns a Secret of a simulated account. Its text protects nothing, so it may stand in the program.
func Demo(text string) Secret { return Secret{ref: &secretRef{demo: text}} }

// maxSecret is the largest secret that is read; a private key is a few kilobytes.
const maxSecret = 64 << 10

// Set reports whether the configuration names a secret.
func (s Secret) Set() bool { return s.ref != nil }

// FromEnvironment reports whether the secret is kept in an environment variable.
func (s Secret) FromEnvironment() bool { return s.ref != nil && s.ref.env != "" }

// Read returns the secret, read anew from its file or environment variable so that a rotated one is picked up without
// a restart. One trailing newline is removed. Errors name the file or the variable, never what it holds.
func (s Secret) Read() (string, error) {
	if s.ref == nil {
		return "", errors.New("read secret: none is configured")
	}
	text, err := s.ref.read()
	if err != nil {
		return "", fmt.Errorf("read secret: %w", err)
	}
	text = strings.TrimSuffix(strings.TrimSuffix(text, "\n"), "\r")
	switch {
	case len(text) > maxSecret:
		return "", fmt.Errorf("read secret: %s is larger than %d bytes", s.ref, maxSecret)
	case strings.TrimSpace(text) == "":
		return "", fmt.Errorf("read secret: %s is empty", s.ref)
	case strings.ContainsRune(text, 0):
		return "", fmt.Errorf("read secret: %s contains a NUL byte", s.ref)
	}
	return text, nil
}

// Missing returns a warning if there is nothing to read, or "". The secret may come later, with the first start.
func (s Secret) Missing() (warning string) {
	if s.ref == nil {
		return ""
	}
	if _, set := os.LookupEnv(s.ref.env); s.ref.env != "" && !set {
		return s.ref.String() + " is not set"
	}
	if s.ref.file == "" {
		return ""
	}
	if _, err := os.Stat(s.ref.file); errors.Is(err, fs.ErrNotExist) {
		return s.ref.String() + " does not exist"
	}
	return ""
}

// Permissions returns a warning if everybody on the machine can read the secret, or "".
func (s Secret) Permissions() (warning string) {
	if s.ref == nil || s.ref.file == "" {
		return ""
	}
	info, err := os.Stat(s.ref.file)
	if err != nil || info.Mode().Perm()&0o004 == 0 {
		return "" // a missing file is for Read to report
	}
	return fmt.Sprintf("%s can be read by every user of this machine (mode %04o)", s.ref, info.Mode().Perm())
}

// Place says where the secret is kept, "file /run/secrets/token" or "environment variable TOKEN": what an error names.
func (s Secret) Place() string {
	switch {
	case s.ref == nil:
		return "no place"
	case s.ref.demo != "":
		return "the program"
	}
	return s.ref.String()
}

func (r *secretRef) String() string {
	if r.file != "" {
		return "file " + r.file
	}
	return "environment variable " + r.env
}

func (r *secretRef) read() (string, error) {
	if r.demo != "" {
		return r.demo, nil
	}
	if r.file == "" {
		text, there := os.LookupEnv(r.env)
		if !there {
			return "", fmt.Errorf("%s is not set", r)
		}
		return text, nil
	}
	file, err := os.Open(r.file)
	if err != nil {
		return "", err
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	if err != nil {
		return "", err
	}
	if info.IsDir() {
		return "", &fs.PathError{Op: "read", Path: r.file, Err: errors.New("is a directory")}
	}
	data, err := io.ReadAll(io.LimitReader(file, maxSecret+3)) // a newline, and one byte to see that it is too much
	return string(data), err
}

// hidden stands wherever a Secret is printed.
const hidden = "<secret>"

// String implements fmt.Stringer.
func (Secret) String() string { return hidden }

// GoString implements fmt.GoStringer.
func (Secret) GoString() string { return hidden }

// Format implements fmt.Formatter: every verb prints the same.
func (Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, hidden) }

// LogValue implements slog.LogValuer.
func (Secret) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalText implements encoding.TextMarshaler.
func (Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// MarshalJSON implements json.Marshaler.
func (Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + hidden + `"`), nil }

// MarshalYAML implements yaml.Marshaler.
func (Secret) MarshalYAML() (any, error) { return hidden, nil }
