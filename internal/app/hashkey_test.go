package app

import (
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
)

// TestShortHashKey: a key of one byte hides nothing, for there are 256 of them.
func TestShortHashKey(t *testing.T) {
	for key, refused := range map[string]bool{"x": true, "123456789012345": true, "1234567890123456": false} {
		dir := t.TempDir()
		file := filepath.Join(dir, "config.yaml")
		writeFile(t, file, "rep_label: hash\nhash_key_file: key\nsources:\n  - {name: acme, demo: {crm: hubspot, deals: 10}}\n")
		writeFile(t, filepath.Join(dir, "key"), key+"\n")
		a, err := New(t.Context(), Options{
			ConfigFile: file, ListenAddresses: []string{"127.0.0.1:0"}, Logger: slog.New(slog.DiscardHandler),
		})
		if err == nil {
			err = a.Close()
		}
		if (err != nil) != refused {
			t.Errorf("a key of %d bytes: %v", len(key), err)
		}
		if refused && (!strings.Contains(err.Error(), "openssl rand") || strings.Contains(err.Error(), key+"\n")) {
			t.Errorf("the message is %v", err)
		}
	}
}
