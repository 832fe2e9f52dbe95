package hubspot

import (
	"context"

	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/source"
	"github.com/sales-exporter/sales_exporter/internal/source/hubspot/objects"
)

// mappingVersion is raised when records come to be read differently.
const mappingVersion = 1

// newStreams returns the streams of a source.
func newStreams(s *Source, cfg config.Source) []source.Stream {
	mapped := func(dimensions []objects.Dimension) map[string]config.Mapping {
		mapped := map[string]config.Mapping{}
		for _, d := range dimensions {
			mapped[d.Name] = d.Mapping
		}
		return mapped
	}
	own := func(dimensions []objects.Dimension) source.Identity {
		return source.Meaning{"mapping": mappingVersion}.Identity(mapped(dimensions))
	}
	deals := s.environment.Deals(cfg, mappingVersion, mapped(s.plan.Deals), mapped(s.plan.Owners))
	if s.plan.ReadsCompanies() {
		// Deals name their company only where companies are read.
		deals.Columns["deals/account"] = "company"
	}
	streams := []source.Stream{&referenceStream{Source: s, identity: own(s.plan.Owners)}}
	for _, o := range objects.List(&s.plan) {
		identity := own(o.Mapped)
		if o.Kind == crm.Deals.Name() {
			identity = deals
		}
		streams = append(streams, &stream{Source: s, object: o, identity: identity})
	}
	return streams
}

// stream gives the records of one object: a full pass lists them, an increment searches what was modified since.
type stream struct {
	*Source
	object   *objects.Object
	identity source.Identity
}

// Name implements source.Stream.
func (s *stream) Name() string { return string(s.object.Kind) }

// Kinds implements source.Stream.
func (s *stream) Kinds() []record.Name { return []record.Name{s.object.Kind} }

// Identity implements source.Stream.
func (s *stream) Identity() source.Identity { return s.identity }

// Restart implements source.Stream.
func (s *stream) Restart(from source.Cursor) source.Cursor {
	c, ok := decodeCursor(from)
	if !ok {
		return nil
	}
	c.Phase, c.After, c.PassEnded = "", "", 0
	return c.encode()
}

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
func (s *stream) ofDeals() bool { return s.object.Kind == crm.Deals.Name() }
