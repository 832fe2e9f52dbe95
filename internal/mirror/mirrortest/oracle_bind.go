package mirrortest

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/mirror"
	"github.com/sales-exporter/sales_exporter/internal/record"
)

// bindings are the identities under which the records of an account were written.
type bindings struct {
	bound mirror.Identity
	known bool // it was ever bound
	// whole is the identity of the last Finish, or of the first Bind; since are those of the commits behind it.
	whole mirror.Identity
	since []mirror.Identity
}

// commit remembers under which identity something was written.
func (b *bindings) commit() { b.since = append(slices.Clip(b.since), b.bound) }

// finish believes that everything was read under the present identity.
func (b *bindings) finish() { b.whole, b.since = b.bound, nil }

// pending lists the columns on which the identities do not agree.
func (b *bindings) pending() []string {
	columns := map[string]bool{}
	for _, identity := range append([]mirror.Identity{b.bound}, b.since...) {
		for _, pair := range [][2]map[string]string{
			{identity.Columns, b.whole.Columns}, {b.whole.Columns, identity.Columns},
		} {
			for name, filler := range pair[0] {
				if other, both := pair[1][name]; !both || other != filler {
					columns[name] = true
				}
			}
		}
	}
	return slices.Sorted(maps.Keys(columns))
}

// fits reports whether the records may stay under an identity.
func (b *bindings) fits(identity mirror.Identity) bool {
	for name, filler := range b.whole.Columns {
		if wanted, mapped := identity.Columns[name]; mapped && wanted != filler {
			return false
		}
	}
	return b.known && b.bound.Address == identity.Address && b.bound.Meaning == identity.Meaning
}

// lacking lists the columns that one of two identities has alone.
func lacking(a, b mirror.Identity) (names []string) {
	for _, pair := range [][2]map[string]string{{a.Columns, b.Columns}, {b.Columns, a.Columns}} {
		for name := range pair[0] {
			if _, both := pair[1][name]; !both {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	return names
}

func refilled(a, b mirror.Identity) (names []string) {
	for _, name := range slices.Sorted(maps.Keys(a.Columns)) {
		if other, both := b.Columns[name]; both && other != a.Columns[name] {
			names = append(names, name)
		}
	}
	return names
}

// shown is the generation that readers get.
func (a *account) shown() *account {
	if a.served == nil && a.kept != nil && a.kept.served != nil {
		return a.kept
	}
	return a
}

func (o *Oracle) now() time.Time {
	if o.Now == nil {
		return time.Now()
	}
	return o.Now()
}

// Bind implements mirror.Store.
func (o *Oracle) Bind(
	ctx context.Context, source mirror.Stream, identity mirror.Identity, restart mirror.Restart,
) (mirror.Binding, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return mirror.Bound, err
	}
	before := o.accounts[source]
	if before == nil {
		o.accounts[source] = o.begin(identity)
		return mirror.Bound, nil
	}
	a := before.clone()
	if kept := a.kept; kept != nil && !a.bindings.fits(identity) && kept.bindings.fits(identity) {
		resumed := kept.clone()
		a.kept = nil
		resumed.kept, resumed.keptAt = a, o.now()
		a = resumed
	}
	if !a.bindings.fits(identity) {
		return o.replace(source, a, identity), nil
	}
	o.accounts[source] = a
	again := !maps.Equal(a.bindings.bound.Columns, identity.Columns)
	a.bindings.bound = identity
	if !again || len(a.bindings.pending()) == 0 {
		return mirror.Bound, nil
	}
	if len(a.cursor) > 0 {
		a.cursor = restart(a.cursor)
	}
	return mirror.Widened, nil
}

func (o *Oracle) begin(identity mirror.Identity) *account {
	o.generations++
	return &account{
		bindings: bindings{bound: identity, known: true, whole: identity}, known: map[Key]known{}, generation: o.generations,
	}
}

// replace begins a generation, beside the one that readers get unless that is of another address.
func (o *Oracle) replace(source mirror.Stream, a *account, identity mirror.Identity) mirror.Binding {
	o.revision++
	fresh, shown := o.begin(identity), a.shown()
	for _, n := range shown.names {
		n.held = false
		fresh.names = append(fresh.names, n)
	}
	o.accounts[source] = fresh
	if !a.bindings.known || a.bindings.bound.Address != identity.Address {
		return mirror.Forgotten
	}
	if shown.itself != (record.AccountIdentity{}) {
		fresh.itself, fresh.told = shown.itself, o.revision
	}
	fresh.kept, fresh.keptAt = shown.clone(), o.now()
	fresh.kept.kept = nil
	return mirror.Replaced
}

// Collect implements mirror.Store.
func (o *Oracle) Collect(ctx context.Context) (bool, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for source, a := range o.accounts {
		if a.kept != nil && a.shown() == a && o.now().Sub(a.keptAt) >= 24*time.Hour {
			a = a.clone()
			a.kept = nil
			o.accounts[source] = a
		}
	}
	return false, ctx.Err()
}
