package expose

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/prometheus/common/expfmt"
)

const (
	// maxScrapes bounds scrapes in flight: more scrapers than this are a fault, and must not starve the process.
	maxScrapes = 10
	// scrapeTimeout is Prometheus' own default: nobody waits longer.
	scrapeTimeout = 10 * time.Second
)

// Page is what /metrics serves: the exporter's own metrics and the published snapshot.
type Page struct {
	gatherers prometheus.Gatherers
	registry  prometheus.Registerer // of the handler's own metrics; nil where nobody wants them
}

// NewPage returns the page of an exporter and a publisher.
func NewPage(exporter *Exporter, publisher *Publisher) *Page {
	business := prometheus.NewRegistry()
	business.MustRegister(publisher)
	page := &Page{gatherers: prometheus.Gatherers{exporter.Registry(), business}}
	if exporter.runtime {
		page.registry = exporter.Registry()
	}
	return page
}

// Handler returns the HTTP handler of the page. It is called once per page.
func (p *Page) Handler(logger *slog.Logger) http.Handler {
	return promhttp.HandlerFor(p.gatherers, promhttp.HandlerOpts{
		ErrorLog:            slog.NewLogLogger(logger.Handler(), slog.LevelError),
		ErrorHandling:       promhttp.HTTPErrorOnError,
		Registry:            p.registry,
		OfferedCompressions: []promhttp.Compression{promhttp.Identity, promhttp.Gzip},
		MaxRequestsInFlight: maxScrapes,
		CoalesceGather:      true,
		Timeout:             scrapeTimeout,
	})
}

// WriteText writes the page in the text format.
func (p *Page) WriteText(w io.Writer) error {
	families, err := p.gatherers.Gather()
	if err != nil {
		return fmt.Errorf("gather metrics: %w", err)
	}
	encoder := expfmt.NewEncoder(w, expfmt.NewFormat(expfmt.TypeTextPlain))
	for _, family := range families {
		if err := encoder.Encode(family); err != nil {
			return fmt.Errorf("write metrics: %w", err)
		}
	}
	return nil
}
