package objects

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/source"
	"github.com/sales-exporter/sales_exporter/internal/source/hubspot/api"
)

// wireOwner is an owner as HubSpot writes it, without the e-mail address, which nobody needs.
type wireOwner struct {
	ID        api.Text `json:"id"`
	Type      api.Text `json:"type"`
	FirstName api.Text `json:"firstName"`
	LastName  api.Text `json:"lastName"`
	Archived  bool     `json:"archived"`
	Teams     []team   `json:"teams"`
}

type team struct {
	Name    api.Text `json:"name"`
	Primary bool     `json:"primary"`
}

// ReadReps reads active and deactivated owners: without the latter, history belongs to nobody.
func (r *References) ReadReps(ctx context.Context, a *api.API, dimensions []Dimension) error {
	r.Reps = map[string]crm.Rep{}
	// An owner who is deactivated between the two listings is in both; the later one is right.
	for _, archived := range []bool{false, true} {
		err := ownerPages(ctx, a, archived, func(o *wireOwner) {
			if o.ID != "" {
				r.Reps[string(o.ID)] = o.rep(archived || o.Archived, dimensions)
			}
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func ownerPages(ctx context.Context, a *api.API, archived bool, visit func(*wireOwner)) error {
	query := url.Values{"limit": {strconv.Itoa(api.ListLimit)}, "archived": {strconv.FormatBool(archived)}}
	seen := api.Visited{}
	for {
		var answer struct {
			Results []wireOwner `json:"results"`
			Paging  api.Paging  `json:"paging"`
		}
		err := a.Call(ctx, source.Request{
			Method: http.MethodGet, Path: "/crm/owners/" + a.Version, Query: query, Endpoint: "crm/owners",
		}, api.Required(&answer, func() bool { return answer.Results != nil }))
		if err != nil {
			return err
		}
		for i := range answer.Results {
			visit(&answer.Results[i])
		}
		after := string(answer.Paging.Next.After)
		if after == "" {
			return nil
		}
		if err := seen.Add(after); err != nil {
			return err
		}
		query.Set("after", after)
	}
}

func (o *wireOwner) rep(archived bool, dimensions []Dimension) crm.Rep {
	// An archived owner may come without a name: the one that is stored stays. It is never the e-mail address.
	name := strings.TrimSpace(string(o.FirstName) + " " + string(o.LastName))
	rep := crm.Rep{Head: record.Head{ID: string(o.ID)}, Name: name, Team: o.team(), Active: !archived}
	rep.Dimensions = labels(dimensions, func(property string) string {
		if property == ownerType {
			return string(o.Type)
		}
		return rep.Team
	})
	return rep
}

func (o *wireOwner) team() string {
	for _, t := range o.Teams {
		if t.Primary {
			return string(t.Name)
		}
	}
	if len(o.Teams) > 0 {
		return string(o.Teams[0].Name)
	}
	return ""
}
