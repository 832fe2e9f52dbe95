package spreadsheet

import (
	"context"
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

// acquired is the content of a source: one file, or every file that a pattern matches.
type acquired struct {
	files []file
	// unchanged says that a server told that its file is the one read before. There are no files then.
	unchanged  bool
	validators source.Validators
}

// acquire reads the files of the source once nobody is writing them. known describes the download that was read to its
// end last.
func (s *Source) acquire(ctx context.Context, known source.Validators) (acquired, error) {
	if isURL(s.sheet.File) {
		return s.download(ctx, known)
	}
	names, err := expand(s.sheet.File)
	if err != nil {
		return acquired{}, err
	}
	var a acquired
	for _, name := range names {
		f, err := readSettled(ctx, name, s.env.Now)
		if err != nil {
			return acquired{}, err
		}
		if len(names) > 1 {
			f.shown = below(s.sheet.File, name)
		}
		a.files = append(a.files, f)
	}
	return a, nil
}

func isURL(name string) bool { return strings.HasPrefix(strings.ToLower(name), "https://") }

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
func (s *Source) download(ctx context.Context, known source.Validators) (acquired, error) {
	d, err := s.downloader.Get(ctx, s.sheet.File, known)
	if err != nil || d.Unchanged {
		return acquired{unchanged: d.Unchanged, validators: known}, err
	}
	if d.MediaType == "text/html" {
		return acquired{}, &source.Error{
			Reason: source.ReasonConfig, Err: fmt.Errorf("%s answers with a web page, not with a CSV file", s.base()),
			Hint: "publish the sheet to the web as CSV and use that URL",
		}
	}
	name := s.base() + ".csv"
	if types, _, _ := mime.ParseMediaType(d.MediaType); types == "text/tab-separated-values" {
		name = s.base() + ".tsv"
	}
	f := file{name: name, shown: name, content: d.Content, modified: d.Modified}
	return acquired{files: []file{f}, validators: d.Validators}, nil
}

// hash tells two contents apart, whatever the names of their files.
func (a acquired) hash() string {
	if len(a.files) == 1 {
		return a.files[0].hash()
	}
	var all file
	for _, f := range a.files {
		all.content = append(all.content, f.shown+"\x00"+f.hash()+"\x00"...)
	}
	return all.hash()
}

// modified returns when the newest file was written, the zero time where nobody knows.
func (a acquired) modified() time.Time {
	var newest time.Time
	for _, f := range a.files {
		if f.modified.After(newest) {
			newest = f.modified
		}
	}
	return newest
}

// base names the source's file in messages: its folder says nothing to a reader of logs, and of a URL everything behind
// the host is what protects the file.
func (s *Source) base() string {
	if u, err := url.Parse(s.sheet.File); err == nil && isURL(s.sheet.File) {
		return u.Hostname()
	}
	return filepath.Base(s.sheet.File)
}
