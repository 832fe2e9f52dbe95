package salesforce

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/source"
	"github.com/sales-exporter/sales_exporter/internal/source/salesforce/api"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// referencesKept is for how long owners, stages and record types are taken as known.
const referencesKept = time.Hour

// references is what this process knows of what deals refer to by id, so that it notices a deal that names a stranger.
type references struct {
	readAt    time.Time // by our clock
	asOf      int64     // by the org's, in milliseconds since 1970
	reps      map[string]bool
	stages    map[string]bool
	pipelines map[string]bool

	// batch holds the records as they were read.
	batch record.Batch
	// committed says that the mirror has them.
	committed bool
}

func newReferences() references {
	return references{reps: map[string]bool{}, stages: map[string]bool{}, pipelines: map[string]bool{}}
}

// referenceStream gives reps, stages and pipelines. None of them moves a deal's SystemModstamp when it changes
// (crm/salesforce 3.6), so they are mirrored on their own and joined by id. All of them are read at a time, for a few
// calls: each reading is a full pass.
type referenceStream struct {
	*Source
	identity source.Identity

	restored bool // in this process
}

// Name implements source.Stream.
func (s *referenceStream) Name() string { return "references" }

// Kinds implements source.Stream.
func (s *referenceStream) Kinds() []record.Name {
	return []record.Name{crm.Reps.Name(), crm.Pipelines.Name(), crm.Stages.Name()}
}

// Identity implements source.Stream.
func (s *referenceStream) Identity() source.Identity { return s.identity }

// Restart implements source.Stream: whatever the cursor, the next reading is one of everything.
func (s *referenceStream) Restart(from source.Cursor) source.Cursor {
	s.references = newReferences()
	return from
}

// Behind implements source.Follower.
func (s *referenceStream) Behind() bool {
	return !s.references.readAt.IsZero() && !s.references.committed
}

// Sync implements source.Stream.
func (s *referenceStream) Sync(ctx context.Context, from source.Cursor, sink source.Sink) (source.Cursor, error) {
	c := decodeReferenceCursor(from)
	columns := append(s.plan.listed(), s.plan.organization)
	if !s.restored {
		for _, of := range columns {
			of.restore(c.Missing[of.object])
		}
		s.restored = true
	}
	if err := s.account.Identify(ctx, s.Name(), from, sink); err != nil {
		return nil, err
	}
	if err := s.refresh(ctx, &c); err != nil {
		return nil, err
	}
	c.Missing = map[string][]string{}
	for _, of := range columns {
		if missing := of.missingNames(); len(missing) > 0 {
			c.Missing[of.object] = missing
		}
	}
	if s.Behind() {
		c.Passes = s.passAfter(c.Passes)
		batch := s.references.batch
		batch.Pass, batch.Cursor = c.Passes, encodeCursor(&c)
		if err := sink.Commit(ctx, batch); err != nil {
			s.references = newReferences() // Whosever they are, they are read again.
			return nil, err
		}
		s.references.batch, s.references.committed = record.Batch{}, true
	}
	if err := s.account.Identify(ctx, s.Name(), encodeCursor(&c), sink); err != nil {
		return nil, err
	}
	return encodeCursor(&c), nil
}

// refresh reads the references where they are old. As often as a full pass tries every field of the deals, it tries what
// could not be read.
func (s *referenceStream) refresh(ctx context.Context, c *referenceCursor) error {
	if known := s.references.readAt; !known.IsZero() && s.now().Sub(known) < referencesKept {
		return nil
	}
	now := s.api.Now().UnixMilli()
	retry := now-c.Tried >= s.fullPasses.Milliseconds()
	if retry {
		for _, of := range s.plan.listed() {
			of.reset()
		}
	}
	if err := s.readReferences(ctx); err != nil {
		return err
	}
	if retry {
		c.Tried = now
	}
	return nil
}

// readReferences reads owners, stages and record types. Their stream commits them.
func (s *Source) readReferences(ctx context.Context) error {
	refs, err := s.listReferences(ctx)
	if err != nil {
		return err
	}
	if err := s.selection.CheckPipelines(refs.pipelineNames()); err != nil {
		return err
	}
	if refs.batch.Account, err = s.account.Vouch(ctx); err != nil {
		return err
	}
	s.references = refs
	return nil
}

// listReferences reads owners, stages and record types whole.
func (s *Source) listReferences(ctx context.Context) (references, error) {
	refs := newReferences()
	refs.readAt, refs.asOf = s.now(), s.api.Now().UnixMilli()
	refs.batch.Sweep = []record.Name{crm.Reps.Name(), crm.Stages.Name()}
	for _, read := range []func(context.Context, *references) error{s.readReps, s.readStages, s.readRecordTypes} {
		if err := read(ctx, &refs); err != nil {
			return references{}, err
		}
	}
	return refs, nil
}

// pipelineNames returns what the record types go by.
func (refs *references) pipelineNames() (names []string) {
	for _, p := range crm.Pipelines.In(refs.batch.Rows) {
		names = append(names, namesOf(p)...)
	}
	return names
}

