package config

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/config/document"
	"github.com/sales-exporter/sales_exporter/internal/config/secret"
)

// minHashKey is the least length of the key that hides names, in bytes: with a shorter one all keys can be tried.
const minHashKey = 16

// HashKey reads the key that hides the names of reps.
func (c *Config) HashKey() ([]byte, error) {
	key, err := c.RepHashKey.Read()
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s: %w", hashKeyName(c.RepHashKey), err)
	case len(key) < minHashKey:
		return nil, fmt.Errorf("%s: the key has %d bytes but needs at least %d, otherwise names can be guessed; "+
			"generate one with: openssl rand -hex 32", hashKeyName(c.RepHashKey), len(key), minHashKey)
	}
	return []byte(key), nil
}

// hashKeyName returns the key of the configuration that names the secret.
func hashKeyName(s secret.Secret) string {
	if s.FromEnvironment() {
		return "hash_key_env"
	}
	return "hash_key_file"
}

// hashKey refuses a key that the exporter would not start with. A file that is not there may still come, and one that
// this user cannot read may be for another one.
func (c *checker) hashKey(at document.Position, key secret.Secret) {
	if !key.Set() || key.Missing() != "" {
		return
	}
	text, err := key.Read()
	switch {
	case errors.Is(err, fs.ErrPermission):
	case err != nil:
		c.Add(at, strings.TrimPrefix(err.Error(), "read secret: "), "generate a key with: openssl rand -hex 32")
	case len(text) < minHashKey:
		c.Add(at, fmt.Sprintf("holds a key of %d bytes but needs at least %d, otherwise names can be guessed", len(text), minHashKey),
			"generate one with: openssl rand -hex 32")
	}
}
