package exporter

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/sales-exporter/sales_exporter/bench/internal/measure"
)

// Process is a process that serves pages: the exporter, or a peer.
type Process struct {
	command *exec.Cmd
	base    string
	client  *http.Client
	CPU     func() (time.Duration, error)
}

// patience is how long a start may take on a machine that has other things to do.
const patience = 20 * time.Minute

// Start starts the exporter. Its log goes beside the configuration.
func (p Program) Start(ctx context.Context, config string) (*Process, error) {
	address, err := freeAddress(ctx)
	if err != nil {
		return nil, err
	}
	log, err := os.Create(config + ".log") //nolint:gosec // a folder of our own
	if err != nil {
		return nil, fmt.Errorf("create log: %w", err)
	}
	// The process has a copy of its own.
	defer func() { _ = log.Close() }()
	command := exec.CommandContext( //nolint:gosec // built by Build
		ctx, string(p), "serve", "--config.file="+config, "--web.listen-address="+address)
	command.Stderr, command.Env = log, append(os.Environ(), credential+"="+Credential)
	return start(command, "http://"+address)
}

// StartPeer starts this program as a server of its own: serve NAME ADDRESS FILE.
func StartPeer(ctx context.Context, name, file string) (*Process, error) {
	address, err := freeAddress(ctx)
	if err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program: %w", err)
	}
	command := exec.CommandContext(ctx, self, "peer", name, address, file) //nolint:gosec // this program
	command.Stderr = os.Stderr
	process, err := start(command, "http://"+address)
	if err != nil {
		return nil, err
	}
	return process, process.Wait(ctx, "/ready")
}

func start(command *exec.Cmd, base string) (*Process, error) {
	if err := command.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", filepath.Base(command.Path), err)
	}
	return &Process{
		command: command, base: base, CPU: measure.CPUOf(command.Process.Pid),
		client: &http.Client{Transport: &http.Transport{DisableCompression: true}},
	}, nil
}

// Wait waits until a path answers 200.
func (p *Process) Wait(ctx context.Context, path string) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		if _, err := p.Get(ctx, path, nil); err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for %s: %w", path, ctx.Err())
		case <-time.After(10 * time.Millisecond):
		}
		if _, err := p.CPU(); err != nil {
			return fmt.Errorf("wait for %s: the process has ended: %w", path, err)
		}
	}
}

// Ready waits until the exporter has numbers to serve.
func (p *Process) Ready(ctx context.Context) error { return p.Wait(ctx, "/-/ready") }

// Get reads the body of an answer, as it came over the wire.
func (p *Process) Get(ctx context.Context, path string, header http.Header) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, p.base+path, http.NoBody)
	if err != nil {
		return nil, fmt.Errorf("make request: %w", err)
	}
	if header != nil {
		request.Header = header
	}
	response, err := p.client.Do(request)
	if err != nil {
		return nil, fmt.Errorf("get %s: %w", path, err)
	}
	body, err := io.ReadAll(response.Body)
	err = errors.Join(err, response.Body.Close())
	if err == nil && response.StatusCode != http.StatusOK {
		err = errors.New(response.Status)
	}
	if err != nil {
		return nil, fmt.Errorf("get %s: %w", path, err)
	}
	return body, nil
}

// Page reads the page as text.
func (p *Process) Page(ctx context.Context) ([]byte, error) { return p.Scrape(ctx, nil) }

// Scrape reads the page. A process that cannot answer in time on a busy machine says so with an error, and is asked
// again as Prometheus would: what that costs counts.
func (p *Process) Scrape(ctx context.Context, header http.Header) ([]byte, error) {
	const attempts = 10
	for attempt := 1; ; attempt++ {
		body, err := p.Get(ctx, "/metrics", header)
		if err == nil || attempt == attempts || ctx.Err() != nil {
			return body, err
		}
	}
}

// Scraping returns a side that scrapes so many times with the given headers.
func (p *Process) Scraping(ctx context.Context, times int, header http.Header) measure.Side {
	return measure.Side{Clock: p.CPU, Run: func() error {
		for range times {
			if _, err := p.Scrape(ctx, header); err != nil {
				return err
			}
		}
		return nil
	}}
}

// Quiet waits until the process has done next to nothing for a second, and returns the processor time it had taken when
// the quiet began.
func (p *Process) Quiet(ctx context.Context) (time.Duration, error) {
	const still, busy = time.Second, 20 * time.Millisecond
	before, err := p.CPU()
	for err == nil {
		select {
		case <-ctx.Done():
			return 0, ctx.Err()
		case <-time.After(still):
		}
		var now time.Duration
		if now, err = p.CPU(); now-before < busy {
			return before, err
		}
		before = now
	}
	return 0, err
}

// Resident returns the resident memory in MB.
func (p *Process) Resident() (float64, error) {
	now, _, err := measure.Resident(p.command.Process.Pid)
	return now, err
}

// Stop ends the process and waits for it.
func (p *Process) Stop() error {
	if err := p.command.Process.Signal(syscall.SIGTERM); err != nil {
		return fmt.Errorf("stop process %s: %w", strconv.Itoa(p.command.Process.Pid), err)
	}
	err := p.command.Wait()
	if exit := new(exec.ExitError); errors.As(err, &exit) && !exit.Exited() {
		return nil // by the signal
	}
	return err
}

// Run runs a command of the exporter and returns the processor time that it took.
func (p Program) Run(ctx context.Context, config string, arguments ...string) (time.Duration, error) {
	arguments = append([]string{"--config.file=" + config}, arguments...)
	command := exec.CommandContext(ctx, string(p), arguments...) //nolint:gosec // built by Build
	command.Env = append(os.Environ(), credential+"="+Credential)
	return run(command)
}

// RunPeer runs a command of this program's peers: peer NAME ARGUMENTS.
func RunPeer(ctx context.Context, name string, arguments ...string) (time.Duration, error) {
	self, err := os.Executable()
	if err != nil {
		return 0, fmt.Errorf("find this program: %w", err)
	}
	arguments = append([]string{"peer", name}, arguments...)
	return run(exec.CommandContext(ctx, self, arguments...)) //nolint:gosec // this program
}

func run(command *exec.Cmd) (time.Duration, error) {
	if output, err := command.CombinedOutput(); err != nil {
		return 0, fmt.Errorf("run %v: %w\n%.2000s", command.Args, err, output)
	}
	state := command.ProcessState
	return state.UserTime() + state.SystemTime(), nil
}
