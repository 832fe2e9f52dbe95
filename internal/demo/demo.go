// Package demo runs simulated CRM accounts inside the process, so that the real connectors have something to poll.
package demo

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/config"
	credential "github.com/sales-exporter/sales_exporter/internal/config/secret"
	"github.com/sales-exporter/sales_exporter/internal/crmsim"
	simhubspot "github.com/sales-exporter/sales_exporter/internal/crmsim/hubspot"
	simsalesforce "github.com/sales-exporter/sales_exporter/internal/crmsim/salesforce"
	democonfig "github.com/sales-exporter/sales_exporter/internal/source/demo"
	"github.com/sales-exporter/sales_exporter/internal/source/hubspot"
	"github.com/sales-exporter/sales_exporter/internal/source/salesforce"
	"github.com/sales-exporter/sales_exporter/internal/source/salesforce/api"
)

// secret is the credential of simulated accounts. It opens nothing but a simulator on a loopback port.
const secret = "demo"

// readHeaderTimeout bounds what a half-open connection holds.
const readHeaderTimeout = 5 * time.Second

// Account is a simulated CRM account on a loopback port, polled over HTTP by the real connector.
type Account struct {
	// Name is the same for the same account in every process.
	Name     string
	url      string
	currency string
	server   *http.Server
}

// Accounts are the simulated accounts of the process. They outlive a reload, so that an account goes on where it was.
type Accounts struct {
	mu       sync.Mutex
	accounts map[key]*Account
}

// key tells simulated accounts apart. An account does not change its currency, so that a reload that changes the
// reporting one starts another account.
type key struct {
	democonfig.Settings
	currency string
}

// Get returns the simulated account of a demo source, started on first use.
func (a *Accounts) Get(ctx context.Context, s config.Source, c config.Config, now func() time.Time) (*Account, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	settings := *s.Settings.(*democonfig.Settings)
	wanted := key{settings, c.Currency}
	if running, ok := a.accounts[wanted]; ok {
		return running, nil
	}
	started, err := start(ctx, settings, c, now)
	if err != nil {
		return nil, fmt.Errorf("start demo account: %w", err)
	}
	if a.accounts == nil {
		a.accounts = map[key]*Account{}
	}
	a.accounts[wanted] = started
	return started, nil
}

// Close stops all simulated accounts.
func (a *Accounts) Close(context.Context) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	var errs []error
	for _, running := range a.accounts {
		errs = append(errs, running.server.Close())
	}
	a.accounts = nil
	return errors.Join(errs...)
}

// start starts a simulated account. It lives in UTC, the configured default, and in the configured currency, so that
// a demo does not warn.
func start(ctx context.Context, d democonfig.Settings, c config.Config, now func() time.Time) (*Account, error) {
	month := monthStart(now())
	world := crmsim.Generate(crmsim.GenerateOptions{
		Seed: d.Seed, Deals: d.Deals, Now: now, HistoryEnd: month, Currency: c.Currency, TimeZone: "UTC",
	})
	var handler http.Handler
	switch d.CRM {
	case salesforce.Key:
		handler = simsalesforce.NewHandler(world, simsalesforce.Options{})
	default:
		handler = simhubspot.NewHandler(world, simhubspot.Options{Tokens: []string{secret}})
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: readHeaderTimeout}
	go func() { _ = server.Serve(listener) }() // It ends with ErrServerClosed when the process stops.
	return &Account{
		Name: fmt.Sprintf("demo %s, seed %d, %d deals, %s", d.CRM, d.Seed, d.Deals, month.Format("2006-01")),
		url:  "http://" + listener.Addr().String(), currency: c.Currency, server: server,
	}, nil
}

// monthStart lets replicas and a back-fill that start in the same month see one and the same account.
func monthStart(now time.Time) time.Time {
	year, month, _ := now.UTC().Date()
	return time.Date(year, month, 1, 0, 0, 0, 0, time.UTC)
}

// Source returns the source as if its owner had configured the simulated account. A Salesforce org with one currency
// does not tell which it is.
func (a *Account) Source(s config.Source) config.Source {
	token := credential.Demo(secret)
	s.Currency = cmp.Or(s.Currency, a.currency)
	if s.Settings.(*democonfig.Settings).CRM == salesforce.Key {
		s.Connector = salesforce.Key
		s.Settings = &salesforce.Settings{
			InstanceURL: a.url, APIVersion: salesforce.DefaultAPIVersion,
			ClientCredentials: &api.ClientCredentials{ClientID: secret, ClientSecret: token},
		}
	} else {
		s.Connector = hubspot.Key
		s.Settings = &hubspot.Settings{BaseURL: a.url, APIVersion: hubspot.DefaultAPIVersion, Token: token}
	}
	return s
}
