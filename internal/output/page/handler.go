package page

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/prometheus/common/expfmt"
)

const (
	// maxScrapes bounds the scrapes that are prepared at one time: more scrapers than this are a fault, and must not
	// starve the process.
	maxScrapes = 10
	// scrapeTimeout is Prometheus' own default: nobody waits longer.
	scrapeTimeout = 10 * time.Second
)

// handler answers scrapes with the exporter's own metrics, rendered now, and a body that is ready. What has no form that
// is kept ready is left to promhttp, and so are a choice of names and failures.
type handler struct {
	page     *Page
	own      prometheus.Gatherer
	slots    chan struct{}
	empty    *served // where nothing was published yet
	promhttp http.Handler
}

// Handler returns the HTTP handler of the page behind the exporter's own metrics. It is called once per page. The
// metrics of the handler go to instruments; nil where nobody wants them.
func (p *Page) Handler(own prometheus.Gatherer, instruments prometheus.Registerer, logger *slog.Logger) http.Handler {
	return &handler{
		page: p, own: own, slots: make(chan struct{}, maxScrapes), empty: newServed(nil),
		promhttp: promhttp.HandlerFor(prometheus.Gatherers{own, p}, promhttp.HandlerOpts{
			ErrorLog:            slog.NewLogLogger(logger.Handler(), slog.LevelError),
			ErrorHandling:       promhttp.HTTPErrorOnError,
			Registry:            instruments,
			OfferedCompressions: []promhttp.Compression{promhttp.Identity, promhttp.Gzip},
			EnableOpenMetrics:   true,
			MaxRequestsInFlight: maxScrapes,
			CoalesceGather:      true,
			Timeout:             scrapeTimeout,
		}),
	}
}

// ServeHTTP implements http.Handler.
func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	format := expfmt.NegotiateAccept(r.Header, expfmt.DefaultOpenMetricsAcceptedFormats()...)
	encoding, ok := negotiateEncoding(r.Header)
	wanted := form{kind: format.FormatType(), gzip: encoding == encodingGzip}
	if !ok || !slices.Contains(forms, wanted) || r.URL.Query().Has("name[]") {
		h.promhttp.ServeHTTP(w, r)
		return
	}
	parts, err := h.parts(r.Context(), wanted, format)
	if r.Context().Err() != nil {
		return // Nobody waits for the answer any more.
	}
	if err != nil {
		h.promhttp.ServeHTTP(w, r) // It meets the same failure, counts it, logs it and says so.
		return
	}
	length := 0
	for _, part := range parts {
		length += len(part)
	}
	header := w.Header()
	header.Add("Vary", "Accept")
	header.Add("Vary", "Accept-Encoding")
	header.Set("Content-Type", string(format))
	header.Set("Content-Length", strconv.Itoa(length))
	if encoding != encodingIdentity {
		header.Set("Content-Encoding", encoding)
	}
	for _, part := range parts {
		if _, err := w.Write(part); err != nil {
			return // The client went away.
		}
	}
}

// parts returns the pieces that the answer consists of. It waits where too many others do the same. The exporter's own
// metrics come first in time too: they may say that numbers are older than those that follow, never that they are newer.
func (h *handler) parts(ctx context.Context, f form, format expfmt.Format) ([][]byte, error) {
	select {
	case h.slots <- struct{}{}:
		defer func() { <-h.slots }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	write := func(w io.Writer) error { return writeOwn(w, h.own, format) }
	if f.gzip {
		own, err := deflate(false, write)
		if err != nil {
			return nil, err
		}
		body, err := h.published().body(f)
		if err != nil {
			return nil, err
		}
		return [][]byte{gzipHead, own.body, body.body, gzipTail(own, body.deflated, body.shift)}, nil
	}
	var own bytes.Buffer
	if err := write(&own); err != nil {
		return nil, err
	}
	body, err := h.published().body(f)
	if err != nil {
		return nil, err
	}
	return [][]byte{own.Bytes(), body.body}, nil
}

// published returns what was published last.
func (h *handler) published() *served {
	if page := h.page.current.Load(); page != nil {
		return page
	}
	return h.empty
}
