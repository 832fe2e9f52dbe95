package app

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"path"
	"time"
)

// Options say how to run. The zero value of a field is the default it names.
type Options struct {
	// ConfigFile is the path of the configuration. Required.
	ConfigFile string
	// Logger is required.
	Logger *slog.Logger

	// ListenAddresses to serve on; ":0" picks a port. Default DefaultListenAddress.
	ListenAddresses []string
	// WebConfigFile enables TLS and basic auth (exporter-toolkit); "" serves plain HTTP.
	WebConfigFile string
	// TelemetryPath of the metrics; default "/metrics".
	TelemetryPath string
	// DisableExporterMetrics leaves out the metrics of the process: go_*, process_* and promhttp_*.
	DisableExporterMetrics bool

	// AsOf computes KPIs as if now were then; the zero time follows the clock.
	AsOf time.Time

	// ReloadSignal asks for a reload with each value; nil never does. It is the place of SIGHUP.
	ReloadSignal <-chan struct{}
	// WatchInterval is how often the configuration's files are compared; 0 means 10 s, negative never.
	WatchInterval time.Duration

	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Transport replaces the network of the connectors in tests.
	Transport http.RoundTripper
}

// DefaultListenAddress is the exporter's port.
const DefaultListenAddress = ":10574"

const defaultWatchInterval = 10 * time.Second

// withDefaults returns o with its defaults filled in, or what is wrong with it.
func (o Options) withDefaults() (Options, error) {
	if o.ConfigFile == "" {
		return o, errors.New("no configuration file is given")
	}
	if o.Logger == nil {
		return o, errors.New("no logger is given")
	}
	if len(o.ListenAddresses) == 0 {
		o.ListenAddresses = []string{DefaultListenAddress}
	}
	if o.TelemetryPath == "" {
		o.TelemetryPath = "/metrics"
	}
	if !plainPath(o.TelemetryPath) || reservedPath(o.TelemetryPath) {
		return o, fmt.Errorf("telemetry path %q must be a plain path such as /metrics, different from the exporter's other paths",
			o.TelemetryPath)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.WatchInterval == 0 {
		o.WatchInterval = defaultWatchInterval
	}
	return o, nil
}

// plainPath reports whether a path means to a ServeMux what it says: braces are wildcards there, and a path that is not
// clean is never reached.
func plainPath(p string) bool {
	escaped := (&url.URL{Path: p}).EscapedPath()
	return path.IsAbs(p) && path.Clean(p) == p && escaped == p
}
