package crmsim

import (
	"fmt"
	"maps"
	"slices"
	"time"
)

// historyKept is for how long superseded versions of a deal stay readable, which bounds how far an index may lag.
const historyKept = time.Hour

func (d *Deal) clone() *Deal {
	c := *d
	c.Properties = maps.Clone(d.Properties)
	c.MergedIDs = slices.Clone(d.MergedIDs)
	return &c
}

// moment is the clock at the resolution of the CRMs.
func (w *World) moment() time.Time { return w.now().UTC().Truncate(time.Millisecond) }

func (w *World) nextID(s sequence) int64 {
	w.lastID[s]++
	return w.lastID[s]
}

// AddTeam stores a team and returns its id.
func (w *World) AddTeam(name string) int64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	id := w.nextID(sequenceTeam)
	w.teams = append(w.teams, Team{ID: id, Name: name})
	return id
}

// AddRep stores a rep under a new id and returns it.
func (w *World) AddRep(r Rep) int64 {
	now := w.moment()
	w.mu.Lock()
	defer w.mu.Unlock()
	r.ID = w.nextID(sequenceRep)
	r.UserNumber = 555_000 + r.ID
	if r.Created.IsZero() {
		r.Created = now
	}
	if r.Modified.IsZero() {
		r.Modified = r.Created
	}
	w.reps = append(w.reps, r)
	return r.ID
}

// AddPipeline stores a pipeline; its stages get their positions from their order.
func (w *World) AddPipeline(p Pipeline) {
	w.mu.Lock()
	defer w.mu.Unlock()
	p.Number = w.nextID(sequencePipeline)
	p.Stages = slices.Clone(p.Stages)
	for i := range p.Stages {
		p.Stages[i].Position = i
	}
	w.pipelines = append(w.pipelines, p)
}

// AddAccount stores an account under a new id and returns it.
func (w *World) AddAccount(a Account) int64 {
	now := w.moment()
	w.mu.Lock()
	defer w.mu.Unlock()
	a.ID = w.nextID(sequenceAccount)
	a.Properties = maps.Clone(a.Properties)
	if a.Created.IsZero() {
		a.Created = now
	}
	if a.Modified.IsZero() {
		a.Modified = a.Created
	}
	w.accounts = append(w.accounts, &a)
	w.name(namedAccounts, a.Properties)
	return a.ID
}

