package backfill

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
)

// workplace is a folder beside the output for what must not outlive a back-fill: the unfinished history and the copy of
// the mirror, which holds customers' data. Its lock file is held while its back-fill lives. The system lets go of it
// however the process ends, so that the next back-fill can tell what a killed one left from what a living one needs.
type workplace struct {
	folder string
	lock   *os.File
}

const (
	workplacePrefix = ".sales_exporter-backfill-"
	workplaceLock   = "lock"
)

// newWorkplace makes a workplace in a folder, and removes what killed back-fills left there.
func newWorkplace(dir string, logger *slog.Logger) (*workplace, error) {
	sweepWorkplaces(dir, logger)
	folder, err := os.MkdirTemp(dir, workplacePrefix+"*")
	if err != nil {
		return nil, fmt.Errorf("create folder for the unfinished history: %w", err)
	}
	w := &workplace{folder: folder}
	if w.lock, err = lockFile(w.path(workplaceLock)); err != nil {
		w.remove()
		return nil, fmt.Errorf("lock folder for the unfinished history: %w", err)
	}
	return w, nil
}

// sweepWorkplaces removes the workplaces that nobody holds. What it may not list or lock is not its own.
func sweepWorkplaces(dir string, logger *slog.Logger) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return // Creating the workplace says what is wrong with the folder.
	}
	for _, e := range entries {
		if !e.IsDir() || !strings.HasPrefix(e.Name(), workplacePrefix) {
			continue
		}
		w := &workplace{folder: filepath.Join(dir, e.Name())}
		if w.lock, err = lockFile(w.path(workplaceLock)); err != nil {
			continue
		}
		logger.Info("Removing the files of a killed backfill", "folder", w.folder)
		w.remove()
	}
}

func (w *workplace) path(name string) string { return filepath.Join(w.folder, name) }

// remove leaves nothing of the workplace. The lock is closed first, since Windows removes no open files.
func (w *workplace) remove() {
	if w.lock != nil {
		_ = w.lock.Close()
	}
	_ = os.RemoveAll(w.folder)
}
