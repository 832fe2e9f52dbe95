// Package last keeps the last published snapshot in a file, so that a restart serves it at once while the mirror is read.
package last

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/metric"
	"github.com/sales-exporter/sales_exporter/internal/output"
)

// interval is the least time between two writes: after a kill the file is at most as old as this.
const interval = 5 * time.Minute

// File is the output that keeps the last snapshot. It writes at most every five minutes, and only when the data behind
// the snapshot changed; in the end it writes whatever was published last.
type File struct {
	now func() time.Time

	mu      sync.Mutex
	path    string
	origin  output.Origin
	pending *output.Snapshot // published and not written
	written time.Time        // when the file was written
	data    uint64           // output.Snapshot.Data of what was written
}

// NewFile returns a File that writes nothing before Keep.
func NewFile(now func() time.Time) *File { return &File{now: now} }

// Keep says where snapshots of an origin go from now on; "" keeps none. Those of other origins are left out, and so is
// what was not written yet.
func (f *File) Keep(path string, origin output.Origin) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.path, f.origin, f.pending, f.written = path, origin, nil, time.Time{}
}

// Name implements output.Output.
func (f *File) Name() string { return "last snapshot" }

// Publish implements output.Output.
func (f *File) Publish(_ context.Context, snapshot *output.Snapshot) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if snapshot.Origin != f.origin {
		return nil // Of an engine that is no longer in force.
	}
	if len(snapshot.Reads) == 0 {
		return f.remove()
	}
	f.pending = snapshot
	if !f.written.IsZero() && (snapshot.Data == f.data || f.now().Sub(f.written) < interval) {
		return nil
	}
	return f.write()
}

// Flush implements output.Flusher.
func (f *File) Flush(context.Context) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.write()
}

// remove removes what is kept: the mirror holds no picture of any source, so that nothing is behind the numbers.
func (f *File) remove() error {
	f.pending = nil
	if f.path == "" {
		return nil
	}
	if err := os.Remove(f.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove the last snapshot, of which the mirror holds nothing: %w", err)
	}
	f.written = time.Time{}
	return nil
}

// write replaces the file by the pending snapshot.
func (f *File) write() error {
	if f.pending == nil || f.path == "" {
		return nil
	}
	if err := replace(f.path, encode(f.pending)); err != nil {
		return fmt.Errorf("keep the last snapshot: %w", err)
	}
	f.written, f.data, f.pending = f.now(), f.pending.Data, nil
	return nil
}

// replace gives a file new content, all of it or none.
func replace(path string, content []byte) error {
	// One name, for the mirror beside it has one owner: what a kill leaves is overwritten by the next write.
	file, err := os.OpenFile(path+".new", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600) //nolint:gosec // see Read
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		_ = os.Remove(file.Name())
	}
	return err
}

// Kept is what a file holds.
type Kept struct {
	Snapshot *metric.Snapshot
	Reads    map[string]time.Time // see output.Snapshot
}

// Errors of a file that is not to be served.
var (
	ErrOrigin  = errors.New("it was written by another program, configuration or catalogue")
	ErrDamaged = errors.New("it is damaged")
)

// Read returns what a file holds, if the same origin wrote it and all of it is there; nil where there is no file.
func Read(path string, origin output.Origin) (*Kept, error) {
	content, err := os.ReadFile(path) //nolint:gosec // It lies beside the mirror.
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil //nolint:nilnil // Nothing is kept, and nothing is wrong.
	}
	if err != nil {
		return nil, err
	}
	if !bytes.HasPrefix(content, []byte(magic)) {
		return nil, ErrOrigin
	}
	return decode(content, origin)
}