// AddDeal stores a deal under a new id and returns it. Times of creation, modification and visibility default to now.
func (w *World) AddDeal(d Deal) int64 {
	now := w.moment()
	for _, t := range []*time.Time{&d.Created, &d.Modified, &d.VisibleAt} {
		if t.IsZero() {
			*t = now
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.addDeal(d, now)
}

func (w *World) addDeal(d Deal, at time.Time) int64 {
	d.ID = w.nextID(sequenceDeal)
	w.order = append(w.order, d.ID)
	w.store(d.clone(), at)
	return d.ID
}

// store makes d the newest version of its deal and forgets versions that no lagging index can still show.
func (w *World) store(d *Deal, at time.Time) {
	versions := w.deals[d.ID]
	for len(versions) > 1 && versions[1].VisibleAt.Before(at.Add(-historyKept)) {
		versions = versions[1:]
	}
	w.deals[d.ID] = append(slices.Clip(versions), d)
	w.name(namedDeals, d.Properties)
	w.current = nil
	if d.VisibleAt.After(w.latest) {
		w.latest = d.VisibleAt
	}
}

// change stores a new version of a deal without moving Modified. The lock is held.
func (w *World) change(id int64, at time.Time, edit func(*Deal)) error {
	if len(w.deals[id]) == 0 {
		return fmt.Errorf("change deal %d: %w", id, ErrUnknown)
	}
	d := w.newest(id).clone()
	d.VisibleAt = at
	edit(d)
	d.ID = id
	w.store(d, at)
	return nil
}

// update is change by a user: it moves Modified. An edit may set Modified and VisibleAt itself.
func (w *World) update(id int64, at time.Time, edit func(*Deal)) error {
	return w.change(id, at, func(d *Deal) {
		d.Modified = at
		edit(d)
	})
}

// Update edits a deal and moves Modified to now. The edit may overrule Modified and VisibleAt, to play a transaction
// that commits late.
func (w *World) Update(id int64, edit func(*Deal)) error {
	now := w.moment()
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.update(id, now, edit)
}

// MoveStage moves a deal to another stage of its pipeline.
func (w *World) MoveStage(id int64, stage string) error {
	now := w.moment()
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.enter(id, now, func(s Stage) bool { return s.ID == stage })
}

// Win closes a deal as won, now.
func (w *World) Win(id int64) error { return w.closeDeal(id, true) }

// Lose closes a deal as lost, now.
func (w *World) Lose(id int64) error { return w.closeDeal(id, false) }

func (w *World) closeDeal(id int64, won bool) error {
	now := w.moment()
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.enter(id, now, func(s Stage) bool { return s.Closed && s.Won == won })
}

// Reopen takes a closed deal back to the first stage of its pipeline, to be closed a month from now.
func (w *World) Reopen(id int64) error {
	now := w.moment()
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.enter(id, now, func(s Stage) bool { return !s.Closed })
}

// enter moves a deal to the first stage of its pipeline that is wanted. The lock is held.
func (w *World) enter(id int64, at time.Time, wanted func(Stage) bool) error {
	if len(w.deals[id]) == 0 {
		return fmt.Errorf("move deal %d: %w", id, ErrUnknown)
	}
	before := w.newest(id)
	from, _ := w.stage(before.Pipeline, before.Stage)
	to, ok := w.findStage(before.Pipeline, wanted)
	if !ok {
		return fmt.Errorf("move deal %d: stage: %w", id, ErrUnknown)
	}
	return w.update(id, at, func(d *Deal) {
		d.Stage, d.StageEntered, d.ForecastCategory = to.ID, at, to.ForecastCategory
		switch {
		case to.Closed:
			d.Close = at
		case from.Closed:
			d.Close = at.AddDate(0, 1, 0)
		}
	})
}

func (w *World) findStage(pipeline string, wanted func(Stage) bool) (Stage, bool) {
	for _, p := range w.pipelines {
		if p.ID != pipeline {
			continue
		}
		if i := slices.IndexFunc(p.Stages, wanted); i >= 0 {
			return p.Stages[i], true
		}
	}
	return Stage{}, false
}

// Redate sets the close date; the zero time clears it.
func (w *World) Redate(id int64, at time.Time) error {
	return w.Update(id, func(d *Deal) { d.Close = at })
}

// Reassign gives a deal to another rep; 0 takes it from everybody.
func (w *World) Reassign(id, rep int64) error {
	return w.Update(id, func(d *Deal) { d.Rep = rep })
}

// SetAmount sets the amount; "" clears it.
func (w *World) SetAmount(id int64, amount string) error {
	return w.Update(id, func(d *Deal) { d.Amount = amount })
}

// Archive puts a deal into the recycle bin. Modified does not move.
func (w *World) Archive(id int64) error {
	now := w.moment()
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.change(id, now, func(d *Deal) { d.Archived, d.ArchivedAt = true, now })
}

// Restore takes a deal out of the recycle bin. Modified does not move.
func (w *World) Restore(id int64) error {
	now := w.moment()
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.change(id, now, func(d *Deal) { d.Archived, d.RestoredAt = false, now })
}

// Purge removes a deal for good: no list shows it any more, the recycle bin neither.
func (w *World) Purge(id int64) error {
	now := w.moment()
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.change(id, now, func(d *Deal) { d.Purged = true })
}

// Merge makes a new deal of two, as HubSpot does: the values of the primary, the gaps filled from the other.
// Both vanish, the recycle bin does not hold them.
func (w *World) Merge(primary, other int64) (int64, error) {
	now := w.moment()
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.merge(primary, other, now)
}

func (w *World) merge(primary, other int64, at time.Time) (int64, error) {
	for _, id := range []int64{primary, other} {
		if len(w.deals[id]) == 0 || !w.newest(id).Live() {
			return 0, fmt.Errorf("merge deal %d: %w", id, ErrUnknown)
		}
	}
	a, b := w.newest(primary), w.newest(other)
	survivor := a.clone()
	survivor.Modified, survivor.VisibleAt = at, at
	survivor.MergedIDs = slices.Concat(a.MergedIDs, b.MergedIDs, []int64{primary, other})
	if survivor.Amount == "" {
		survivor.Amount, survivor.Currency = b.Amount, b.Currency
	}
	if survivor.Account == 0 {
		survivor.Account = b.Account
	}
	for name, value := range b.Properties {
		if survivor.Properties[name] == "" {
			if survivor.Properties == nil {
				survivor.Properties = map[string]string{}
			}
			survivor.Properties[name] = value
		}
	}
	id := w.addDeal(*survivor, at)
	for _, absorbed := range survivor.MergedIDs {
		if err := w.change(absorbed, at, func(d *Deal) { d.MergedInto = id }); err != nil {
			return 0, err
		}
	}
	return id, nil
}

// BulkTouch modifies many deals in one identical millisecond, as an import or a workflow at month end does.
func (w *World) BulkTouch(ids []int64) error {
	now := w.moment()
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, id := range ids {
		if err := w.update(id, now, func(*Deal) {}); err != nil {
			return err
		}
	}
	return nil
}

// EditStageProbability changes a stage and with it the calculated values of its deals, none of which is modified.
func (w *World) EditStageProbability(pipeline, stage, probability string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i := range w.pipelines {
		if w.pipelines[i].ID != pipeline {
			continue
		}
		for j := range w.pipelines[i].Stages {
			if w.pipelines[i].Stages[j].ID == stage {
				w.pipelines[i].Stages[j].Probability = probability
				return nil
			}
		}
	}
	return fmt.Errorf("edit stage: %w", ErrUnknown)
}

// UpdateRep edits a rep. No deal is modified by it.
func (w *World) UpdateRep(id int64, edit func(*Rep)) error {
	now := w.moment()
	w.mu.Lock()
	defer w.mu.Unlock()
	i, err := indexOf(w.reps, id, func(r Rep) int64 { return r.ID })
	if err != nil {
		return fmt.Errorf("update rep %d: %w", id, err)
	}
	w.reps[i].Modified = now
	edit(&w.reps[i])
	return nil
}

// RenameRep gives a rep another name. No deal is modified by it.
func (w *World) RenameRep(id int64, first, last string) error {
	return w.UpdateRep(id, func(r *Rep) { r.FirstName, r.LastName = first, last })
}

// UpdateAccount edits an account. No deal is modified by it.
func (w *World) UpdateAccount(id int64, edit func(*Account)) error {
	now := w.moment()
	w.mu.Lock()
	defer w.mu.Unlock()
	i, err := indexOf(w.accounts, id, func(a *Account) int64 { return a.ID })
	if err != nil {
		return fmt.Errorf("update account %d: %w", id, err)
	}
	a := *w.accounts[i]
	a.Properties = maps.Clone(a.Properties)
	a.Modified = now
	edit(&a)
	w.accounts[i] = &a
	w.name(namedAccounts, a.Properties)
	return nil
}

// MergeAccounts makes a new account of two, as HubSpot does: their deals are linked to it, and none is modified by that.
func (w *World) MergeAccounts(primary, other int64) (int64, error) {
	now := w.moment()
	w.mu.Lock()
	defer w.mu.Unlock()
	survivor := Account{ID: w.nextID(sequenceAccount), Created: now, Modified: now, Properties: map[string]string{}}
	for _, id := range []int64{other, primary} { // the values of the primary win
		i, err := indexOf(w.accounts, id, func(a *Account) int64 { return a.ID })
		if err != nil || w.accounts[i].MergedInto != 0 {
			return 0, fmt.Errorf("merge account %d: %w", id, ErrUnknown)
		}
		survivor.Name = w.accounts[i].Name
		maps.Copy(survivor.Properties, w.accounts[i].Properties)
		survivor.MergedIDs = append(survivor.MergedIDs, w.accounts[i].MergedIDs...)
	}
	survivor.MergedIDs = append(survivor.MergedIDs, primary, other)
	for i, a := range w.accounts {
		if slices.Contains(survivor.MergedIDs, a.ID) {
			gone := *a
			gone.Archived, gone.ArchivedAt, gone.MergedInto = true, now, survivor.ID
			w.accounts[i] = &gone
		}
	}
	w.accounts = append(w.accounts, &survivor)
	for _, id := range w.order {
		if d := w.newest(id); d.Account == primary || d.Account == other {
			if err := w.change(id, now, func(d *Deal) { d.Account = survivor.ID }); err != nil {
				return 0, err
			}
		}
	}
	return survivor.ID, nil
}
