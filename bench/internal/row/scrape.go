package row

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"time"

	"github.com/sales-exporter/sales_exporter/bench/internal/exporter"
	"github.com/sales-exporter/sales_exporter/bench/internal/measure"
	"github.com/sales-exporter/sales_exporter/bench/internal/portal"
)

const (
	partScrape = "A scrape"
	// series is the limit of the page, and what it fills up to.
	series = 100_000
	// scrapedDeals are enough to fill it.
	scrapedDeals = 20_000
	dimensions   = "territory: {property: region}, business_type: {property: dealtype}"
)

// form is a way to ask for the page.
type form struct {
	id, name string
	header   http.Header
}

func forms() []form {
	const (
		text        = "text/plain;version=0.0.4"
		openMetrics = "application/openmetrics-text;version=1.0.0"
		protobuf    = "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited"
	)
	accept := func(kind, encoding string) http.Header {
		return http.Header{"Accept": {kind}, "Accept-Encoding": {encoding}}
	}
	return []form{
		{"gzip", "gzip", accept(text, "gzip")},
		{"identity", "uncompressed", accept(text, "identity")},
		{"openmetrics", "OpenMetrics, gzip", accept(openMetrics, "gzip")},
		{"protobuf", "protobuf, gzip", accept(protobuf, "gzip")},
	}
}

// scrapeRow compares the exporter's page with a collector of const metrics that serves the same samples, and with
// net/http serving the same bytes. Each is a process of its own.
func scrapeRow(ctx context.Context, s *Setting) (out []Comparison, err error) {
	account := httptest.NewServer(portal.New(scrapedDeals, time.Now()))
	defer account.Close()
	config := filepath.Join(s.Folder, "scrape.yaml")
	err = exporter.Config{
		Connect: exporter.HubSpot(account.URL), Map: dimensions, Interval: time.Hour,
		Mirror: filepath.Join(s.Folder, "scrape.db"), Series: series,
	}.Write(config)
	if err != nil {
		return nil, err
	}
	ours, err := s.Program.Start(ctx, config)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, ours.Stop()) }()
	peers, lines, err := startPeers(ctx, s, ours)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, peers.stop()) }()
	for _, f := range forms() {
		more, err := peers.compare(ctx, s, ours, f, lines)
		if err != nil {
			return nil, err
		}
		out = append(out, more...)
	}
	return out, nil
}

// pagePeers serve what the exporter serves.
type pagePeers struct{ consts, bytes *exporter.Process }

// startPeers waits for the exporter's page and starts its peers on it. It returns the page's lines of samples.
func startPeers(ctx context.Context, s *Setting, ours *exporter.Process) (*pagePeers, int, error) {
	if err := ours.Ready(ctx); err != nil {
		return nil, 0, err
	}
	if _, err := ours.Quiet(ctx); err != nil {
		return nil, 0, err
	}
	page, err := ours.Page(ctx)
	if err != nil {
		return nil, 0, err
	}
	file := filepath.Join(s.Folder, "page.txt")
	if err := os.WriteFile(file, page, 0o600); err != nil {
		return nil, 0, fmt.Errorf("write page: %w", err)
	}
	p := &pagePeers{}
	if p.consts, err = exporter.StartPeer(ctx, "const", file); err != nil {
		return nil, 0, err
	}
	if p.bytes, err = exporter.StartPeer(ctx, "bytes", file); err != nil {
		return nil, 0, errors.Join(err, p.consts.Stop())
	}
	return p, bytes.Count(page, []byte("\n")) - bytes.Count(page, []byte("\n#")), nil
}

func (p *pagePeers) stop() error { return errors.Join(p.consts.Stop(), p.bytes.Stop()) }

func (p *pagePeers) compare(
	ctx context.Context, s *Setting, ours *exporter.Process, f form, lines int,
) ([]Comparison, error) {
	processes := []*exporter.Process{ours, p.consts, p.bytes}
	sides, times := make([]measure.Side, len(processes)), make([]int, len(processes))
	for i, process := range processes {
		var err error
		if times[i], err = enough(ctx, process, f); err != nil {
			return nil, err
		}
		sides[i] = process.Scraping(ctx, times[i], f.header)
	}
	figures, err := measure.Alternate(s.Rounds, sides...)
	if err != nil {
		return nil, err
	}
	for i := range figures {
		figures[i] = figures[i].Times(1 / float64(times[i]))
	}
	c := Comparison{
		ID: "scrape/" + f.id + "/const", Part: partScrape, What: fmt.Sprintf("%d series, %s", lines/1000*1000, f.name),
		Unit: "ms CPU", Ours: figures[0], Peer: "const metrics of client_golang", Peers: figures[1],
	}
	if f.id != "gzip" && f.id != "identity" {
		return []Comparison{c}, nil
	}
	limit := c
	limit.ID, limit.Limit = "scrape/"+f.id+"/bytes", true
	limit.Peer, limit.Peers = "net/http, the same bytes", figures[2]
	return []Comparison{c, limit}, nil
}

// enough returns how many scrapes of a process are worth a measurement: a page from memory takes less than a
// millisecond.
func enough(ctx context.Context, process *exporter.Process, f form) (int, error) {
	const worth, most = 200 * time.Millisecond, 50
	before, err := process.CPU()
	if err != nil {
		return 0, err
	}
	if err := process.Scraping(ctx, 1, f.header).Run(); err != nil {
		return 0, err
	}
	after, err := process.CPU()
	return max(1, min(most, int(worth/max(1, after-before)))), err
}
