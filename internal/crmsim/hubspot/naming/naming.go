// Package naming says how HubSpot names the kinds of a simulated account: types of objects, properties, associations.
// It is data: each kind has a file of its own and a line in All.
package naming

import (
	"slices"
	"strconv"

	"github.com/sales-exporter/sales_exporter/internal/crmsim"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/world"
)

// Naming is how one kind of the world is shown as a type of CRM object.
type Naming struct {
	Kind   string // of the world
	Type   string // plural, as in paths
	Number string // HubSpot's type id, accepted in place of the type
	Single string
	Scope  string
	// Base is added to the world's numbers to make ids of them.
	Base int64
	// Shown are the properties of an answer to a request that names none.
	Shown []string
	// Title is the property that a search for text looks at.
	Title string
	// Pipelines says that the type has the account's pipelines; others have none.
	Pipelines bool

	Properties []Property
	// Further properties depend on how the account is set up; nil for none.
	Further func(*crmsim.World) []Property

	// Associations are those that records of this type keep. The other side has them too.
	Associations []Association
}

// Association leads from a record of one type to one of another.
type Association struct {
	To    string // type of the other object
	Field string // of this kind, which refers to the primary one of the other kind
	// Further returns the numbers of those beside the primary one; nil for none.
	Further func(world.Record) []int64
	// There and Back are the ids of the association types in the two directions: the primary and the unlabeled one.
	There, Back [2]int
}

// The numbers of records become ids by what is added to them. That of the deals lets ids grow from ten digits to eleven
// after 1,500 deals, so that a client that compares ids as text is caught.
const (
	BaseDeal    = 9_999_998_500
	BaseCompany = 30_100_000_000
	BaseOwner   = 41_000_000
	BaseTeam    = 368_000
)

// All is the list of the types of objects.
func All() []Naming {
	return []Naming{
		deals(),
		companies(),
	}
}

// Find returns the naming of a type, by its name or number.
func Find(all []Naming, name string) (Naming, bool) {
	i := slices.IndexFunc(all, func(n Naming) bool { return name == n.Type || name == n.Number })
	if i < 0 {
		return Naming{}, false
	}
	return all[i], true
}

// ID returns HubSpot's id of a record.
func (n Naming) ID(number int64) string { return strconv.FormatInt(n.Base+number, 10) }

// Listed reports whether HubSpot still has the record under its own id: merged-away ones are in no list, purged ones
// neither.
func Listed(r world.Record) bool {
	head := r.Base()
	return !head.Purged && head.MergedInto == 0
}
