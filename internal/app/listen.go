package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"syscall"
	"time"

	"github.com/prometheus/exporter-toolkit/web"
)

// The server's bounds. exporter-toolkit sets none, and without them half-open connections pile up until no scrape
// gets through.
const (
	readHeaderTimeout = 5 * time.Second
	readTimeout       = 10 * time.Second
	writeTimeout      = 60 * time.Second
	idleTimeout       = 2 * time.Minute
	maxHeaderBytes    = 64 << 10
	drainTimeout      = 5 * time.Second
)

// listen binds the listeners, before anything is served, so that a taken port fails the start.
func (a *App) listen(ctx context.Context) error {
	if err := web.Validate(a.options.WebConfigFile); err != nil {
		return fmt.Errorf("load web configuration: %w", err)
	}
	handler, err := a.routes()
	if err != nil {
		return err
	}
	a.server = &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: readHeaderTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
		ErrorLog:          slog.NewLogLogger(a.options.Logger.Handler(), slog.LevelWarn),
	}
	for _, address := range a.options.ListenAddresses {
		listener, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
		if err != nil {
			return fmt.Errorf("listen on %s: %w%s", address, err, listenHint(address, err))
		}
		a.listeners = append(a.listeners, listener)
		a.cleanups.add("close listener "+address, func(context.Context) error {
			if err := listener.Close(); !errors.Is(err, net.ErrClosed) {
				return err
			}
			return nil
		})
	}
	return nil
}

// listenHint says what to do about an address that cannot be listened on.
func listenHint(address string, err error) string {
	if errors.Is(err, syscall.EADDRINUSE) {
		return "; stop the other process, or set --web.listen-address"
	}
	if _, notPort := strconv.ParseUint(address, 10, 16); notPort == nil {
		return "; write :" + address
	}
	return ""
}

// serve starts serving and returns a channel that holds the error with which serving ended before its time.
func (a *App) serve() <-chan error {
	failed := make(chan error, 1)
	done := make(chan struct{})
	systemd := false
	flags := &web.FlagConfig{
		WebListenAddresses: &a.options.ListenAddresses,
		WebSystemdSocket:   &systemd,
		WebConfigFile:      &a.options.WebConfigFile,
	}
	go func() {
		defer close(done)
		err := web.ServeMultiple(a.listeners, a.server, flags, a.options.Logger)
		if err != nil && !errors.Is(err, http.ErrServerClosed) {
			failed <- fmt.Errorf("serve: %w", err)
		}
	}()
	a.cleanups.add("drain server", func(ctx context.Context) error {
		ctx, cancel := context.WithTimeout(ctx, drainTimeout)
		defer cancel()
		err := a.server.Shutdown(ctx)
		if errors.Is(err, context.DeadlineExceeded) {
			// Sockets that never sent anything count as busy at first. They must not turn a stop into a failure.
			a.options.Logger.Warn("Closing connections that did not end in time")
			err = a.server.Close()
		}
		<-done
		return err
	})
	return failed
}
