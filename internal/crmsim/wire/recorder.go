package wire

import (
	"maps"
	"net/http"
	"slices"
	"sync"
	"time"
)

// Request is one call that reached a façade. It holds no credential and no value of a query.
type Request struct {
	Time   time.Time // on the world's clock
	Method string
	Path   string
	Query  []string // names of the query parameters, sorted
	Status int      // 0 where the connection ended without an answer
}

// Recorder remembers calls and how often a caller did what the vendor forbids. It is safe for concurrent use.
type Recorder struct {
	now func() time.Time

	mu         sync.Mutex
	requests   []Request
	violations map[string]int
}

// maxRequests bounds the memory of a simulator that runs for months; the oldest half is forgotten.
const maxRequests = 200_000

// NewRecorder returns an empty Recorder.
func NewRecorder(now func() time.Time) *Recorder {
	return &Recorder{now: now, violations: map[string]int{}}
}

// Requests returns the calls in the order in which they were answered.
func (rec *Recorder) Requests() []Request {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	return slices.Clone(rec.requests)
}

// Count returns how many calls had the method ("" is any) and a path that fits the pattern of MatchPath.
func (rec *Recorder) Count(method, pattern string) int {
	n := 0
	for _, r := range rec.Requests() {
		if (method == "" || method == r.Method) && MatchPath(pattern, r.Path) {
			n++
		}
	}
	return n
}

// Forget empties the list of calls and the violations, to count one phase of a test.
func (rec *Recorder) Forget() {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	rec.requests = nil
	clear(rec.violations)
}

// Violations returns how often each of the vendor's rules was broken, by a short name such as "rate_limit".
func (rec *Recorder) Violations() map[string]int {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	return maps.Clone(rec.violations)
}

// Violated counts a broken rule.
func (rec *Recorder) Violated(rule string) {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	rec.violations[rule]++
}

// Wrap records the calls that next answers.
func (rec *Recorder) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		request := Request{
			Time: rec.now(), Method: r.Method, Path: r.URL.Path,
			Query: slices.Sorted(maps.Keys(r.URL.Query())),
		}
		watched := &statusWriter{ResponseWriter: w}
		defer func() { // also when a fault aborts the connection by a panic
			request.Status = watched.status
			rec.add(request)
		}()
		next.ServeHTTP(watched, r)
	})
}

func (rec *Recorder) add(r Request) {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	if len(rec.requests) >= maxRequests {
		rec.requests = slices.Clone(rec.requests[maxRequests/2:])
	}
	rec.requests = append(rec.requests, r)
}

type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusWriter) Write(p []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(p)
}

// Unwrap lets http.ResponseController reach Flush and Hijack.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
