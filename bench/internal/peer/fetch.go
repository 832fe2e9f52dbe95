package peer

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// hubSpotPath lists deals with the properties that sales KPIs need.
const hubSpotPath = "/crm/objects/2026-09/deals?limit=100&properties=amount,amount_in_home_currency,closedate," +
	"createdate,deal_currency_code,dealstage,hs_deal_stage_probability,hs_is_closed,hs_is_closed_won," +
	"hs_lastmodifieddate,hs_manual_forecast_category,hs_merged_object_ids,hs_v2_date_entered_current_stage,hubspot_owner_id," +
	"pipeline,region,dealtype"

const salesforceQuery = "SELECT Id, AccountId, Amount, CloseDate, CreatedDate, ForecastCategoryName, IsClosed, " +
	"IsWon, OwnerId, Probability, StageName, SystemModstamp, Region__c, Type FROM Opportunity"

// fetcher reads an account as a script does: page after page, decoded into maps, each page stored in one transaction.
type fetcher struct {
	base, token string
	store       *SQLite
}

// FetchHubSpot reads all deals of a HubSpot account into a new file.
func FetchHubSpot(ctx context.Context, base, token, path string) (err error) {
	f, err := newFetcher(ctx, base, token, path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.store.Close()) }()
	for after := "0"; after != ""; {
		var page struct {
			Results []struct {
				ID         string             `json:"id"`
				Properties map[string]*string `json:"properties"`
			} `json:"results"`
			Paging struct {
				Next struct {
					After string `json:"after"`
				} `json:"next"`
			} `json:"paging"`
		}
		if err := f.get(ctx, hubSpotPath+"&after="+after, &page); err != nil {
			return err
		}
		after = page.Paging.Next.After
		rows := make([]row, 0, len(page.Results))
		for _, r := range page.Results {
			rows = append(rows, row{r.ID, r.Properties})
		}
		if err := f.store.keep(ctx, rows); err != nil {
			return err
		}
	}
	return nil
}

// FetchSalesforce reads all opportunities of a Salesforce org into a new file.
func FetchSalesforce(ctx context.Context, base, token, path string) (err error) {
	f, err := newFetcher(ctx, base, "", path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.store.Close()) }()
	if f.token, err = f.login(ctx, token); err != nil {
		return err
	}
	for next := "/services/data/v66.0/query?q=" + url.QueryEscape(salesforceQuery); next != ""; {
		var page struct {
			Next    string           `json:"nextRecordsUrl"`
			Records []map[string]any `json:"records"`
		}
		if err := f.get(ctx, next, &page); err != nil {
			return err
		}
		next = page.Next
		rows := make([]row, 0, len(page.Records))
		for _, r := range page.Records {
			id, _ := r["Id"].(string)
			rows = append(rows, row{id, r})
		}
		if err := f.store.keep(ctx, rows); err != nil {
			return err
		}
	}
	return nil
}

// Poll asks a HubSpot account so many times what changed since now, which is nothing.
func Poll(ctx context.Context, base, token, times string) error {
	n, err := strconv.Atoi(times)
	if err != nil {
		return fmt.Errorf("read the number of polls: %w", err)
	}
	f := &fetcher{base: base, token: token}
	const path = "/crm/objects/2026-09/deals/search"
	const body = `{"filterGroups":[{"filters":[
		{"propertyName":"hs_lastmodifieddate","operator":"GT","value":"99999999999999"}]}],
		"properties":["amount"],"limit":200}`
	for range n {
		var answer struct {
			Results []json.RawMessage `json:"results"`
		}
		if err := f.call(ctx, http.MethodPost, path, "application/json", body, &answer); err != nil {
			return err
		}
	}
	return nil
}

func newFetcher(ctx context.Context, base, token, path string) (*fetcher, error) {
	store, err := NewSQLite(ctx, path)
	if err != nil {
		return nil, err
	}
	return &fetcher{base: base, token: token, store: store}, nil
}

func (f *fetcher) login(ctx context.Context, secret string) (string, error) {
	var answer struct {
		Token string `json:"access_token"`
	}
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {secret}, "client_secret": {secret}}
	const path, kind = "/services/oauth2/token", "application/x-www-form-urlencoded"
	err := f.call(ctx, http.MethodPost, path, kind, form.Encode(), &answer)
	return answer.Token, err
}

func (f *fetcher) get(ctx context.Context, path string, answer any) error {
	return f.call(ctx, http.MethodGet, path, "", "", answer)
}

func (f *fetcher) call(ctx context.Context, method, path, contentType, body string, answer any) error {
	request, err := http.NewRequestWithContext(ctx, method, f.base+path, strings.NewReader(body))
	if err != nil {
		return fmt.Errorf("make request: %w", err)
	}
	if f.token != "" {
		request.Header.Set("Authorization", "Bearer "+f.token)
	}
	if contentType != "" {
		request.Header.Set("Content-Type", contentType)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("call the account: %w", err)
	}
	content, err := io.ReadAll(response.Body)
	if err = errors.Join(err, response.Body.Close()); err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("call the account: %s: %s", response.Status, bytes.TrimSpace(content))
	}
	if err := json.Unmarshal(content, answer); err != nil {
		return fmt.Errorf("decode the answer: %w", err)
	}
	return nil
}

// row is a record as a script stores it.
type row struct {
	id      string
	content any
}
