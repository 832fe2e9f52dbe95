package stored

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/mirror"
)

// Claim is what the records of a stream are said to say. It is a value: a change makes another one.
type Claim struct {
	claim
	// former is the text of a claim as earlier programs wrote it: a checksum, with which only an equal one compares.
	former string
	text   string
}

type claim struct {
	mirror.Identity
	// Whole are the columns that every record has as of the last Finish; nil where they are those of the Identity.
	Whole map[string]string `json:"whole,omitempty"`
	// Narrow says that Whole counts, even if it is empty.
	Narrow bool `json:"narrow,omitempty"`
	// Mixed are columns that some records have and others have not.
	Mixed []string `json:"mixed,omitempty"`
}

// NewClaim returns the claim of a stream without records.
func NewClaim(identity mirror.Identity) Claim { return encoded(claim{Identity: identity}) }

// ParseClaim reads a claim from its text.
func ParseClaim(text string) Claim {
	c := Claim{text: text}
	if !strings.HasPrefix(text, "{") || json.Unmarshal([]byte(text), &c.claim) != nil {
		return Claim{former: text, text: text}
	}
	return c
}

func encoded(c claim) Claim {
	text, _ := json.Marshal(c) // Maps and strings always have a JSON form; maps come with their keys sorted.
	c.Former = nil
	return Claim{claim: c, text: string(text)}
}

// Text returns the form in which a claim is stored.
func (c Claim) Text() string { return c.text }

// whole returns the columns that every record has.
func (c Claim) whole() map[string]string {
	if c.Narrow {
		return c.Whole
	}
	return c.Columns
}

// Pending returns the columns that the records do not have as the identity says, in order.
func (c Claim) Pending() []string {
	if !c.Narrow {
		return nil
	}
	pending := append(differing(c.Whole, c.Columns), c.Mixed...)
	slices.Sort(pending)
	return slices.Compact(pending)
}

// Lacking returns the columns that the last picture has and an identity does not name, or the other way round, in order.
func (c Claim) Lacking(identity Claim) (names []string) {
	whole := c.whole()
	for name := range identity.Columns {
		if _, has := whole[name]; !has {
			names = append(names, name)
		}
	}
	for name := range whole {
		if _, named := identity.Columns[name]; !named {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// Refilled returns the columns that the last picture and an identity both name and fill otherwise, in order.
func (c Claim) Refilled(identity Claim) (names []string) {
	for name, filler := range c.whole() {
		if other, both := identity.Columns[name]; both && other != filler {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// differing returns the columns that one of two has alone, or fills otherwise.
func differing(a, b map[string]string) (names []string) {
	for name, filler := range a {
		if other, both := b[name]; !both || other != filler {
			names = append(names, name)
		}
	}
	for name := range b {
		if _, both := a[name]; !both {
			names = append(names, name)
		}
	}
	return names
}

// SameAccount reports whether the records are found where an identity says.
func (c Claim) SameAccount(identity mirror.Identity) bool {
	if c.former != "" {
		return slices.Contains(identity.Former, c.former)
	}
	return c.text != "" && c.Address == identity.Address
}

// Fits reports whether the records can become what an identity says by a full pass among them: no column that all of
// them have is filled otherwise.
func (c Claim) Fits(identity mirror.Identity) bool {
	switch {
	case !c.SameAccount(identity):
		return false
	case c.former != "":
		return true
	case c.Meaning != identity.Meaning:
		return false
	}
	for name, filler := range c.whole() {
		if wanted, mapped := identity.Columns[name]; mapped && wanted != filler {
			return false
		}
	}
	return true
}

// Bind returns the claim under an identity that it fits, and whether that asks for a full pass: one that began under
// the same columns before goes on instead.
func (c Claim) Bind(identity mirror.Identity) (next Claim, restart bool) {
	if c.former != "" {
		return NewClaim(identity), false
	}
	changed := !maps.Equal(c.Columns, identity.Columns)
	n := c.claim
	n.Whole, n.Columns, n.Narrow = c.whole(), identity.Columns, true
	if len(n.Mixed) == 0 && maps.Equal(n.Whole, n.Columns) {
		n.Whole, n.Narrow = nil, false
	}
	return encoded(n), changed && n.Narrow
}

// Committed returns the claim after a commit: what it wrote has the columns of the identity, the rest may not.
func (c Claim) Committed() Claim {
	if !c.Narrow {
		return c
	}
	mixed := c.Pending()
	if slices.Equal(mixed, c.Mixed) {
		return c
	}
	n := c.claim
	n.Mixed = mixed
	return encoded(n)
}

// Finished returns the claim after a Finish: all records have the columns of the identity.
func (c Claim) Finished() Claim {
	if !c.Narrow {
		return c
	}
	n := c.claim
	n.Whole, n.Narrow, n.Mixed = nil, false, nil
	return encoded(n)
}
