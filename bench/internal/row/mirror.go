package row

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"

	"github.com/sales-exporter/sales_exporter/bench/internal/measure"
	"github.com/sales-exporter/sales_exporter/bench/internal/peer"
	"github.com/sales-exporter/sales_exporter/bench/internal/world"
	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/mirror"
	"github.com/sales-exporter/sales_exporter/internal/mirror/sqlite"
	"github.com/sales-exporter/sales_exporter/internal/record"
)

const (
	partMirror = "The mirror"
	peerSQLite = "SQLite, the same bytes"

	hubSpotPage = 100
	largePage   = 2000
)

// keeper is a store, ours or the peer's.
type keeper interface {
	Commit(ctx context.Context, deals []crm.Deal) error
	// Finish ends what the commits began: from here it is loaded.
	Finish(ctx context.Context) error
	Load(ctx context.Context) (int, error)
	Close() error
	Size() (int64, error)
}

// mirrorRow compares the mirror with SQLite that is given the same bytes in as many transactions.
func mirrorRow(ctx context.Context, s *Setting) ([]Comparison, error) {
	m := &mirrorRun{ctx: ctx, setting: s, deals: s.Deals / 5}
	for _, step := range []func() error{m.firstLoads, m.updates, m.loads, m.sizes} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return m.out, nil
}

type mirrorRun struct {
	ctx     context.Context
	setting *Setting
	deals   int
	made    int // files
	stores  [2]keeper
	out     []Comparison
}

func (m *mirrorRun) add(id, what, unit string, ours, peers measure.Figure) {
	m.out = append(m.out, Comparison{
		ID: fmt.Sprintf("mirror/%d/%s", m.deals, id), Part: partMirror, What: what, Unit: unit,
		Ours: ours, Peer: peerSQLite, Peers: peers,
	})
}

// perRecord turns the milliseconds of many records into the microseconds of one.
func perRecord(records int) float64 { return 1000 / float64(records) }

// firstLoads fills new files. The last ones stay for what follows.
func (m *mirrorRun) firstLoads() error {
	for _, page := range []int{largePage, hubSpotPage} {
		figures, err := measure.Alternate(m.setting.few(), m.filling(0, page), m.filling(1, page))
		if err != nil {
			return err
		}
		factor := perRecord(m.deals)
		m.add(fmt.Sprintf("first/%d", page), fmt.Sprintf("first load of %s deals, pages of %d", count(m.deals), page),
			"µs CPU a record", figures[0].Times(factor), figures[1].Times(factor))
	}
	return nil
}

func (m *mirrorRun) filling(side, page int) measure.Side {
	return measure.Side{Run: func() error {
		if err := m.renew(side); err != nil {
			return err
		}
		err := world.Pages(m.deals, page, world.Now(), func(deals []crm.Deal) error {
			return m.stores[side].Commit(m.ctx, deals)
		})
		if err != nil {
			return err
		}
		return m.stores[side].Finish(m.ctx)
	}}
}

func (m *mirrorRun) renew(side int) error {
	if old := m.stores[side]; old != nil {
		if err := old.Close(); err != nil {
			return err
		}
	}
	m.made++
	path := filepath.Join(m.setting.Folder, fmt.Sprintf("mirror%d.db", m.made))
	var err error
	if side == 0 {
		m.stores[0], err = openMirror(m.ctx, path)
	} else {
		m.stores[1], err = peer.NewSQLite(m.ctx, path)
	}
	return err
}

// updates changes one deal in twenty, spread over the file, in pages of HubSpot's size.
func (m *mirrorRun) updates() error {
	var deals []crm.Deal
	world.Deals(m.deals, world.Now(), func(d world.Deal) {
		if d.Place%20 == 7 {
			deals = append(deals, d.Record())
		}
	})
	rand.New(rand.NewPCG(3, 4)).Shuffle(len(deals), func(i, j int) { //nolint:gosec // equal runs, equal order
		deals[i], deals[j] = deals[j], deals[i]
	})
	change := func(side int) measure.Side {
		version := world.Now().UnixMilli()
		return measure.Side{Run: func() error {
			version++
			for page := range slices.Chunk(deals, hubSpotPage) {
				for i := range page {
					page[i].Version = version
					page[i].Amount += 100
				}
				if err := m.stores[side].Commit(m.ctx, page); err != nil {
					return err
				}
			}
			return m.stores[side].Finish(m.ctx)
		}}
	}
	figures, err := measure.Alternate(m.setting.Rounds, change(0), change(1))
	if err != nil {
		return err
	}
	factor := perRecord(len(deals))
	m.add("update", "updates at random places, pages of 100", "µs CPU a record",
		figures[0].Times(factor), figures[1].Times(factor))
	return nil
}

func (m *mirrorRun) loads() error {
	load := func(side int) measure.Side {
		return measure.Side{Run: func() error {
			n, err := m.stores[side].Load(m.ctx)
			if err == nil && n != m.deals {
				err = fmt.Errorf("%d of %d deals are loaded", n, m.deals)
			}
			return err
		}}
	}
	figures, err := measure.Alternate(m.setting.Rounds, load(0), load(1))
	if err != nil {
		return err
	}
	factor := perRecord(m.deals)
	m.add("load", "load everything (the peer decodes nothing)", "µs CPU a record",
		figures[0].Times(factor), figures[1].Times(factor))
	return nil
}

func (m *mirrorRun) sizes() error {
	var sizes [2]measure.Figure
	for side := range m.stores {
		if err := m.renewAndFill(side); err != nil {
			return err
		}
		size, err := m.stores[side].Size()
		if err != nil {
			return err
		}
		sizes[side] = measure.Of(float64(size) / float64(m.deals))
	}
	m.add("disk", "size of the file after a first load", "B a deal", sizes[0], sizes[1])
	return nil
}

// renewAndFill makes a file that was only ever filled, and closes it.
func (m *mirrorRun) renewAndFill(side int) error {
	return errors.Join(m.filling(side, hubSpotPage).Run(), m.stores[side].Close())
}

// ourMirror is the exporter's store, with the deals of one source.
type ourMirror struct {
	path  string
	store mirror.Store
	page  int
}

func openMirror(ctx context.Context, path string) (*ourMirror, error) {
	store, err := sqlite.Open(ctx, path, mirror.Options{Kinds: crm.Kinds()})
	if err != nil {
		return nil, err
	}
	if _, err := store.Bind(ctx, mirror.All(world.Source), mirror.Identity{Address: "bench"}, nil); err != nil {
		return nil, errors.Join(err, store.Close())
	}
	return &ourMirror{path: path, store: store}, nil
}

func (m *ourMirror) Commit(ctx context.Context, deals []crm.Deal) error {
	m.page++
	batch := record.Batch{Cursor: fmt.Append(nil, "page ", m.page), Rows: record.Rows{crm.Deals.Of(deals...)}}
	_, err := m.store.Commit(ctx, mirror.All(world.Source), batch)
	return err
}

func (m *ourMirror) Finish(ctx context.Context) error {
	return m.store.Finish(ctx, mirror.Cursors{mirror.All(world.Source): fmt.Append(nil, "page ", m.page)})
}

func (m *ourMirror) Load(ctx context.Context) (int, error) {
	n := 0
	_, err := m.store.Load(ctx, mirror.All(world.Source), 0, func(batch record.Batch) error {
		n += batch.Rows.Of(crm.Deals).Len()
		return nil
	})
	return n, err
}

func (m *ourMirror) Close() error { return m.store.Close() }

func (m *ourMirror) Size() (int64, error) {
	info, err := os.Stat(m.path)
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}
