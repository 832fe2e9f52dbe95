package objects

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/source"
	"github.com/sales-exporter/sales_exporter/internal/source/hubspot/api"
)

// primaryCompany is the type of the association between a deal and its primary company.
const primaryCompany = 5

// The body and the answer of a batch read of associations (crm/hubspot 3.3).
type (
	associationInputs struct {
		Inputs []associationInput `json:"inputs"`
	}
	associationInput struct {
		ID    string `json:"id"`
		After string `json:"after,omitempty"`
	}
	associationAnswer struct {
		Results []associationResult `json:"results"`
		Errors  []associationError  `json:"errors"`
	}
	associationResult struct {
		From struct {
			ID api.Text `json:"id"`
		} `json:"from"`
		To     []association `json:"to"`
		Paging api.Paging    `json:"paging"`
	}
	association struct {
		ID    api.Text          `json:"toObjectId"`
		Types []associationType `json:"associationTypes"`
	}
	associationType struct {
		TypeID int      `json:"typeId"`
		Label  api.Text `json:"label"`
	}
	associationError struct {
		Category api.Text `json:"category"`
		Context  struct {
			From []api.Text `json:"fromObjectId"`
		} `json:"context"`
	}
)

// linkAccounts sets the account of deals: the primary company, else the one with the lowest id. It returns how many
// deals keep the account that they had, for HubSpot did not tell.
//
// Answers do not line up with what was asked for, so each deal is looked for in them: one without a company is among
// the errors, and one that is nowhere is asked for once more.
func linkAccounts(ctx context.Context, a *api.API, deals []crm.Deal) (unread int, err error) {
	links := links{}
	var inputs []associationInput
	for i := range deals {
		if _, asked := links[deals[i].ID]; asked {
			continue
		}
		links[deals[i].ID] = &link{}
		inputs = append(inputs, associationInput{ID: deals[i].ID})
	}
	for len(inputs) > 0 {
		answer, err := associations(ctx, a, inputs)
		if err != nil {
			return 0, err
		}
		if inputs, err = links.learn(inputs, answer); err != nil {
			return 0, err
		}
	}
	for i := range deals {
		link := links[deals[i].ID]
		deals[i].Account, deals[i].AccountUnread = link.account(), link.unread
		if link.unread {
			unread++
		}
	}
	return unread, nil
}

func associations(ctx context.Context, a *api.API, inputs []associationInput) (associationAnswer, error) {
	var answer associationAnswer
	err := a.Call(ctx, source.Request{
		Method:   http.MethodPost,
		Path:     "/crm/associations/" + a.Version + "/deals/companies/batch/read",
		Endpoint: "crm/associations/deals/companies/batch/read",
		JSON:     associationInputs{Inputs: inputs},
	}, api.Required(&answer, func() bool { return answer.Results != nil || answer.Errors != nil }))
	return answer, err
}

// links holds what is known of the company of each deal.
type links map[string]*link

type link struct {
	primary, lowest api.Text
	overlooked      bool // an answer did not mention the deal
	unread          bool // nor did the next one
	seen            api.Visited
}

func (l *link) account() string {
	if l.primary != "" {
		return string(l.primary)
	}
	return string(l.lowest)
}

// learn takes an answer in and returns what is to be asked next: deals with further pages, and overlooked ones.
func (l links) learn(asked []associationInput, answer associationAnswer) ([]associationInput, error) {
	answered := map[string]bool{}
	for _, e := range answer.Errors {
		if e.Category != "OBJECT_NOT_FOUND" {
			return nil, source.Errorf(source.ReasonServer, "read the companies of deals: some were refused")
		}
		for _, id := range e.Context.From {
			answered[string(id)] = true
		}
	}
	var next []associationInput
	for _, result := range answer.Results {
		id := string(result.From.ID)
		link := l[id]
		if link == nil || answered[id] {
			continue
		}
		answered[id] = true
		link.add(result.To)
		after := string(result.Paging.Next.After)
		if after == "" || link.primary != "" {
			continue
		}
		if link.seen == nil {
			link.seen = api.Visited{}
		}
		if err := link.seen.Add(after); err != nil {
			return nil, err
		}
		next = append(next, associationInput{ID: id, After: after})
	}
	for _, input := range asked {
		switch link := l[input.ID]; {
		case answered[input.ID]:
		case link.overlooked:
			link.unread = true
		default:
			link.overlooked = true
			next = append(next, input)
		}
	}
	return next, nil
}

func (l *link) add(companies []association) {
	for _, company := range companies {
		if !api.ValidID(company.ID) {
			continue
		}
		primary := slices.ContainsFunc(company.Types, func(t associationType) bool {
			return t.TypeID == primaryCompany || strings.EqualFold(string(t.Label), "primary")
		})
		if primary {
			l.primary = company.ID
		}
		if l.lowest == "" || api.Number(company.ID) < api.Number(l.lowest) {
			l.lowest = company.ID
		}
	}
}
