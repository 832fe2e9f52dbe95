package hubspot

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crmsim"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/hubspot/naming"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/hubspot/refusal"
)

// owner is a rep on the wire.
type owner struct {
	ID        string      `json:"id"`
	Email     string      `json:"email"`
	Type      string      `json:"type"`
	FirstName string      `json:"firstName"`
	LastName  string      `json:"lastName"`
	UserID    *int64      `json:"userId"` // null once the user is deactivated
	FormerID  int64       `json:"userIdIncludingInactive"`
	CreatedAt string      `json:"createdAt"`
	UpdatedAt string      `json:"updatedAt"`
	Archived  bool        `json:"archived"`
	Teams     []ownerTeam `json:"teams,omitempty"`
}

type ownerTeam struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Primary bool   `json:"primary"`
}

// owners lists the active reps, or with archived=true the deactivated ones only.
func (h *Handler) owners(r *http.Request) (int, any, *refusal.Refusal) {
	query := r.URL.Query()
	limit, f := intParameter(query, "limit", 100, 1, 500)
	if f != nil {
		return 0, nil, f
	}
	archived, f := boolParameter(query, "archived")
	if f != nil {
		return 0, nil, f
	}
	start, f := decodeOffset(query.Get("after"))
	if f != nil {
		return 0, nil, f
	}
	reps := slices.DeleteFunc(h.world.Reps(), func(rep crmsim.Rep) bool {
		return rep.Active == archived || query.Get("email") != "" && query.Get("email") != rep.Email
	})
	teams := map[int64]string{}
	for _, team := range h.world.Teams() {
		teams[team.ID] = team.Name
	}
	end := min(start+limit, len(reps))
	page := results[owner]{Results: []owner{}}
	for _, rep := range reps[min(start, end):end] {
		page.Results = append(page.Results, ownerOf(rep, teams))
	}
	if end < len(reps) {
		page.Paging = &paging{Next: next{After: encodeOffset(end)}}
	}
	return http.StatusOK, page, nil
}

func ownerOf(rep crmsim.Rep, teams map[int64]string) owner {
	o := owner{
		ID: OwnerID(rep.ID), Email: rep.Email, Type: "PERSON", FirstName: rep.FirstName, LastName: rep.LastName,
		FormerID: rep.UserNumber(), CreatedAt: naming.Timestamp(rep.Created), UpdatedAt: naming.Timestamp(rep.Modified),
		Archived: !rep.Active,
	}
	if rep.Active {
		o.UserID = new(rep.UserNumber())
	}
	if name, ok := teams[rep.Team]; ok {
		o.Teams = []ownerTeam{{ID: strconv.FormatInt(naming.BaseTeam+rep.Team, 10), Name: name, Primary: true}}
	}
	return o
}

// pipeline is a pipeline on the wire. Those of the stock are as old as the calendar, and have no milliseconds.
type pipeline struct {
	ID           string  `json:"id"`
	Label        string  `json:"label"`
	DisplayOrder int     `json:"displayOrder"`
	Archived     bool    `json:"archived"`
	CreatedAt    string  `json:"createdAt"`
	UpdatedAt    string  `json:"updatedAt"`
	Stages       []stage `json:"stages"`
}

type stage struct {
	ID               string            `json:"id"`
	Label            string            `json:"label"`
	DisplayOrder     int               `json:"displayOrder"`
	Metadata         map[string]string `json:"metadata"` // numbers and booleans too are texts here
	CreatedAt        string            `json:"createdAt"`
	UpdatedAt        string            `json:"updatedAt"`
	Archived         bool              `json:"archived"`
	WritePermissions string            `json:"writePermissions"`
}

// pipelines lists the pipelines of deals; companies have none. There is no paging.
func (h *Handler) pipelines(r *http.Request) (int, any, *refusal.Refusal) {
	object, f := h.object(r, "type")
	if f != nil {
		return 0, nil, f
	}
	answer := results[pipeline]{Results: []pipeline{}}
	if !object.Pipelines {
		return http.StatusOK, answer, nil
	}
	const never = "1970-01-01T00:00:00Z"
	for i, p := range h.world.Pipelines() {
		rendered := pipeline{
			ID: p.ID, Label: p.Label, DisplayOrder: i, CreatedAt: never, UpdatedAt: never, Stages: []stage{},
		}
		for _, s := range p.Stages {
			rendered.Stages = append(rendered.Stages, stage{
				ID: s.ID, Label: s.Label, DisplayOrder: s.Position, CreatedAt: never, UpdatedAt: never,
				Metadata: map[string]string{
					"isClosed": strconv.FormatBool(s.Closed), "probability": s.Probability,
				},
				WritePermissions: "CRM_PERMISSIONS_ENFORCEMENT",
			})
		}
		answer.Results = append(answer.Results, rendered)
	}
	return http.StatusOK, answer, nil
}

// properties answers with the definitions of a type. There is no paging.
func (h *Handler) properties(r *http.Request) (int, any, *refusal.Refusal) {
	object, f := h.object(r, "type")
	if f != nil {
		return 0, nil, f
	}
	answer := results[naming.Definition]{Results: []naming.Definition{}}
	for _, c := range object.Columns {
		answer.Results = append(answer.Results, c.Definition())
	}
	return http.StatusOK, answer, nil
}

// accountDetails describes the account.
type accountDetails struct {
	PortalID     int64    `json:"portalId"`
	AccountType  string   `json:"accountType"`
	TimeZone     string   `json:"timeZone"`
	Currency     string   `json:"companyCurrency"`
	Additional   []string `json:"additionalCurrencies"`
	UTCOffset    string   `json:"utcOffset"`
	UTCOffsetMS  int64    `json:"utcOffsetMilliseconds"`
	UIDomain     string   `json:"uiDomain"`
	DataLocation string   `json:"dataHostingLocation"`
}

func (h *Handler) details(*http.Request) (int, any, *refusal.Refusal) {
	info := h.world.Info()
	local := h.world.Now().In(h.location())
	_, offset := local.Zone()
	d := accountDetails{
		PortalID: info.Number, AccountType: "STANDARD", TimeZone: info.TimeZone, Currency: info.Currency,
		Additional: []string{}, UTCOffset: local.Format("-07:00"), UTCOffsetMS: int64(offset) * 1000,
		UIDomain: "app.hubspot.com", DataLocation: "na1",
	}
	for currency := range info.Rates {
		d.Additional = append(d.Additional, currency)
	}
	slices.Sort(d.Additional)
	return http.StatusOK, d, nil
}

// dailyUsage is the spending of the account since its midnight.
type dailyUsage struct {
	Name        string `json:"name"`
	Limit       int    `json:"usageLimit"`
	Current     int    `json:"currentUsage"`
	CollectedAt string `json:"collectedAt"`
	FetchStatus string `json:"fetchStatus"`
	ResetsAt    string `json:"resetsAt"`
}

func (h *Handler) usage(*http.Request) (int, any, *refusal.Refusal) {
	local := h.world.Now().In(h.location())
	year, month, day := local.Date()
	used, limit := h.gate.Daily(local)
	return http.StatusOK, results[dailyUsage]{Results: []dailyUsage{{
		Name: "private-apps-api-calls-daily", Limit: limit, Current: used,
		CollectedAt: naming.Timestamp(local), FetchStatus: "SUCCESS",
		ResetsAt: naming.Timestamp(time.Date(year, month, day+1, 0, 0, 0, 0, local.Location())),
	}}}, nil
}
