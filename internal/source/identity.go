package source

import (
	"encoding/json"
	"fmt"

	"github.com/sales-exporter/sales_exporter/internal/config"
)

// Identity is what decides what the records of a stream say, by the names of the settings.
type Identity map[string]any

// String returns the identity as the text that a Stream gives.
func (i Identity) String() string {
	text, err := json.Marshal(i)
	if err != nil {
		panic(fmt.Sprintf("describe stream: %v", err)) // Plain maps and strings always marshal.
	}
	return string(text)
}

// Identity returns all that decides what the records of a source say. mapping is a number that a connector raises when
// it comes to read records differently.
func (e *Environment) Identity(cfg config.Source, mapping int) Identity {
	identity := Identity{"mapping": mapping, "map": cfg.Map}
	if NewSelection(cfg).NeedsName() {
		identity["name"] = true // of deals; it is read only then
	}
	// Left out where they are not configured, so that a mirror from before they could be goes on.
	if cfg.Currency != "" {
		identity["amounts"] = cfg.Currency
	}
	if cfg.Amount != "" {
		identity["amount"] = cfg.Amount
	}
	return identity
}
