package backfill

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
)

// pendingFile is a file that takes its name only when all of it is written: whoever reads a history must never take a
// part of it for the whole.
type pendingFile struct {
	path string
	file *os.File
	size int64
}

// checkOut refuses what a history cannot be written to, before anything is spent on it.
func checkOut(path string) error {
	if path == "" || path == "-" {
		return fmt.Errorf("--out must be a file name, but is %q: the file gets its name only when it is complete", path)
	}
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return fmt.Errorf("write %s: it is not a regular file", path)
	}
	return nil
}

// newPendingFile opens a file in the workplace, from where it moves to path.
func newPendingFile(work *workplace, path string) (*pendingFile, error) {
	// It may be read by others, like the page that it is the past of: whoever loads it is often another user.
	file, err := os.OpenFile(work.path("history.om"), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644) //nolint:gosec // see above
	if err != nil {
		return nil, fmt.Errorf("create file: %w", err)
	}
	return &pendingFile{path: path, file: file}, nil
}

// commit writes the file, makes it durable and gives it its name.
func (p *pendingFile) commit(write func(io.Writer) error) error {
	if err := write(p.file); err != nil {
		return err
	}
	info, err := p.file.Stat()
	if err != nil {
		return err
	}
	p.size = info.Size()
	if err := errors.Join(p.file.Sync(), p.file.Close()); err != nil {
		return err
	}
	return os.Rename(p.file.Name(), p.path)
}

// close closes a file that was not committed; after a commit it does nothing.
func (p *pendingFile) close() { _ = p.file.Close() }

// stoppable is a writer that ends with its context: a history is written for many seconds.
type stoppable struct {
	ctx context.Context
	w   io.Writer
}

// Write implements io.Writer.
func (s stoppable) Write(b []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.w.Write(b)
}
