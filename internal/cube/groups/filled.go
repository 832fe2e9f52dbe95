package groups

import (
	"math/bits"
	"slices"
)

// filled is the groups of deals whose own values leave gaps which their accounts fill: a group for each pair of origin
// and account values that some deal has.
type filled struct {
	gaps     []bool   // by origin: an account's value would be used
	accounts []uint32 // by account: number of the tuple of its values, 0 where it has none
	pairs    []uint64 // open addressing: origin and tuple, 0 is free, for 0 is no tuple of a pair; a power of two long
	groups   []uint32 // parallel
	shift    int
}

// fill makes the groups of all deals of the source. It is done before the pass, whose readers must not disturb each
// other.
func (g *Groups) fill() {
	s, d := g.source, &g.source.Deals
	f := &filled{gaps: make([]bool, s.Origins.Len()), accounts: make([]uint32, len(s.Accounts.Entries))}
	for a := range f.accounts {
		f.accounts[a] = s.Accounts.Entries[s.Accounts.Survivor(uint32(a))].Record
	}
	for origin := range f.gaps {
		f.gaps[origin] = g.hasGap(uint32(origin))
	}
	f.resize(1 << 10)
	var pairs []uint64
	for row, origin := range d.Origin {
		values := f.accounts[d.Account[row]]
		if values == 0 || !f.gaps[origin] || !d.Flags[row].Alive() {
			continue
		}
		pair := pairOf(origin, values)
		if slot := f.find(pair); f.pairs[slot] == 0 {
			f.pairs[slot] = pair
			pairs = append(pairs, pair)
			if 2*len(pairs) > len(f.pairs) {
				f.resize(2 * len(f.pairs))
				for _, known := range pairs {
					f.pairs[f.find(known)] = known
				}
			}
		}
	}
	slices.Sort(pairs)
	for _, pair := range pairs {
		f.groups[f.find(pair)] = g.add(uint32(pair>>32), uint32(pair))
	}
	g.filled = f
}

func pairOf(origin, values uint32) uint64 { return uint64(origin)<<32 | uint64(values) }

// resize empties the table and gives it room for some pairs.
func (f *filled) resize(slots int) {
	f.pairs, f.groups = make([]uint64, slots), make([]uint32, slots)
	f.shift = 64 - bits.Len(uint(slots-1))
}

// find returns the slot that holds a pair or would hold it.
func (f *filled) find(pair uint64) int {
	const golden = 0x9e3779b97f4a7c15 // 2^64 by the golden ratio spreads what differs in low bits
	slot := int(pair * golden >> f.shift)
	for f.pairs[slot] != pair && f.pairs[slot] != 0 {
		slot = (slot + 1) & (len(f.pairs) - 1)
	}
	return slot
}

// of returns the group of a deal with some origin and account.
func (f *filled) of(origin, account uint32) uint32 {
	values := f.accounts[account]
	if values == 0 || !f.gaps[origin] {
		return origin
	}
	return f.groups[f.find(pairOf(origin, values))]
}

// Of returns the group of the deal in a row.
func (g *Groups) Of(row int) uint32 {
	origin := g.source.Deals.Origin[row]
	if g.filled == nil {
		return origin
	}
	return g.filled.of(origin, g.source.Deals.Account[row])
}

func (g *Groups) hasGap(origin uint32) bool {
	g.own = g.source.Origins.At(origin, g.own)
	for i, name := range g.source.Facts.Mapped {
		if g.own[2+i] == 0 && name != "team" { // No account has a team.
			return true
		}
	}
	return false
}
