package source

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

func fetchToken(ctx context.Context, c *Client, secret string) (*oauth2.Token, error) {
	flow := clientcredentials.Config{
		ClientID: "app", ClientSecret: secret, TokenURL: c.Base() + "/token", AuthStyle: oauth2.AuthStyleInParams,
	}
	return c.FetchToken(ctx, "oauth/token", flow.Token)
}

func TestFetchToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var sent []string
		network := &answers{list: []exchange{
			replying(503, ""), replying(200, `{"access_token":`), replying(200, `{"access_token":"a","expires_in":60,"x":"y"}`),
		}}
		observer := &observed{}
		budget := NewBudget(1, nil)
		budget.Observe(10, 10)
		c := newTestClient(t, ClientOptions{
			Budget: budget,
			Environment: Environment{Observer: observer, UserAgent: "exporter/1", Transport: roundTrip(
				func(r *http.Request) (*http.Response, error) {
					form, err := io.ReadAll(r.Body)
					sent = append(sent, fmt.Sprint(r.Method, " ", r.URL, " ", string(form), " ", r.Header.Get("Content-Type"),
						" ", r.Header.Get("Accept"), " ", r.Header.Get("User-Agent"), " ", r.Header.Get("Authorization")))
					if err != nil {
						return nil, err
					}
					return network.RoundTrip(r)
				})},
		})
		token, err := fetchToken(t.Context(), c, "s/+")
		if err != nil || token.AccessToken != "a" || token.Extra("x") != "y" {
			t.Errorf("got %+v, %v", token, err)
		}
		call := "POST https://api.example.com/token client_id=app&client_secret=s%2F%2B&grant_type=client_credentials " +
			"application/x-www-form-urlencoded application/json exporter/1 "
		if diff := cmp.Diff([]string{call, call, call}, sent); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]string{"503", "200", "200"}, observer.codes); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]string{"oauth/token", "oauth/token", "oauth/token"}, observer.endpoints); diff != "" {
			t.Error(diff)
		}
		if left := budget.Quotas()[1].Remaining; left != 7 {
			t.Errorf("%v calls left, want 7 of 10", left)
		}
	})
}

func TestFetchTokenFailures(t *testing.T) {
	cases := map[string]struct {
		network exchange
		reason  Reason
		calls   int
		noToken bool
	}{
		"refused":           {replying(401, `{"error":"invalid_client"}`), ReasonAuth, 1, false},
		"down":              {replying(500, ""), ReasonServer, 4, false},
		"redirect":          {replying(307, "", "Location", "https://evil.example/"), ReasonClient, 1, false},
		"HTML":              {replying(200, "<html>", "Content-Type", "text/html"), ReasonDecode, 4, false},
		"form":              {replying(200, "access_token=a", "Content-Type", "text/plain"), ReasonDecode, 4, false},
		"cut":               {replying(200, `{"access_token":"a"`), ReasonDecode, 4, false},
		"too large":         {replying(200, `{"access_token":"`+strings.Repeat("a", 100)+`"}`), ReasonDecode, 4, false},
		"no token":          {replying(200, `{}`), ReasonDecode, 1, true},
		"null":              {replying(200, `null`), ReasonDecode, 1, true},
		"token of no text":  {replying(200, `{"access_token":1}`), ReasonDecode, 1, true},
		"refused by a 200":  {replying(200, `{"access_token":"a","error":"invalid_client"}`), ReasonDecode, 1, true},
		"end of no sense":   {replying(200, `{"access_token":"a","expires_in":"soon"}`), ReasonDecode, 1, true},
		"connection failed": {failing(io.ErrUnexpectedEOF), ReasonServer, 4, false},
		"silent":            {silent, ReasonTimeout, 1, false},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				network := &answers{list: []exchange{test.network}}
				c := newTestClient(t, ClientOptions{MaxBody: 100, Environment: Environment{Transport: network}})
				token, err := fetchToken(t.Context(), c, "secret")
				if _, ok := err.(*Error); !ok { //nolint:errorlint // the type itself is promised
					t.Errorf("the error is a %T", err)
				}
				if token != nil || ReasonOf(err) != test.reason || errors.Is(err, ErrNoToken) != test.noToken {
					t.Errorf("got %v, %v", token, err)
				}
				if network.count() != test.calls {
					t.Errorf("%d calls, want %d", network.count(), test.calls)
				}
			})
		})
	}
}

func TestFetchTokenStops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		start := time.Now()
		_, err := fetchToken(ctx, newTestClient(t, ClientOptions{Environment: Environment{Transport: roundTrip(silent)}}), "s")
		if ReasonOf(err) != ReasonCanceled || time.Since(start) != time.Second {
			t.Errorf("got %v after %s", err, time.Since(start))
		}
	})
}

func TestFetchTokenLeaksNoSecret(t *testing.T) {
	echoes := map[string]func(form string) string{
		"form":         func(form string) string { return form },
		"HTML":         func(form string) string { return "<html>" + form + canary },
		"code":         func(string) string { return `{"error":"` + canary + `"}` },
		"description":  func(form string) string { return `{"error":"invalid","error_description":"` + form + canary + `"}` },
		"status":       func(string) string { return `{"status":"` + canary + `","message":"` + canary + `"}` },
		"a bad number": func(string) string { return `{"access_token":"a","expires_in":"` + canary + `"}` },
		"a bad token":  func(string) string { return `{"access_token":{"` + canary + `":1}}` },
		"cut":          func(string) string { return `{"access_token":"` + canary },
		"no token":     func(string) string { return `{"x":"` + canary + `"}` },
	}
	for name, echo := range echoes {
		for _, status := range []int{200, 302, 400, 401, 403, 429, 500} {
			t.Run(fmt.Sprint(status, " ", name), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					var log bytes.Buffer
					c := newTestClient(t, ClientOptions{Environment: Environment{
						Logger: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})),
						Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
							form, err := io.ReadAll(r.Body)
							if err != nil {
								return nil, err
							}
							return replying(status, echo(string(form)), "Location", "https://x/?"+string(form))(r)
						}),
					}})
					_, err := fetchToken(t.Context(), c, canary)
					if err == nil {
						t.Fatal("no failure")
					}
					for _, secret := range []string{canary, url.QueryEscape(canary), "c4n4ry", "client_secret"} {
						if said := fmt.Sprintf("%v %+v %s", err, err, &log); strings.Contains(said, secret) {
							t.Errorf("%q leaks: %s", secret, said)
						}
					}
				})
			})
		}
	}
}
