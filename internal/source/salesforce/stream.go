package salesforce

import (
	"context"

	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/source"
)

// mappingVersion is raised when records come to be read differently.
const mappingVersion = 1

// newStreams returns the streams of a source: what is read whole, and one of each object.
func newStreams(s *Source, cfg config.Source) []source.Stream {
	mapped := func(dimensions ...dimension) map[string]config.Mapping {
		mapped := map[string]config.Mapping{}
		for _, d := range dimensions {
			mapped[d.name] = cfg.Map[d.name]
		}
		return mapped
	}
	own := func(o *object) source.Identity {
		return source.Meaning{"mapping": mappingVersion}.Identity(mapped(o.mapped...))
	}
	deals := s.environment.Deals(cfg, mappingVersion, mapped(s.plan.deals.mapped...), mapped(s.plan.reps.mapped...))
	streams := []source.Stream{&referenceStream{Source: s, identity: own(s.plan.reps)}}
	for _, o := range s.plan.objects {
		identity := own(o)
		if o == s.plan.deals {
			identity = deals
		}
		streams = append(streams, &stream{Source: s, object: o, identity: identity})
	}
	return streams
}

// stream gives the records of one object, which is read by id and by modification time.
type stream struct {
	*Source
	object   *object
	identity source.Identity

	described bool // in this process
}

// Name implements source.Stream.
func (s *stream) Name() string { return string(s.object.kind) }

// Kinds implements source.Stream.
func (s *stream) Kinds() []record.Name { return []record.Name{s.object.kind} }

// Identity implements source.Stream.
func (s *stream) Identity() source.Identity { return s.identity }

// Restart implements source.Stream.
func (s *stream) Restart(from source.Cursor) source.Cursor {
	c, ok := decodeCursor(from)
	if !ok {
		return nil
	}
	c.Again, c.Pass = true, nil
	return encodeCursor(&c)
}

// Sync implements source.Stream.
func (s *stream) Sync(ctx context.Context, from source.Cursor, sink source.Sink) (source.Cursor, error) {
	state, ok := decodeCursor(from)
	if !ok {
		s.log.Warn("The stored cursor cannot be read; starting a full sync", "stream", s.Name())
	}
	if !s.described {
		s.object.columns.restore(state.Missing)
	}
	if err := s.account.Identify(ctx, s.Name(), from, sink); err != nil {
		return nil, err
	}
	r := &run{stream: s, sink: sink, cursor: state}
	if err := r.sync(ctx); err != nil {
		if !s.references.committed {
			s.references = newReferences() // Read on the way here, and perhaps from another account.
		}
		if source.ReasonOf(err) == source.ReasonScope {
			err = &source.UnavailableError{Err: err}
		}
		return nil, err
	}
	if err := s.account.Identify(ctx, s.Name(), r.encode(), sink); err != nil {
		return nil, err
	}
	return r.encode(), nil
}

// ofDeals reports whether the stream gives the deals.
func (s *stream) ofDeals() bool { return s.object.kind == crm.Deals.Name() }
