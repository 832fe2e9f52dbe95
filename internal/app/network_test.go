package app

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"syscall"
)

// memoryNetwork connects clients to handlers without sockets, so that a test can run where time is fake: waiting for
// a socket is no wait that a fake clock may skip.
type memoryNetwork struct{ hosts map[string]http.Handler }

// RoundTrip implements http.RoundTripper.
func (n *memoryNetwork) RoundTrip(r *http.Request) (*http.Response, error) {
	handler, ok := n.hosts[r.URL.Host]
	if !ok {
		return nil, fmt.Errorf("dial %s: %w", r.URL.Host, syscall.ECONNREFUSED)
	}
	reader, writer := io.Pipe()
	answer := &memoryAnswer{header: http.Header{}, pipe: writer, begun: make(chan struct{})}
	inbound := r.Clone(r.Context())
	inbound.RequestURI = r.URL.RequestURI()
	inbound.Host = r.URL.Host
	if inbound.Body == nil {
		inbound.Body = http.NoBody
	}
	go func() {
		defer func() {
			if recover() != nil { // As net/http does when a handler aborts.
				answer.end(syscall.ECONNRESET)
				return
			}
			answer.end(nil)
		}()
		handler.ServeHTTP(answer, inbound)
	}()
	select {
	case <-answer.begun:
	case <-r.Context().Done():
		_ = reader.Close()
		return nil, r.Context().Err()
	}
	if answer.status == 0 {
		return nil, fmt.Errorf("read from %s: %w", r.URL.Host, answer.failure)
	}
	return &http.Response{
		StatusCode: answer.status, Status: http.StatusText(answer.status), Header: answer.header.Clone(),
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, ContentLength: -1, Request: r, Body: reader,
	}, nil
}

// memoryAnswer is a handler's side of the connection.
type memoryAnswer struct {
	header  http.Header
	pipe    *io.PipeWriter
	begun   chan struct{} // closed when the status is known, or that there is none
	status  int
	failure error
}

// Header implements http.ResponseWriter.
func (a *memoryAnswer) Header() http.Header { return a.header }

// WriteHeader implements http.ResponseWriter.
func (a *memoryAnswer) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
		close(a.begun)
	}
}

// Write implements http.ResponseWriter.
func (a *memoryAnswer) Write(p []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return a.pipe.Write(p)
}

// Flush implements http.Flusher: nothing is buffered.
func (a *memoryAnswer) Flush() {}

func (a *memoryAnswer) end(failure error) {
	a.failure = failure
	if a.status == 0 && failure != nil {
		close(a.begun)
	} else {
		a.WriteHeader(http.StatusOK)
	}
	_ = a.pipe.CloseWithError(failure)
}

// hostOf turns a name into a host that plain HTTP may be used with.
func hostOf(name string) string {
	return "127.0.0.1:" + strings.Map(func(r rune) rune { return '0' + r%10 }, name)[:4]
}
