package files

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/source"
)

const (
	// Max bounds a file, in bytes: it is held in memory while it is read.
	Max = 256 << 20
	// settle is how long a file must lie untouched before it is read. Whoever writes it in place has written half of
	// it for a moment, and half a CSV file is a good CSV file with half the revenue.
	settle = 3 * time.Second
	// settleTries bounds the wait for a file that is written all the time.
	settleTries = 5
)

// File is a file's content.
type File struct {
	Name     string
	Shown    string // the name for messages: of several files, what tells them apart
	Content  []byte
	Modified time.Time
}

func (f File) hash() string {
	sum := sha256.Sum256(f.Content)
	return hex.EncodeToString(sum[:])
}

// readSettled reads the whole file once nobody is writing it.
func readSettled(ctx context.Context, name string, now func() time.Time) (File, error) {
	for range settleTries {
		before, err := stat(name)
		if err != nil {
			return File{}, err
		}
		// A time in the future is another machine's clock, not a file that is being written.
		if age := now().Sub(before.ModTime()); age >= 0 && age < settle {
			if err := sleep(ctx, settle-age); err != nil {
				return File{}, err
			}
			continue
		}
		content, err := read(name)
		if err != nil {
			return File{}, err
		}
		after, err := stat(name)
		if err != nil {
			return File{}, err
		}
		if after.ModTime().Equal(before.ModTime()) && after.Size() == int64(len(content)) {
			return File{Name: name, Shown: filepath.Base(name), Content: content, Modified: before.ModTime()}, nil
		}
	}
	return File{}, source.Errorf(source.ReasonDecode, "read %s: it is being written", filepath.Base(name))
}

func stat(name string) (fs.FileInfo, error) {
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, missing(name)
	case err != nil:
		return nil, source.Errorf(source.ReasonConfig, "stat file: %w", err)
	case !info.Mode().IsRegular():
		return nil, source.Errorf(source.ReasonConfig, "%s is not a file", name)
	case info.Size() > Max:
		return nil, source.Errorf(source.ReasonDecode, "%s is larger than %d bytes", filepath.Base(name), Max)
	}
	return info, nil
}

func missing(name string) error {
	return &source.Error{
		Reason: source.ReasonConfig, Err: errors.New("there is no file " + name),
		Hint: "relative paths start at the folder of the configuration file",
	}
}

func read(name string) ([]byte, error) {
	f, err := os.Open(name) //nolint:gosec // The configuration's author names the file.
	if err != nil {
		return nil, source.Errorf(source.ReasonConfig, "open file: %w", err)
	}
	defer f.Close() //nolint:errcheck // Nothing was written.
	content, err := io.ReadAll(io.LimitReader(f, Max+1))
	if err != nil {
		return nil, source.Errorf(source.ReasonConfig, "read file: %w", err)
	}
	return content, nil
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
