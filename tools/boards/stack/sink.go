package stack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"
)

// Sink receives Alertmanager's webhooks and prints a line for each alert, in place of the chat that a company has.
type Sink struct {
	server  *http.Server
	address string
	done    chan struct{}

	mu     sync.Mutex
	out    io.Writer
	alerts []string // names of the alerts that it was told of, each once
}

// notification is what of a webhook's body is printed.
type notification struct {
	Alerts []struct {
		Status      string            `json:"status"`
		Labels      map[string]string `json:"labels"`
		Annotations map[string]string `json:"annotations"`
	} `json:"alerts"`
}

// startSink serves on a free port.
func startSink(ctx context.Context, out io.Writer) (*Sink, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen for notifications: %w", err)
	}
	s := &Sink{address: listener.Addr().String(), out: out, done: make(chan struct{})}
	s.server = &http.Server{Handler: s, ReadHeaderTimeout: 5 * time.Second}
	go func() {
		defer close(s.done)
		if err := s.server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			fmt.Fprintf(out, "sink: %v\n", err)
		}
	}()
	return s, nil
}

// ServeHTTP takes one webhook.
func (s *Sink) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var n notification
	if err := json.NewDecoder(r.Body).Decode(&n); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, alert := range n.Alerts {
		name := alert.Labels["alertname"]
		fmt.Fprintf(s.out, "%-8s %-8s %-7s %s: %s\n",
			alert.Status, alert.Labels["severity"], alert.Labels["audience"], name, alert.Annotations["summary"])
		if !slices.Contains(s.alerts, name) {
			s.alerts = append(s.alerts, name)
		}
	}
}

// Alerts returns the names of the alerts that it was told of.
func (s *Sink) Alerts() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.alerts)
}

func (s *Sink) stop() error {
	err := s.server.Close()
	<-s.done
	return err
}
