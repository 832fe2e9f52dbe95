package app

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
	"github.com/sales-exporter/sales_exporter/internal/crmsim"
	simhubspot "github.com/sales-exporter/sales_exporter/internal/crmsim/hubspot"
	simsalesforce "github.com/sales-exporter/sales_exporter/internal/crmsim/salesforce"
)

// demoSecret is the credential of simulated accounts. It opens nothing but a simulator on a loopback port.
const demoSecret = "demo"

// demo is a simulated CRM account on a loopback port, polled over HTTP by the real connector.
type demo struct {
	name     string // the same for the same account in every process
	url      string
	currency string
	server   *http.Server
}

// demos holds the simulated accounts of the process. They outlive a reload, so that an account goes on where it was.
type demos struct {
	mu       sync.Mutex
	accounts map[demoKey]*demo
}

// demoKey tells simulated accounts apart. An account does not change its currency, so that a reload that changes the
// reporting one starts another account.
type demoKey struct {
	config.Demo
	currency string
}

// get returns the simulated account of a demo source, started on first use.
func (d *demos) get(ctx context.Context, s config.Source, c config.Config, now func() time.Time) (*demo, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	key := demoKey{*s.Demo, c.Currency}
	if running, ok := d.accounts[key]; ok {
		return running, nil
	}
	started, err := startDemo(ctx, *s.Demo, c, now)
	if err != nil {
		return nil, fmt.Errorf("start demo account: %w", err)
	}
	if d.accounts == nil {
		d.accounts = map[demoKey]*demo{}
	}
	d.accounts[key] = started
	return started, nil
}

// close stops all simulated accounts.
func (d *demos) close(context.Context) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	var errs []error
	for _, running := range d.accounts {
		errs = append(errs, running.server.Close())
	}
	d.accounts = nil
	return errors.Join(errs...)
}

// startDemo starts a simulated account. It lives in UTC, the configured default, and in the configured currency, so that
// a demo does not warn.
func startDemo(ctx context.Context, d config.Demo, c config.Config, now func() time.Time) (*demo, error) {
	month := monthStart(now())
	world := crmsim.Generate(crmsim.GenerateOptions{
		Seed: d.Seed, Deals: d.Deals, Now: now, HistoryEnd: month, Currency: c.Currency, TimeZone: "UTC",
	})
	var handler http.Handler
	switch d.CRM {
	case "salesforce":
		handler = simsalesforce.NewHandler(world, simsalesforce.Options{})
	default:
		handler = simhubspot.NewHandler(world, simhubspot.Options{Tokens: []string{demoSecret}})
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: readHeaderTimeout}
	go func() { _ = server.Serve(listener) }() // It ends with ErrServerClosed when the process stops.
	return &demo{
		name: fmt.Sprintf("demo %s, seed %d, %d deals, %s", d.CRM, d.Seed, d.Deals, month.Format("2006-01")),
		url:  "http://" + listener.Addr().String(), currency: c.Currency, server: server,
	}, nil
}

// monthStart lets replicas and a back-fill that start in the same month see one and the same account.
func monthStart(now time.Time) time.Time {
	year, month, _ := now.UTC().Date()
	return time.Date(year, month, 1, 0, 0, 0, 0, time.UTC)
}

// account returns the source as if its owner had configured the simulated account. A Salesforce org with one currency
// does not tell which it is.
func (d *demo) account(s config.Source) config.Source {
	secret := config.SecretDemo(demoSecret)
	s.Currency = cmp.Or(s.Currency, d.currency)
	if s.Demo.CRM == "salesforce" {
		s.Salesforce = &config.Salesforce{
			InstanceURL: d.url, APIVersion: config.DefaultSalesforceVersion,
			ClientCredentials: &config.SalesforceClientCredentials{ClientID: demoSecret, ClientSecret: secret},
		}
	} else {
		s.HubSpot = &config.HubSpot{BaseURL: d.url, APIVersion: config.DefaultHubSpotVersion, Token: secret}
	}
	return s
}
