package backfill

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
)

// TestPendingFileIsStoppable ends the writing itself.
func TestPendingFileIsStoppable(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	path := filepath.Join(t.TempDir(), "history.om")
	writeFile(t, path, "the history before")
	work, err := newWorkplace(filepath.Dir(path), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	file, err := newPendingFile(work, path)
	if err != nil {
		t.Fatal(err)
	}
	err = file.commit(func(w io.Writer) error {
		for i := range 10 {
			if i == 5 {
				cancel()
			}
			if _, err := (stoppable{ctx, w}).Write([]byte("a part")); err != nil {
				return err
			}
		}
		return nil
	})
	file.close()
	work.remove()
	kept, readErr := os.ReadFile(path)
	entries, listErr := os.ReadDir(filepath.Dir(path))
	if !errors.Is(err, context.Canceled) || readErr != nil || listErr != nil || string(kept) != "the history before" ||
		len(entries) != 1 {
		t.Errorf("error %v; the folder holds %v, the file %q", err, entries, kept)
	}
}
