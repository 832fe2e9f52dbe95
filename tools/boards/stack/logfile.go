package stack

import (
	"bytes"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// tailLines is how many lines of a log are shown when a process dies.
const tailLines = 20

// listeningOn is the line with which exporter-toolkit, which serves all our programs, tells the port that was bound.
var listeningOn = regexp.MustCompile(`msg="Listening on".* address=(\S+)`)

// logFile writes what a process prints to a file, remembers its end, and learns from it where the process listens.
type logFile struct {
	path      string
	listening chan struct{} // closed once address is set
	address   string

	mu      sync.Mutex
	file    *os.File
	partial []byte
	last    []string
}

func newLogFile(path string) (*logFile, error) {
	file, err := os.Create(path) //nolint:gosec // Below our own work directory.
	if err != nil {
		return nil, fmt.Errorf("create log: %w", err)
	}
	return &logFile{path: path, file: file, listening: make(chan struct{})}, nil
}

// Write takes a piece of the log. Pieces need not end where lines end.
func (l *logFile) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.partial = append(l.partial, p...)
	for {
		line, rest, found := bytes.Cut(l.partial, []byte("\n"))
		if !found {
			break
		}
		l.line(string(line))
		l.partial = rest
	}
	return l.file.Write(p)
}

func (l *logFile) line(line string) {
	l.last = append(l.last, line)
	if len(l.last) > tailLines {
		l.last = l.last[1:]
	}
	if found := listeningOn.FindStringSubmatch(line); found != nil && l.address == "" {
		l.address = found[1]
		close(l.listening)
	}
}

// Close closes the file.
func (l *logFile) Close() error { return l.file.Close() }

// tail returns the last lines.
func (l *logFile) tail() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(append(slices.Clip(l.last), string(l.partial)), "\n")
}
