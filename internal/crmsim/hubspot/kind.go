package hubspot

import (
	"net/http"
	"slices"
	"time"
)

// kind is a type of CRM object that the façade has.
type kind struct {
	name   string // plural, as in paths
	number string // HubSpot's type id, accepted in place of the name
	single string
	scope  string
	// shown are the properties of an answer to a request that names none.
	shown []string
	// base is added to the world's numbers. That of the deals lets ids grow from ten digits to eleven after 1,500
	// deals, so that a client that compares ids as text is caught.
	base int64
	// title is the property that a search for text looks at.
	title string
}

const (
	dealBase    = 9_999_998_500
	companyBase = 30_100_000_000
	ownerBase   = 41_000_000
	teamBase    = 368_000
)

func kinds() []kind {
	return []kind{
		{
			name: "deals", number: "0-3", single: "deal", scope: "crm.objects.deals.read", base: dealBase,
			shown: []string{"dealname", "amount", "closedate", "pipeline", "dealstage"}, title: "dealname",
		},
		{
			name: "companies", number: "0-2", single: "company", scope: "crm.objects.companies.read",
			base: companyBase, shown: []string{"name", "domain"}, title: "name",
		},
	}
}

func kindOf(name string) (kind, bool) {
	all := kinds()
	i := slices.IndexFunc(all, func(k kind) bool { return name == k.name || name == k.number })
	if i < 0 {
		return kind{}, false
	}
	return all[i], true
}

// kindIn returns the kind that a path names.
func kindIn(r *http.Request, value string) (kind, *failure) {
	name := r.PathValue(value)
	k, ok := kindOf(name)
	if !ok { // this one error has no category
		return kind{}, &failure{
			status: http.StatusBadRequest, violation: "validation", Message: "Unable to infer object type from: " + name,
		}
	}
	return k, nil
}

// records returns every record of a kind, archived ones included, by id, as visible at a time.
func (h *Handler) records(k kind, at time.Time) []record {
	if k.name == "companies" {
		return h.companies()
	}
	return h.deals(at)
}

// live leaves the records of the ordinary lists, or those of the recycle bin.
func live(records []record, archived bool) []record {
	return slices.DeleteFunc(records, func(r record) bool { return r.archived != archived })
}
