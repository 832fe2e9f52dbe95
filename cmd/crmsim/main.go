// Command crmsim serves a simulated CRM account over HTTP, as HubSpot or as Salesforce, to try connectors against.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
	_ "time/tzdata" // The daily limit of an account ends at midnight in its zone.

	"github.com/alecthomas/kingpin/v2"
	"github.com/prometheus/common/promslog"
	promslogflag "github.com/prometheus/common/promslog/flag"

	"github.com/sales-exporter/sales_exporter/internal/crmsim"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/hubspot"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/maven"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/salesforce"
)

// drainTime is how long running calls may take after SIGTERM.
const drainTime = 5 * time.Second

func main() {
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintf(os.Stderr, "crmsim: %v\n", err)
		os.Exit(1)
	}
}

// flags holds what the command line says.
type flags struct {
	address string
	crm     string
	seed    uint64
	deals   int
	still   bool
	maven   string
	token   string
	log     promslog.Config
}

// run serves until ctx ends. It prints the base URL to stdout once calls are accepted.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	f := &flags{log: promslog.Config{Writer: stderr}}
	if _, err := f.define(stderr).Parse(args); err != nil {
		return fmt.Errorf("%w; see crmsim --help", err)
	}
	world, err := f.world()
	if err != nil {
		return err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", f.address)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	logger := promslog.New(&f.log)
	server := &http.Server{Handler: f.handler(world), ReadHeaderTimeout: 10 * time.Second}
	logger.Info("Serving a simulated account", "crm", f.crm, "address", listener.Addr(), "deals", len(world.Deals()))
	if _, err := fmt.Fprintf(stdout, "http://%s\n", listener.Addr()); err != nil {
		return errors.Join(fmt.Errorf("print base URL: %w", err), listener.Close())
	}
	return serve(ctx, server, listener)
}

func serve(ctx context.Context, server *http.Server, listener net.Listener) error {
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	select {
	case err := <-served:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
	defer cancel()
	if err := server.Shutdown(drain); err != nil {
		return errors.Join(fmt.Errorf("shut down: %w", err), server.Close())
	}
	return nil
}

func (f *flags) define(stderr io.Writer) *kingpin.Application {
	a := kingpin.New("crmsim", "A simulated CRM account over HTTP.")
	a.UsageWriter(stderr)
	a.HelpFlag.Short('h')
	a.Flag("listen-address", "Address to listen on. Port 0 picks a free port.").Default("127.0.0.1:0").StringVar(&f.address)
	a.Flag("crm", "API to serve: hubspot or salesforce.").Default("hubspot").EnumVar(&f.crm, "hubspot", "salesforce")
	a.Flag("seed", "Seed of the generated account.").Default("1").Uint64Var(&f.seed)
	a.Flag("deals", "Number of generated deals.").Default("3000").IntVar(&f.deals)
	a.Flag("still", "Let nothing happen in the generated account as time goes on.").BoolVar(&f.still)
	a.Flag("maven", "Folder with the Maven CRM data set. It is served instead of a generated account.").
		ExistingDirVar(&f.maven)
	a.Flag("token", "Credential to accept: HubSpot's bearer token, or both id and secret of Salesforce's client.").
		Default("demo").StringVar(&f.token)
	promslogflag.AddFlags(a, &f.log)
	return a
}

func (f *flags) world() (*crmsim.World, error) {
	if f.maven != "" {
		world, err := maven.Load(f.maven, time.Now)
		if err != nil {
			return nil, fmt.Errorf("load account: %w", err)
		}
		return world, nil
	}
	if f.deals < 0 {
		return nil, errors.New("--deals must not be negative")
	}
	return crmsim.Generate(crmsim.GenerateOptions{Seed: f.seed, Deals: f.deals, Now: time.Now, Still: f.still}), nil
}

func (f *flags) handler(world *crmsim.World) http.Handler {
	if f.crm == "salesforce" {
		return salesforce.NewHandler(world, salesforce.Options{Clients: map[string]string{f.token: f.token}})
	}
	return hubspot.NewHandler(world, hubspot.Options{Tokens: []string{f.token}})
}
