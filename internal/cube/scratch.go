package cube

import "sync"

// Scratch keeps the memory of lanes and populations from one computation for the next: taking it anew from the operating
// system costs more than adding up. What was in it is forgotten. A nil Scratch keeps nothing.
type Scratch struct {
	mu      sync.Mutex
	words   [][]int64
	members [][]Member
}

// maxKept bounds how many pieces of a kind are kept.
const maxKept = 64

// takeWords returns some words, all 0.
func (s *Scratch) takeWords(n int) []int64 {
	if s == nil {
		return make([]int64, n)
	}
	s.mu.Lock()
	kept := take(&s.words, n)
	s.mu.Unlock()
	if kept == nil {
		return make([]int64, n)
	}
	clear(kept[:cap(kept)]) // All of it, for a lane grows into what is beyond.
	return kept[:n]
}

func (s *Scratch) keepWords(words []int64) {
	if s != nil {
		s.mu.Lock()
		keep(&s.words, words)
		s.mu.Unlock()
	}
}

// takeMembers returns room for some members, with whatever is in it.
func (s *Scratch) takeMembers(n int) []Member {
	if s == nil {
		return make([]Member, n)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if kept := take(&s.members, n); kept != nil {
		return kept[:n]
	}
	return make([]Member, n)
}

func (s *Scratch) keepMembers(members []Member) {
	if s != nil {
		s.mu.Lock()
		keep(&s.members, members)
		s.mu.Unlock()
	}
}

// take removes the smallest piece that has room for n, nil if there is none.
func take[T any](pieces *[][]T, n int) []T {
	best := -1
	for i, piece := range *pieces {
		if cap(piece) >= n && (best < 0 || cap(piece) < cap((*pieces)[best])) {
			best = i
		}
	}
	if best < 0 || cap((*pieces)[best]) > 4*n+BlockRows {
		return nil
	}
	piece, last := (*pieces)[best], len(*pieces)-1
	(*pieces)[best] = (*pieces)[last]
	*pieces = (*pieces)[:last]
	return piece
}

func keep[T any](pieces *[][]T, piece []T) {
	if cap(piece) > 0 && len(*pieces) < maxKept {
		*pieces = append(*pieces, piece)
	}
}
