package app

import (
	"fmt"
	"net/http"
	"slices"
)

const (
	pathHealthy = "/-/healthy"
	pathReady   = "/-/ready"
	pathReload  = "/-/reload"
)

func reservedPath(path string) bool {
	return slices.Contains([]string{"/", pathHealthy, pathReady, pathReload}, path)
}

// routes returns the handler of every endpoint.
func (a *App) routes() (http.Handler, error) {
	landing, err := newLandingPage(a)
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("GET "+a.options.TelemetryPath, a.page.Handler(a.exporter.Registry(), a.exporter.Instruments(), a.options.Logger))
	mux.HandleFunc("GET "+pathHealthy, a.healthy)
	mux.HandleFunc("GET "+pathReady, a.ready)
	mux.HandleFunc("POST "+pathReload, a.reloadRequest)
	mux.HandleFunc("GET "+pathReload, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Allow", http.MethodPost)
		http.Error(w, "Reload with POST: curl -X POST .../-/reload", http.StatusMethodNotAllowed)
	})
	mux.Handle("GET /{$}", landing)
	return mux, nil
}

// healthy answers that the process is alive. It never looks at a CRM: a restart does not repair the upstream.
func (a *App) healthy(w http.ResponseWriter, _ *http.Request) {
	fmt.Fprintln(w, "sales_exporter is healthy.")
}

// ready answers whether there are numbers to serve, be they from the network or from the mirror.
func (a *App) ready(w http.ResponseWriter, _ *http.Request) {
	if !a.currentEngine().anyReady() {
		http.Error(w, "No source has completed a sync yet.", http.StatusServiceUnavailable)
		return
	}
	fmt.Fprintln(w, "sales_exporter is ready.")
}

func (a *App) reloadRequest(w http.ResponseWriter, r *http.Request) {
	answer := make(chan error, 1) // Buffered, so that the reloader never waits for a client that went away.
	select {
	case a.reloads <- answer:
	case <-a.reloadsOver:
		http.Error(w, "the exporter is stopping", http.StatusServiceUnavailable)
		return
	case <-r.Context().Done():
		http.Error(w, "gave up waiting for another reload", http.StatusServiceUnavailable)
		return
	}
	select {
	case err := <-answer:
		if err != nil {
			http.Error(w, fmt.Sprintf("reload failed, the previous configuration stays in force: %v", err),
				http.StatusInternalServerError)
			return
		}
		fmt.Fprintln(w, "Reloaded.")
	case <-r.Context().Done():
	}
}
