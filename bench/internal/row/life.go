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
	"github.com/sales-exporter/sales_exporter/bench/internal/peer"
	"github.com/sales-exporter/sales_exporter/bench/internal/portal"
)

const (
	partLife  = "The life of an exporter"
	peerNaive = "structs and maps"

	// sampled is which part of the deals the script reads, since it costs the same for each: one in so many.
	sampled = 10
)

// life is an exporter of a large account, from its first sync on: it is stopped and started again, changes come, the
// past is computed.
type life struct {
	ctx     context.Context
	setting *Setting
	portal  *portal.Portal
	account *httptest.Server
	mirror  string
	peers   *pagePeers
	naive   measure.Figure // one computation of structs and maps, ms
	heap    float64        // the memory of those, MB
	script  string         // the file of the peer that fetched the account
	restart []float64      // ms until the page was there
	loaded  []float64      // ms until nothing more was done
	lines   int
	out     []Comparison
}

func lifeRow(ctx context.Context, s *Setting) (_ []Comparison, err error) {
	l := &life{
		ctx: ctx, setting: s, portal: portal.New(s.Deals, time.Now()), mirror: filepath.Join(s.Folder, "life.db"),
		script: filepath.Join(s.Folder, "script.db"),
	}
	l.account = httptest.NewServer(l.portal)
	defer l.account.Close()
	defer func() {
		if l.peers != nil {
			err = errors.Join(err, l.peers.stop())
		}
	}()
	for _, step := range []func() error{l.first, l.measureNaive, l.idle, l.changes, l.restarts, l.past} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return l.out, nil
}

func (l *life) add(id, what, unit, peerName string, ours, peers measure.Figure) *Comparison {
	l.out = append(l.out, Comparison{
		ID:   fmt.Sprintf("life/%d/%s", l.setting.Deals, id),
		Part: partLife + " of " + count(l.setting.Deals) + " deals",
		What: what, Unit: unit, Ours: ours, Peer: peerName, Peers: peers,
	})
	return &l.out[len(l.out)-1]
}

func (l *life) config(name string, interval time.Duration) (string, error) {
	path := filepath.Join(l.setting.Folder, name+".yaml")
	return path, exporter.Config{
		Connect: exporter.HubSpot(l.account.URL), Map: dimensions, Interval: interval, Mirror: l.mirror, Series: series,
	}.Write(path)
}

// first reads the account, and compares memory once the page was scraped.
func (l *life) first() (err error) {
	config, err := l.config("first", time.Hour)
	if err != nil {
		return err
	}
	p, err := l.setting.Program.Start(l.ctx, config)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.Stop()) }()
	if l.peers, l.lines, err = startPeers(l.ctx, l.setting, p); err != nil {
		return err
	}
	took, err := p.Quiet(l.ctx)
	if err != nil {
		return err
	}
	sample := httptest.NewServer(portal.New(l.setting.Deals/sampled, time.Now()))
	defer sample.Close()
	script, err := exporter.RunPeer(l.ctx, "fetch-hubspot", sample.URL, l.script)
	if err != nil {
		return err
	}
	each := func(d time.Duration, deals int) measure.Figure {
		return measure.Of(float64(d.Microseconds()) / float64(deals))
	}
	l.add("sync", "first sync, page computed and scraped once, each deal", "µs CPU", peerFetch,
		each(took, l.setting.Deals), each(script, l.setting.Deals/sampled))
	return l.memory(p)
}

func (l *life) memory(p *exporter.Process) error {
	for _, process := range []*exporter.Process{p, l.peers.consts} {
		for _, f := range forms()[:2] {
			if err := process.Scraping(l.ctx, 3, f.header).Run(); err != nil {
				return err
			}
		}
	}
	ours, err := p.Resident()
	if err != nil {
		return err
	}
	consts, err := l.peers.consts.Resident()
	if err != nil {
		return err
	}
	l.add("resident", fmt.Sprintf("resident after the first sync and scrapes, %d series", l.lines/1000*1000), "MB",
		"structs and maps in memory, and a collector of const metrics", measure.Of(ours), measure.Of(consts))
	return nil
}

// measureNaive measures the peer that computes from structs, and adds its memory to that of the collector.
func (l *life) measureNaive() error {
	before := measure.Heap()
	naive := peer.NewNaive(l.setting.Deals)
	l.heap = float64(measure.Heap()-before) / (1 << 20)
	figures, err := measure.Alternate(1, measure.Side{Run: func() error {
		naive.Compute()
		return nil
	}})
	if err != nil {
		return err
	}
	l.naive = figures[0]
	resident := &l.out[len(l.out)-1]
	resident.Peers = resident.Peers.Plus(measure.Of(l.heap))
	return nil
}

// start starts the exporter again and notes what it took.
func (l *life) start(name string, interval time.Duration) (*exporter.Process, error) {
	config, err := l.config(name, interval)
	if err != nil {
		return nil, err
	}
	p, err := l.setting.Program.Start(l.ctx, config)
	if err != nil {
		return nil, err
	}
	if err := l.started(p); err != nil {
		return nil, errors.Join(err, p.Stop())
	}
	return p, nil
}

func (l *life) started(p *exporter.Process) error {
	if err := p.Ready(l.ctx); err != nil {
		return err
	}
	if _, err := p.Page(l.ctx); err != nil {
		return err
	}
	page, err := p.CPU()
	if err != nil {
		return err
	}
	l.restart = append(l.restart, float64(page.Milliseconds()))
	return nil
}

