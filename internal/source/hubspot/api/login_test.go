package api

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/config/secret"
	"github.com/sales-exporter/sales_exporter/internal/source"
)

// answers gives every request the same answer.
type answers string

func (a answers) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Request: r,
		Body: io.NopCloser(strings.NewReader(string(a))),
	}, nil
}

// TestExpiredTokensAreRenewedForBothCalls has two calls told that their token expired before either acts on it.
func TestExpiredTokensAreRenewedForBothCalls(t *testing.T) {
	t.Setenv("HUBSPOT_SECRET", "secret-canary")
	a, err := New(
		Access{
			OAuth: &OAuth{
				ClientID: "app", ClientSecret: secret.Env("HUBSPOT_SECRET"), RefreshToken: secret.Env("HUBSPOT_SECRET"),
			},
			BaseURL: "https://api.hubapi.com", Version: "2026-09",
		},
		config.Budget{DailyShare: 1, RequestsPerSecond: 1000},
		source.Environment{Transport: answers(`{"access_token":"access-canary","expires_in":1800}`)}, func(string) {},
	)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		_ = a.classify(http.StatusUnauthorized, nil, []byte(`{"category":"EXPIRED_AUTHENTICATION"}`))
	}
	_ = a.classify(http.StatusUnauthorized, nil, []byte(`{"category":"INVALID_AUTHENTICATION"}`))
	for _, want := range []bool{true, true, false, false} {
		if renewed, err := a.login.renew(t.Context(), ""); renewed != want || err != nil {
			t.Errorf("renewed: %v, %v, want %v", renewed, err, want)
		}
	}
}
