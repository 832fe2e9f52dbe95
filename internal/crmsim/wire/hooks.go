package wire

import (
	"strings"
	"sync"
)

// Hooks are what tests turn on while a façade is in use: fields that permissions hide, by the vendor's names in any case,
// and lists that go wrong, by the world's kinds. The zero value has none on.
type Hooks struct {
	mu       sync.RWMutex
	hidden   map[string]bool
	listings map[string]Listing
}

// Hide makes fields look as if they did not exist.
func (h *Hooks) Hide(names ...string) { h.set(true, names) }

// Show takes back what Hide did.
func (h *Hooks) Show(names ...string) { h.set(false, names) }

func (h *Hooks) set(hidden bool, names []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.hidden == nil {
		h.hidden = map[string]bool{}
	}
	for _, name := range names {
		h.hidden[strings.ToLower(name)] = hidden
	}
}

// Hides reports whether a field is hidden.
func (h *Hooks) Hides(name string) bool {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return h.hidden[strings.ToLower(name)]
}

// Spoil makes the lists of a kind go wrong.
func (h *Hooks) Spoil(kind string, l Listing) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.listings == nil {
		h.listings = map[string]Listing{}
	}
	h.listings[kind] = l
}

// Listing returns how the lists of a kind go wrong.
func (h *Hooks) Listing(kind string) Listing {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return h.listings[kind]
}