// idle measures syncs that find nothing new.
func (l *life) idle() (err error) {
	const interval, syncs, windows = 2 * time.Second, 5, 2
	p, err := l.start("idle", interval)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.Stop()) }()
	l.awaitSearches(3) // what followed the start is over
	var values []float64
	for range windows {
		from, err := p.CPU()
		if err != nil {
			return err
		}
		l.awaitSearches(syncs)
		to, err := p.CPU()
		if err != nil {
			return err
		}
		values = append(values, float64((to-from).Microseconds())/1000/syncs)
	}
	const polls = "500"
	poll, err := exporter.RunPeer(l.ctx, "poll", l.account.URL, polls)
	if err != nil {
		return err
	}
	l.add("idle", "a sync that finds nothing new", "ms CPU", "one search, answered and decoded", measure.Of(values...),
		measure.Of(float64(poll.Microseconds())/1000/500)).Limit = true
	return nil
}

// awaitSearches waits for so many more searches of deals.
func (l *life) awaitSearches(more int64) {
	for until := l.portal.Searches() + more; l.portal.Searches() < until && l.ctx.Err() == nil; {
		time.Sleep(5 * time.Millisecond)
	}
}

// changes measures what it takes from 0.1 % changed deals to the page that shows them.
func (l *life) changes() (err error) {
	const interval, rounds, every = 20 * time.Second, 2, 1000
	p, err := l.start("changes", interval)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.Stop()) }()
	took, err := p.Quiet(l.ctx)
	if err != nil {
		return err
	}
	l.loaded = append(l.loaded, float64(took.Milliseconds()))
	var values []float64
	for range rounds {
		l.awaitSearches(1)
		took, err := l.change(p, every)
		if err != nil {
			return err
		}
		values = append(values, float64(took.Microseconds())/1000)
	}
	scrape, err := measure.Alternate(2, l.peers.consts.Scraping(l.ctx, 1, forms()[0].header))
	if err != nil {
		return err
	}
	what := fmt.Sprintf("%s deals changed, until the new page was scraped", count(l.setting.Deals/every))
	l.add("changes", what, "ms CPU", "structs and maps, then const metrics (without reading and storing)",
		measure.Of(values...), l.naive.Plus(scrape[0]))
	return nil
}

func (l *life) change(p *exporter.Process, every int) (time.Duration, error) {
	gzip := http.Header{"Accept-Encoding": {"gzip"}}
	if _, err := p.Quiet(l.ctx); err != nil {
		return 0, err
	}
	before, err := p.Page(l.ctx)
	if err != nil {
		return 0, err
	}
	from, err := p.CPU()
	if err != nil {
		return 0, err
	}
	l.portal.Raise(every)
	l.awaitSearches(1)
	if _, err := p.Quiet(l.ctx); err != nil {
		return 0, err
	}
	if _, err := p.Scrape(l.ctx, gzip); err != nil {
		return 0, err
	}
	to, err := p.CPU()
	if err != nil {
		return 0, err
	}
	after, err := p.Page(l.ctx)
	if err != nil {
		return 0, err
	}
	if bytes.Equal(created(before), created(after)) {
		return 0, errors.New("the page does not show the changes")
	}
	return to - from, nil
}

// created returns the lines of a KPI that every amount is part of.
func created(page []byte) []byte {
	var lines []byte
	for line := range bytes.Lines(page) {
		if bytes.HasPrefix(line, []byte("sales_pipeline_created_amount{")) {
			lines = append(lines, line...)
		}
	}
	return lines
}

// restarts compares the starts so far with reading the script's file.
func (l *life) restarts() error {
	read := measure.Side{Run: func() error {
		file, err := peer.NewSQLite(l.ctx, l.script)
		if err != nil {
			return err
		}
		_, err = file.Load(l.ctx)
		return errors.Join(err, file.Close())
	}}
	figures, err := measure.Alternate(2, read)
	if err != nil {
		return err
	}
	figures[0] = figures[0].Times(sampled)
	const peerLoad = "reading the script's SQLite file, nothing decoded"
	l.add("restart", "restart until the first page was scraped", "ms CPU", peerLoad, measure.Of(l.restart...), figures[0])
	l.add("loaded", "restart, first sync included, until all is done", "ms CPU", peerLoad, measure.Of(l.loaded...),
		figures[0])
	info, err := os.Stat(l.mirror)
	if err != nil {
		return fmt.Errorf("measure the mirror: %w", err)
	}
	script, err := os.Stat(l.script)
	if err != nil {
		return fmt.Errorf("measure the script's file: %w", err)
	}
	each := func(info os.FileInfo, deals int) measure.Figure {
		return measure.Of(float64(info.Size()) / float64(deals))
	}
	l.add("disk", "the mirror after all of this", "B a deal", "the script's file: properties as JSON",
		each(info, l.setting.Deals), each(script, l.setting.Deals/sampled))
	return nil
}

// past computes days of the past, and compares each further one with one computation of structs and maps.
func (l *life) past() error {
	const few, more = 1, 4
	config, err := l.config("past", time.Hour)
	if err != nil {
		return err
	}
	var took [2]time.Duration
	for i, days := range []int{few, more} {
		last := time.Now().UTC().AddDate(0, 0, -10)
		out := filepath.Join(l.setting.Folder, fmt.Sprintf("past%d.txt", i))
		if took[i], err = l.setting.Program.Run(l.ctx, config, "backfill", "--out="+out,
			"--from="+last.AddDate(0, 0, 1-days).Format(time.DateOnly), "--to="+last.Format(time.DateOnly)); err != nil {
			return err
		}
	}
	l.add("past", "back-fill, each further day", "ms CPU", peerNaive,
		measure.Of(float64((took[1]-took[0]).Milliseconds())/(more-few)), l.naive)
	return nil
}
