// Package files fetches the files of a source as they lie: one, all that match a pattern, or the one of a URL.
package files

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"mime"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/source"
	"github.com/sales-exporter/sales_exporter/internal/table"
)

// Place is where the files of a source lie.
type Place struct {
	path       string
	downloader *source.Downloader
	now        func() time.Time
}

// New returns the place of a path, a pattern or a URL.
func New(path string, env source.Environment) Place {
	return Place{path: path, downloader: source.NewDownloader(env, Max), now: env.Now}
}

// Acquired is the content of a source: one file, or every file that a pattern matches.
type Acquired struct {
	Files []File
	// Unchanged says that a server told that its file is the one read before. There are no files then.
	Unchanged  bool
	Validators source.Validators
}

// Acquire reads the files once nobody is writing them. known describes the download that was read to its end last.
func (p Place) Acquire(ctx context.Context, known source.Validators) (Acquired, error) {
	if p.isURL() {
		return p.download(ctx, known)
	}
	names, err := expand(p.path)
	if err != nil {
		return Acquired{}, err
	}
	var a Acquired
	for _, name := range names {
		f, err := readSettled(ctx, name, p.now)
		if err != nil {
			return Acquired{}, err
		}
		if len(names) > 1 {
			f.Shown = below(p.path, name)
		}
		a.Files = append(a.Files, f)
	}
	return a, nil
}

func (p Place) isURL() bool { return strings.HasPrefix(strings.ToLower(p.path), "https://") }

// expand returns the files that a path names, in order: itself, or what matches it as a pattern.
func expand(path string) ([]string, error) {
	if _, err := os.Stat(path); err == nil || !strings.ContainsAny(path, "*?[") {
		return []string{path}, nil
	}
	names, err := filepath.Glob(path)
	if err != nil {
		return nil, source.Errorf(source.ReasonConfig, "%s is not a pattern: %w", filepath.Base(path), err)
	}
	names = slices.DeleteFunc(names, func(name string) bool {
		base := filepath.Base(name)
		// Spreadsheet programs keep a note beside a workbook that somebody has open.
		return strings.HasPrefix(base, "~$") || strings.HasPrefix(base, ".")
	})
	if len(names) == 0 {
		return nil, missing(path)
	}
	slices.Sort(names)
	for _, name := range names {
		if !slices.Contains(table.Endings(), strings.ToLower(filepath.Ext(name))) {
			return nil, &source.Error{
				Reason: source.ReasonConfig,
				Err:    fmt.Errorf("%s matches %s, which is not a kind of file that can be read", filepath.Base(path), below(path, name)),
				Hint:   "move it to another folder, or add the file extension to the pattern, such as *.csv",
			}
		}
	}
	return names, nil
}

// below returns the part of a path that a pattern leaves open, with the file's name.
func below(pattern, name string) string {
	folder := filepath.Dir(pattern)
	for strings.ContainsAny(folder, "*?[") {
		folder = filepath.Dir(folder)
	}
	relative, err := filepath.Rel(folder, name)
	if err != nil {
		return filepath.Base(name)
	}
	return filepath.ToSlash(relative)
}

// download fetches the one file of a URL. A server that does not say when the file was written leaves that to the
// cursor: it is as old as its content.
func (p Place) download(ctx context.Context, known source.Validators) (Acquired, error) {
	d, err := p.downloader.Get(ctx, p.path, known)
	if err != nil || d.Unchanged {
		return Acquired{Unchanged: d.Unchanged, Validators: known}, err
	}
	if d.MediaType == "text/html" {
		return Acquired{}, &source.Error{
			Reason: source.ReasonConfig, Err: fmt.Errorf("%s answers with a web page, not with a CSV file", p.Base()),
			Hint: "publish the sheet to the web as CSV and use that URL",
		}
	}
	name := p.Base() + ".csv"
	if types, _, _ := mime.ParseMediaType(d.MediaType); types == "text/tab-separated-values" {
		name = p.Base() + ".tsv"
	}
	f := File{Name: name, Shown: name, Content: d.Content, Modified: d.Modified}
	return Acquired{Files: []File{f}, Validators: d.Validators}, nil
}

// Hash tells two contents apart, whatever the names of their files.
func (a Acquired) Hash() string {
	if len(a.Files) == 1 {
		return a.Files[0].hash()
	}
	var all File
	for _, f := range a.Files {
		all.Content = append(all.Content, f.Shown+"\x00"+f.hash()+"\x00"...)
	}
	return all.hash()
}

// Modified returns when the newest file was written, the zero time where nobody knows.
func (a Acquired) Modified() time.Time {
	var newest time.Time
	for _, f := range a.Files {
		if f.Modified.After(newest) {
			newest = f.Modified
		}
	}
	return newest
}

// Base names the source's file in messages: its folder says nothing to a reader of logs, and of a URL everything behind
// the host is what protects the file.
func (p Place) Base() string {
	if u, err := url.Parse(p.path); err == nil && p.isURL() {
		return u.Hostname()
	}
	return filepath.Base(p.path)
}

// Path returns the path as a person who configures the source sees it, of a URL what Base says.
func (p Place) Path() string {
	if p.isURL() {
		return p.Base()
	}
	return p.path
}

// Real returns the real paths of the files, however they are named: behind symbolic links and patterns. One that is not
// there is left out. A URL is told by its host and a sum of the rest.
func (p Place) Real() (paths []string) {
	if p.isURL() {
		sum := sha256.Sum256([]byte(p.path))
		return []string{p.Base() + " " + hex.EncodeToString(sum[:4])}
	}
	names, err := expand(p.path)
	if err != nil {
		return nil
	}
	for _, name := range names {
		target, err := filepath.EvalSymlinks(name)
		if err != nil {
			continue
		}
		if absolute, err := filepath.Abs(target); err == nil {
			paths = append(paths, absolute)
		}
	}
	return paths
}
