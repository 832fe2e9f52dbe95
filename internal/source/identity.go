package source

import (
	"encoding/json"
	"fmt"
	"maps"

	"github.com/sales-exporter/sales_exporter/internal/config"
)

// Identity is what decides what the records of a stream say, but for the account that they come from.
type Identity struct {
	// Meaning decides what all of a record says. Records of another one are read anew.
	Meaning string
	// Columns are what the configuration fills, each with what fills it. One that is new, or gone, asks for one full pass
	// over the records that there are; one that is filled otherwise has them read anew. A dimension goes by its name, any
	// other column by its kind and its name, with a slash between them.
	Columns map[string]string
	// Former are the texts by which earlier versions knew the same.
	Former []string
}

// Meaning is what decides what records say, by the names of the settings.
type Meaning map[string]any

// Identity returns the identity of a stream whose records have dimensions of these mappings.
func (m Meaning) Identity(mapped map[string]config.Mapping) Identity {
	identity := Identity{Meaning: describe(m), Columns: map[string]string{}, Former: []string{m.former(mapped)}}
	for name, mapping := range mapped {
		identity.Columns[name] = describe(mapping)
	}
	return identity
}

// former is the text by which earlier versions knew a meaning together with its dimensions.
func (m Meaning) former(mapped map[string]config.Mapping) string {
	m = maps.Clone(m)
	m["map"] = mapped
	return describe(m)
}

func describe(setting any) string {
	text, err := json.Marshal(setting)
	if err != nil {
		panic(fmt.Sprintf("describe stream: %v", err)) // Plain maps and strings always marshal.
	}
	return string(text)
}

// Meaning returns all that decides what the deals of a source say, but for what fills single columns. mapping is a number
// that a connector raises when it comes to read records differently.
func (e *Environment) Meaning(cfg config.Source, mapping int) Meaning {
	meaning := Meaning{"mapping": mapping}
	// Left out where they are not configured, so that a mirror from before they could be goes on.
	if cfg.Currency != "" {
		meaning["amounts"] = cfg.Currency
	}
	if cfg.Amount != "" {
		meaning["amount"] = cfg.Amount
	}
	return meaning
}

// Deals returns the identity of a stream that gives deals. mapped are the dimensions that it gives, reps those of another
// stream that gives the reps, nil where this one gives them too.
func (e *Environment) Deals(cfg config.Source, mapping int, mapped, reps map[string]config.Mapping) Identity {
	meaning := e.Meaning(cfg, mapping)
	identity := meaning.Identity(mapped)
	if NewSelection(cfg).NeedsName() {
		// It is read only then.
		identity.Columns["deals/name"] = "name"
		meaning["name"] = true
		identity.Former = []string{meaning.former(mapped)}
		return identity
	}
	// Which deals count was stored with them before, and followed all that an expression read; amounts were those in the
	// reporting currency.
	meaning["pipelines"], meaning["currency"], meaning["zone"] = cfg.Pipelines, e.Currency, e.zone().String()
	if cfg.Exclude != nil {
		meaning["exclude"], meaning["expressions"] = cfg.Exclude.String(), 2
		if reps != nil {
			meaning["reps"] = reps
		}
	}
	identity.Former = append(identity.Former, meaning.former(mapped))
	return identity
}
