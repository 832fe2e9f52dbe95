package mirrortest

import (
	"context"
	"maps"
	"slices"

	"github.com/sales-exporter/sales_exporter/internal/mirror"
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
	a := o.account(source).clone()
	o.accounts[source] = a
	if before != nil && !a.bindings.fits(identity) {
		o.revision++
		fresh := &account{bindings: bindings{bound: identity, known: true, whole: identity}, known: map[Key]known{}}
		for _, n := range a.names {
			n.held = false
			fresh.names = append(fresh.names, n)
		}
		o.accounts[source] = fresh
		return mirror.Forgotten, nil
	}
	if before == nil {
		a.bindings.whole = identity
	}
	again := !maps.Equal(a.bindings.bound.Columns, identity.Columns)
	a.bindings.bound, a.bindings.known = identity, true
	if !again || len(a.bindings.pending()) == 0 {
		return mirror.Bound, nil
	}
	if len(a.cursor) > 0 {
		a.cursor = restart(a.cursor)
	}
	return mirror.Widened, nil
}
