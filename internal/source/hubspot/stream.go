package hubspot

import (
	"context"

	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/source"
)

// mappingVersion is raised when records come to be read differently.
const mappingVersion = 1

// newStreams returns the streams of a source. Accounts follow the deals: a deal that has just been read may name a
// company that is younger than the last look at the companies, and would lack what it takes from there.
func newStreams(s *Source, cfg config.Source) []source.Stream {
	mapped := func(dimensions []dimension) map[string]config.Mapping {
		mapped := map[string]config.Mapping{}
		for _, d := range dimensions {
			mapped[d.name] = d.mapping
		}
		return mapped
	}
	own := func(dimensions []dimension) source.Identity {
		return source.Identity{"mapping": mappingVersion, "map": mapped(dimensions)}
	}
	deals := s.environment.Identity(cfg, mappingVersion)
	deals["map"] = mapped(s.plan.deal)
	if s.plan.readsCompanies() {
		deals["companies"] = true // Deals name their company only where companies are read.
	}
	streams := []source.Stream{
		&referenceStream{Source: s, identity: own(s.plan.owner)},
		&stream{Source: s, identity: deals, collection: s.deals()},
	}
	if s.plan.readsCompanies() {
		streams = append(streams, &stream{Source: s, identity: own(s.plan.company), collection: s.companies()})
	}
	return streams
}

// collection is how the records of a kind are asked for and read.
type collection struct {
	kind       record.Name
	object     string // HubSpot's name
	properties []string
	mapped     []dimension
	archived   bool // archived records are listed too
	read       func(*run, context.Context, []object) (record.Batch, error)
}

func (s *Source) deals() collection {
	return collection{
		kind: crm.Deals.Name(), object: objectDeals, properties: s.plan.dealProperties, mapped: s.plan.deal,
		archived: true, read: (*run).deals,
	}
}

func (s *Source) companies() collection {
	return collection{
		kind: crm.Accounts.Name(), object: objectCompanies, properties: s.plan.companyProperties, mapped: s.plan.company,
		read: (*run).companies,
	}
}

// stream gives the records of one collection: a full pass lists them, an increment searches what was modified since.
type stream struct {
	*Source
	collection

	identity source.Identity
}

// Name implements source.Stream.
func (s *stream) Name() string { return string(s.kind) }

// Kinds implements source.Stream.
func (s *stream) Kinds() []record.Name { return []record.Name{s.kind} }

// Identity implements source.Stream.
func (s *stream) Identity() string { return s.identity.String() }

// Sync implements source.Stream.
func (s *stream) Sync(ctx context.Context, from source.Cursor, sink source.Sink) (source.Cursor, error) {
	r := s.resume(from, sink)
	if err := s.account.Identify(ctx, s.Name(), from, sink); err != nil {
		return nil, err
	}
	err := r.sync(ctx)
	r.note()
	if err != nil {
		return nil, err
	}
	if err := s.account.Identify(ctx, s.Name(), r.cursor.encode(), sink); err != nil {
		return nil, err
	}
	r.warn()
	return r.cursor.encode(), nil
}

// Behind implements source.Follower.
func (s *stream) Behind() bool { return s.ofDeals() && s.chains.behind() }

// ofDeals reports whether the stream gives the deals.
func (s *stream) ofDeals() bool { return s.kind == crm.Deals.Name() }
