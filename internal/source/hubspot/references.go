package hubspot

import (
	"context"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/source"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// referencesAge is how long renamed reps, moved teams and new stages may go unnoticed.
const referencesAge = time.Hour

// references are the records that deals refer to. They are read whole, so the last reading counts whatever it says of
// its modification date: a restored stock pipeline goes back to 1970 (crm/hubspot 2.8). Hence their version is 0.
type references struct {
	loaded    bool
	readAt    int64 // in milliseconds since 1970
	pipelines map[string]crm.Pipeline
	stages    map[stageKey]crm.Stage
	reps      map[string]crm.Rep

	// missing holds what a reading could not find, such as the owner of an old deal who was purged, so that the same
	// deal does not have all references read again in every sync.
	missing map[any]bool

	// fresh says that they were read in this cycle.
	fresh bool
	// pending are the records of a reading that the mirror does not have yet.
	pending *record.Batch
}

// referenceStream gives reps, pipelines and stages. All of them are read at a time, for three calls: each reading is a
// full pass.
type referenceStream struct {
	*Source
	identity source.Identity
}

// Name implements source.Stream.
func (s *referenceStream) Name() string { return "references" }

// Kinds implements source.Stream.
func (s *referenceStream) Kinds() []record.Name {
	return []record.Name{crm.Reps.Name(), crm.Pipelines.Name(), crm.Stages.Name()}
}

// Identity implements source.Stream.
func (s *referenceStream) Identity() string { return s.identity.String() }

// Behind implements source.Follower.
func (s *referenceStream) Behind() bool { return s.references.pending != nil || s.wanted() }

// wanted reports whether the deals are to be read anew, and not yet by references of this cycle.
func (s *Source) wanted() bool { return s.chains.behind() && !s.references.fresh }

// Sync implements source.Stream. It is the first one of a cycle.
func (s *referenceStream) Sync(ctx context.Context, from source.Cursor, sink source.Sink) (source.Cursor, error) {
	c := decodeReferenceCursor(from)
	// A file that was replaced since the last cycle is noticed here, not with the first page.
	if _, err := s.api.credential(ctx); err != nil {
		return nil, err
	}
	if err := s.account.Identify(ctx, s.Name(), from, sink); err != nil {
		return nil, err
	}
	if waiting := s.references.pending; waiting == nil {
		s.references.fresh = false // A cycle begins.
	} else if !s.isOfThisAccount(waiting) {
		s.references = references{}
	}
	if s.references.pending == nil && (s.wanted() || s.older(c.Read, referencesAge)) {
		if err := s.readReferences(ctx); err != nil {
			return nil, err
		}
	}
	if s.references.pending != nil {
		c.Pass, c.Read = s.api.passAfter(c.Pass), s.references.readAt
		batch := *s.references.pending
		batch.Pass, batch.Sweep, batch.Cursor = c.Pass, s.Kinds(), encodeCursor(&c)
		if err := sink.Commit(ctx, batch); err != nil {
			return nil, err
		}
		s.references.pending = nil
	}
	s.committedReferences = c.Read
	if err := s.account.Identify(ctx, s.Name(), encodeCursor(&c), sink); err != nil {
		return nil, err
	}
	return encodeCursor(&c), nil
}

// isOfThisAccount reports whether records that wait for the mirror are those of the account that is read now: the
// credential may have been another one in between.
func (s *Source) isOfThisAccount(waiting *record.Batch) bool {
	now := s.account.Account()
	return waiting.Account == nil || now == nil || waiting.Account.ID == now.ID
}

// stageKey names a stage: HubSpot's id of it is unique in its pipeline only.
type stageKey struct{ pipeline, id string }

// unique is the stage's id among all stages of the account, as records outside this package refer to it.
func (k stageKey) unique() string {
	if k.id == "" {
		return ""
	}
	return k.pipeline + "/" + k.id
}

type (
	pipelineKey string
	repKey      string
)

// unknown returns what a deal refers to and no reading has been looking for.
func (r *references) unknown(deal *crm.Deal) []any {
	var keys []any
	own := strings.Clone // The keys are kept, and the values of a deal are parts of a whole record.
	if _, ok := r.pipelines[deal.Pipeline]; !ok && deal.Pipeline != "" {
		keys = append(keys, pipelineKey(own(deal.Pipeline)))
	}
	if _, ok := r.stages[stageKey{deal.Pipeline, deal.Stage}]; !ok && deal.Stage != "" {
		keys = append(keys, stageKey{own(deal.Pipeline), own(deal.Stage)})
	}
	if _, ok := r.reps[deal.Rep]; !ok && deal.Rep != "" {
		keys = append(keys, repKey(own(deal.Rep)))
	}
	return slices.DeleteFunc(keys, func(key any) bool { return r.missing[key] })
}

// recoverReferences reads the references again where the reading that the deals needed never reached the mirror: the
// process died in between.
func (r *run) recoverReferences(ctx context.Context) error {
	if r.cursor.References <= r.committedReferences || r.references.pending != nil {
		return nil
	}
	return r.refreshReferences(ctx)
}

// refreshReferences reads the references once more for the sake of the deals, if that was not yet done in this cycle.
// Their stream commits them.
func (r *run) refreshReferences(ctx context.Context) error {
	if !r.references.fresh {
		if err := r.readReferences(ctx); err != nil {
			return err
		}
	}
	r.cursor.References = r.references.readAt
	return nil
}

// readReferences reads pipelines, stages and owners.
func (s *Source) readReferences(ctx context.Context) error {
	if err := s.refuseAmount(ctx); err != nil {
		return err
	}
	fresh := references{
		loaded: true, fresh: true, readAt: s.api.clock.now().UnixMilli(), missing: map[any]bool{},
	}
	var err error
	if fresh.pipelines, fresh.stages, err = s.api.pipelines(ctx); err != nil {
		return err
	}
	if err := s.selection.CheckPipelines(fresh.pipelineNames()); err != nil {
		return err
	}
	if fresh.reps, err = s.api.owners(ctx, s.plan.owner); err != nil {
		return err
	}
	batch := fresh.batch()
	if batch.Account, err = s.account.Vouch(ctx); err != nil {
		return err
	}
	fresh.pending = &batch
	s.references = fresh
	return nil
}

func (r *references) pipelineNames() []string {
	var names []string
	for id, p := range r.pipelines {
		names = append(names, id, p.Label)
	}
	return names
}

// batch returns the references as records, in an order that does not change.
func (r *references) batch() record.Batch {
	var b record.Batch
	for _, p := range r.pipelines {
		crm.Pipelines.Append(&b.Rows, p)
	}
	for _, s := range r.stages {
		crm.Stages.Append(&b.Rows, s)
	}
	for _, rep := range r.reps {
		crm.Reps.Append(&b.Rows, rep)
	}
	slices.SortFunc(crm.Pipelines.In(b.Rows), func(x, y crm.Pipeline) int { return strings.Compare(x.ID, y.ID) })
	slices.SortFunc(crm.Stages.In(b.Rows), func(x, y crm.Stage) int {
		return strings.Compare(x.Pipeline+"\x00"+x.ID, y.Pipeline+"\x00"+y.ID)
	})
	slices.SortFunc(crm.Reps.In(b.Rows), func(x, y crm.Rep) int { return strings.Compare(x.ID, y.ID) })
	return b
}

// wireStage is a stage as HubSpot writes it.
type wireStage struct {
	ID           text `json:"id"`
	Label        text `json:"label"`
	DisplayOrder int  `json:"displayOrder"`
	Metadata     struct {
		IsClosed    text `json:"isClosed"`
		Probability text `json:"probability"`
	} `json:"metadata"`
}

// stage returns the stage of a pipeline. Won and lost follow from its metadata, never from its label.
func (w *wireStage) stage(pipeline string) crm.Stage {
	s := crm.Stage{
		Head:     record.Head{ID: stageKey{pipeline, string(w.ID)}.unique()},
		Pipeline: pipeline, Label: string(w.Label), Position: w.DisplayOrder,
		Probability: probability(w.Metadata.Probability),
	}
	closed, known := w.Metadata.IsClosed.truth()
	switch {
	case known && !closed:
		s.Outcome = crm.OutcomeOpen
	case closed && s.Probability == value.ProbabilityScale:
		s.Outcome = crm.OutcomeWon
	case closed && s.Probability == 0:
		s.Outcome = crm.OutcomeLost
	}
	return s
}

// probability reads a chance such as "0.200000000000000011102230246251565404236316680908203125".
func probability(raw text) value.Probability {
	ratio, err := strconv.ParseFloat(string(raw), 64)
	if err != nil || math.IsNaN(ratio) || math.IsInf(ratio, 0) {
		return value.ProbabilityUnknown
	}
	return value.ProbabilityOf(ratio)
}

// pipelines reads all pipelines of deals with their stages; the answer has no pages.
func (a *api) pipelines(ctx context.Context) (map[string]crm.Pipeline, map[stageKey]crm.Stage, error) {
	var answer struct {
		Results []struct {
			ID     text        `json:"id"`
			Label  text        `json:"label"`
			Stages []wireStage `json:"stages"`
		} `json:"results"`
	}
	err := a.call(ctx, source.Request{
		Path: "/crm/pipelines/" + a.version + "/deals", Endpoint: "crm/pipelines/deals",
	}, required(&answer, func() bool { return answer.Results != nil }))
	if err != nil {
		return nil, nil, err
	}
	pipelines, stages := map[string]crm.Pipeline{}, map[stageKey]crm.Stage{}
	for _, p := range answer.Results {
		id := string(p.ID)
		pipelines[id] = crm.Pipeline{Head: record.Head{ID: id}, Label: string(p.Label)}
		for _, s := range p.Stages {
			stages[stageKey{id, string(s.ID)}] = s.stage(id)
		}
	}
	return pipelines, stages, nil
}

// wireOwner is an owner as HubSpot writes it, without the e-mail address, which nobody needs.
type wireOwner struct {
	ID        text   `json:"id"`
	Type      text   `json:"type"`
	FirstName text   `json:"firstName"`
	LastName  text   `json:"lastName"`
	Archived  bool   `json:"archived"`
	Teams     []team `json:"teams"`
}

type team struct {
	Name    text `json:"name"`
	Primary bool `json:"primary"`
}

// owners reads active and deactivated owners: without the latter, history belongs to nobody.
func (a *api) owners(ctx context.Context, dimensions []dimension) (map[string]crm.Rep, error) {
	reps := map[string]crm.Rep{}
	// An owner who is deactivated between the two listings is in both; the later one is right.
	for _, archived := range []bool{false, true} {
		err := a.ownerPages(ctx, archived, func(o *wireOwner) {
			if o.ID != "" {
				reps[string(o.ID)] = o.rep(archived || o.Archived, dimensions)
			}
		})
		if err != nil {
			return nil, err
		}
	}
	return reps, nil
}

func (a *api) ownerPages(ctx context.Context, archived bool, visit func(*wireOwner)) error {
	query := url.Values{"limit": {strconv.Itoa(listLimit)}, "archived": {strconv.FormatBool(archived)}}
	seen := visited{}
	for {
		var answer struct {
			Results []wireOwner `json:"results"`
			Paging  paging      `json:"paging"`
		}
		err := a.call(ctx, source.Request{
			Method: http.MethodGet, Path: "/crm/owners/" + a.version, Query: query, Endpoint: "crm/owners",
		}, required(&answer, func() bool { return answer.Results != nil }))
		if err != nil {
			return err
		}
		for i := range answer.Results {
			visit(&answer.Results[i])
		}
		after := string(answer.Paging.Next.After)
		if after == "" {
			return nil
		}
		if err := seen.add(after); err != nil {
			return err
		}
		query.Set("after", after)
	}
}

func (o *wireOwner) rep(archived bool, dimensions []dimension) crm.Rep {
	// An archived owner may come without a name: the one that is stored stays. It is never the e-mail address.
	name := strings.TrimSpace(string(o.FirstName) + " " + string(o.LastName))
	rep := crm.Rep{Head: record.Head{ID: string(o.ID)}, Name: name, Team: o.team(), Active: !archived}
	rep.Dimensions = labels(dimensions, func(property string) string {
		if property == ownerType {
			return string(o.Type)
		}
		return rep.Team
	})
	return rep
}

func (o *wireOwner) team() string {
	for _, t := range o.Teams {
		if t.Primary {
			return string(t.Name)
		}
	}
	if len(o.Teams) > 0 {
		return string(o.Teams[0].Name)
	}
	return ""
}
