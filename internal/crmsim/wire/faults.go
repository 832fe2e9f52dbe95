package wire

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Rule makes some calls of a route go wrong.
type Rule struct {
	Method string // "" is any
	Path   string // "*" stands for any text, slashes included; "" is any
	// From and To are the first and the last matching call that fail, counted from 1. To 0 is the same as From;
	// From 0 means all of them.
	From, To int
	Fault    Fault
}

// Fault answers instead of next, or calls it and spoils the answer. Tests write faults of their own, for instance one
// that changes the World between two pages.
type Fault func(w http.ResponseWriter, r *http.Request, next http.Handler)

// Script decides which calls fail. The zero value lets everything pass. It is safe for concurrent use.
type Script struct {
	mu    sync.Mutex
	rules []*countedRule
}

type countedRule struct {
	Rule
	calls int
}

// NewScript returns a Script of rules. Of several that match one call, the first wins; all of them count it.
func NewScript(rules ...Rule) *Script {
	s := &Script{}
	s.Add(rules...)
	return s
}

// Add appends rules, which count from now.
func (s *Script) Add(rules ...Rule) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range rules {
		s.rules = append(s.rules, &countedRule{Rule: r})
	}
}

// Clear removes every rule: the vendor has recovered.
func (s *Script) Clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rules = nil
}

// Wrap puts the script in front of next. A nil Script is next itself.
func (s *Script) Wrap(next http.Handler) http.Handler {
	if s == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if fault := s.next(r); fault != nil {
			fault(w, r, next)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (s *Script) next(r *http.Request) Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	var fault Fault
	for _, rule := range s.rules {
		if rule.Method != "" && rule.Method != r.Method || !MatchPath(rule.Path, r.URL.Path) {
			continue
		}
		rule.calls++
		if fault == nil && rule.due() {
			fault = rule.Fault
		}
	}
	return fault
}

func (r *countedRule) due() bool {
	last := max(r.From, r.To)
	return r.From == 0 || r.calls >= r.From && r.calls <= last
}

// MatchPath reports whether a path fits a pattern in which "*" stands for any text. The pattern "" fits everything.
func MatchPath(pattern, path string) bool {
	parts := strings.Split(pattern, "*")
	if len(parts) == 1 {
		return pattern == "" || pattern == path
	}
	rest, ok := strings.CutPrefix(path, parts[0])
	if !ok {
		return false
	}
	last := len(parts) - 1
	for _, part := range parts[1:last] {
		if _, rest, ok = strings.Cut(rest, part); !ok {
			return false
		}
	}
	return strings.HasSuffix(rest, parts[last])
}

// Answer is a fault that gives a fixed answer. The header may be nil.
func Answer(status int, header http.Header, body string) Fault {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		w.Header().Set("Content-Type", "application/json;charset=utf-8")
		maps.Copy(w.Header(), header)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// HTML is the answer of a proxy in front of the API that knows nothing of JSON.
func HTML(status int) Fault {
	body := fmt.Sprintf("<!DOCTYPE html><html><head><title>%d</title></head><body>%s</body></html>",
		status, http.StatusText(status))
	return Answer(status, http.Header{"Content-Type": {"text/html; charset=UTF-8"}}, body)
}

// Redirect sends the caller elsewhere, method and body included.
func Redirect(url string) Fault {
	return func(w http.ResponseWriter, r *http.Request, _ http.Handler) {
		http.Redirect(w, r, url, http.StatusTemporaryRedirect)
	}
}

// Reset cuts the connection without an answer.
func Reset() Fault {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil { // HTTP/2, or a recorder in a test
			panic(http.ErrAbortHandler)
		}
		if tcp, ok := conn.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0) // makes Close send RST instead of FIN
		}
		_ = conn.Close()
	}
}

// Hang gives no answer until the caller goes away.
func Hang() Fault {
	return func(_ http.ResponseWriter, r *http.Request, _ http.Handler) {
		keepBody(r)
		<-r.Context().Done()
	}
}

// Delay answers properly, but late.
func Delay(d time.Duration) Fault {
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		keepBody(r)
		if wait(r, d) {
			next.ServeHTTP(w, r)
		}
	}
}

// Drip answers properly, one byte at a time with a pause after each.
func Drip(pause time.Duration) Fault {
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		keepBody(r)
		body := answer(w, r, next)
		flusher := http.NewResponseController(w)
		for i := range body {
			if _, err := w.Write(body[i : i+1]); err != nil {
				return
			}
			_ = flusher.Flush()
			if !wait(r, pause) {
				return
			}
		}
	}
}

// Truncate announces the whole answer and cuts the connection after n bytes of it.
func Truncate(n int) Fault {
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		body := answer(w, r, next)
		_, _ = w.Write(body[:min(n, len(body))])
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
}

// Cut ends the answer cleanly after n bytes, so that only the JSON tells that something is missing.
func Cut(n int) Fault {
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		body := answer(w, r, next)
		_, _ = w.Write(body[:min(n, len(body))])
	}
}

// Rewrite answers properly but for what edit does to the JSON object of an answer that succeeds. Numbers are json.Number.
// It is the way to what no record of a world can be: a text in place of a number, an entry that is missing, a field too
// much.
func Rewrite(edit func(answer map[string]any)) Fault {
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		kept := &buffer{header: w.Header(), status: http.StatusOK}
		plain := r.Clone(r.Context())
		plain.Header.Del("Accept-Encoding") // what is compressed cannot be edited
		next.ServeHTTP(kept, plain)
		body := kept.body.Bytes()
		decoder := json.NewDecoder(bytes.NewReader(body))
		decoder.UseNumber()
		var decoded map[string]any
		if kept.status < http.StatusMultipleChoices && decoder.Decode(&decoded) == nil {
			edit(decoded)
			body, _ = json.Marshal(decoded) // made of what JSON can hold
		}
		w.WriteHeader(kept.status)
		_, _ = w.Write(body) // an error here is a caller who has gone
	}
}

// Endless writes a body that never ends, each piece of it valid JSON.
func Endless() Fault {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		w.Header().Set("Content-Type", "application/json;charset=utf-8")
		piece := strings.Repeat(`{"id":"1","properties":{}},`, 1000)
		_, err := io.WriteString(w, `{"results":[`)
		for err == nil {
			_, err = io.WriteString(w, piece)
		}
	}
}

// answer lets next answer into memory, passes its status and header on and returns the body.
func answer(w http.ResponseWriter, r *http.Request, next http.Handler) []byte {
	kept := &buffer{header: w.Header(), status: http.StatusOK}
	next.ServeHTTP(kept, r)
	w.WriteHeader(kept.status)
	return kept.body.Bytes()
}

type buffer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (b *buffer) Header() http.Header         { return b.header }
func (b *buffer) WriteHeader(status int)      { b.status = status }
func (b *buffer) Write(p []byte) (int, error) { return b.body.Write(p) }

// keepBody reads the body into memory: the server notices that a caller has gone only once all of it is read.
func keepBody(r *http.Request) {
	body, _ := io.ReadAll(r.Body) // of a caller who goes away in between, nobody will ask for the rest
	r.Body = io.NopCloser(bytes.NewReader(body))
}

// wait pauses and reports whether the caller is still there.
func wait(r *http.Request, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-r.Context().Done():
		return false
	}
}