// namesOf returns what a record type goes by, its id in both lengths.
func namesOf(p crm.Pipeline) []string {
	return []string{p.ID, p.ID[:shortIDLength], p.Label, p.APIName}
}

func (s *Source) readReps(ctx context.Context, refs *references) error {
	c := s.plan.reps.columns
	return s.readList(ctx, c, crm.Reps.Name(), &refs.batch, func() string { return listQuery(c.object, c.names()) },
		func(f *fields) head {
			id, ok := source.LongRecordID(f.text("Id"))
			if !ok {
				f.fail(record.BadID)
				return head{}
			}
			rep := crm.Rep{
				Head: record.Head{ID: id, Dimensions: f.dimensions(s.plan.reps.mapped)},
				Name: f.text("Name"), Team: f.text("UserRole.Name"), Active: true,
			}
			if c.has("IsActive") {
				rep.Active = f.flag("IsActive", record.BadShape)
			}
			if !f.failed() {
				refs.reps[id] = true
				crm.Reps.Append(&refs.batch.Rows, rep)
			}
			return head{id: id}
		})
}

// readStages reads the stages, which all record types share. Whether a stage is won is not taken over: the record's
// own IsWon and IsClosed rule.
func (s *Source) readStages(ctx context.Context, refs *references) error {
	c := s.plan.stages
	return s.readList(ctx, c, crm.Stages.Name(), &refs.batch, func() string { return listQuery(c.object, c.names()) },
		func(f *fields) head {
			label := f.text("MasterLabel")
			stage := crm.Stage{
				// Deals name a stage by this text.
				Head: record.Head{ID: value.CleanLabel(cmp.Or(f.text("ApiName"), label))}, Position: f.whole("SortOrder"),
				Probability: f.percent("DefaultProbability"),
			}
			stage.Label = cmp.Or(label, stage.ID)
			if stage.ID == "" {
				f.fail(record.BadShape)
			}
			if !f.failed() {
				refs.stages[stage.ID] = true
				crm.Stages.Append(&refs.batch.Rows, stage)
			}
			return head{id: stage.ID}
		})
}

func (s *Source) readRecordTypes(ctx context.Context, refs *references) error {
	c := s.plan.recordTypes
	err := s.readList(ctx, c, crm.Pipelines.Name(), &refs.batch, func() string { return recordTypeQuery(c.names()) },
		func(f *fields) head {
			id, ok := source.LongRecordID(f.text("Id"))
			if !ok {
				f.fail(record.BadID)
				return head{}
			}
			p := crm.Pipeline{Head: record.Head{ID: id}, Label: f.text("Name"), APIName: f.text("DeveloperName")}
			p.Label = cmp.Or(p.Label, p.APIName)
			refs.pipelines[id] = true
			crm.Pipelines.Append(&refs.batch.Rows, p)
			return head{id: id}
		})
	if api.Said(err).Code == api.CodeInvalidType {
		// Not every edition has record types. Without a list there is nothing to sweep.
		if s.first("object " + c.object) {
			s.log.Warn("Record types cannot be read; pipelines have no labels")
		}
		return nil
	}
	if err == nil {
		refs.batch.Sweep = append(refs.batch.Sweep, crm.Pipelines.Name())
	}
	return err
}

// readList reads all of a small object into the batch.
func (s *Source) readList(
	ctx context.Context, c *columns, kind record.Name, batch *record.Batch, query func() string, read func(*fields) head,
) error {
	return s.selecting(c, func() error {
		rows, err := s.api.All(ctx, query())
		if err != nil {
			return fmt.Errorf("read all of %s: %w", c.object, err)
		}
		return eachRecord(kind, rows, batch, read)
	})
}

// settle completes the deals of a page, and reads the references once more for one that names a stranger.
func (r *run) settle(ctx context.Context, p *page) error {
	if !r.refreshed && r.namesStranger(crm.Deals.In(p.batch.Rows)) {
		r.refreshed = true
		if err := r.readReferences(ctx); err != nil {
			// Cut off from its cause: a code in there is not an answer to the query whose page this is.
			return &source.Error{Reason: source.ReasonOf(err), Wait: source.WaitOf(err), Err: errors.New(err.Error())}
		}
	}
	var currency string
	if account := r.account.Account(); account != nil {
		currency = account.Currency
	}
	deals := crm.Deals.In(p.batch.Rows)
	for i := range deals {
		deals[i].Currency = strings.ToUpper(cmp.Or(deals[i].Currency, currency))
	}
	return nil
}

// namesStranger reports whether a deal names an owner, a stage or a record type that came after the references were
// read. What an older deal names in vain stays unknown: reading again would not help.
func (r *run) namesStranger(deals []crm.Deal) bool {
	refs := r.references
	for _, d := range deals {
		if d.Version < refs.asOf {
			continue
		}
		if d.Rep != "" && !refs.reps[d.Rep] || !refs.stages[d.Stage] || d.Pipeline != "" && !refs.pipelines[d.Pipeline] {
			return true
		}
	}
	return false
}
