package stack

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"golang.org/x/sync/errgroup"
)

// Options say what to run.
type Options struct {
	// Dir is where the work directory is made; the system's directory for temporary files if it is empty.
	Dir string
	// Keep leaves the work directory behind.
	Keep bool
	// Bin holds sales_exporter, prometheus, promtool and alertmanager.
	Bin string
	// Config is the exporter's configuration. Every process gets a copy with targets_files of its own; it must not name
	// other files by relative paths, nor files of targets.
	Config string
	// Replicas is the number of exporters. The second and later ones take a free port.
	Replicas int
	// Ports on loopback; 0 takes a free one.
	ExporterPort, PrometheusPort, AlertmanagerPort int
	// History is the number of days to back-fill; 0 none.
	History int
	// MaxFor caps how long alerts wait before they fire.
	MaxFor time.Duration
	// Out gets the notifications that the sink receives.
	Out io.Writer
}

// Stack is the running demo.
type Stack struct {
	// Dir is the work directory, with the logs in logs/ and the rules in rules/.
	Dir string
	// Exporters, Prometheus and Alertmanager are addresses, host:port.
	Exporters                []string
	Prometheus, Alertmanager string
	// Sink received the notifications.
	Sink *Sink
	// Phases are what the start consisted of, with the time that each took.
	Phases []Phase

	options   Options
	programs  map[string]string
	processes []*process
}

// Phase is a part of a run.
type Phase struct {
	Name string
	Took time.Duration
}

// Start starts everything. On failure, what was started is stopped.
func Start(ctx context.Context, options Options) (*Stack, error) {
	programs, err := findPrograms(options.Bin, "sales_exporter", "prometheus", "promtool", "alertmanager")
	if err != nil {
		return nil, err
	}
	s := &Stack{options: options, programs: programs}
	if s.Dir, err = os.MkdirTemp(options.Dir, "sales-stack-"); err != nil {
		return nil, fmt.Errorf("create work directory: %w", err)
	}
	if err := s.start(ctx); err != nil {
		return nil, errors.Join(err, s.Stop())
	}
	return s, nil
}

func (s *Stack) start(ctx context.Context) error {
	for _, dir := range []string{s.logs(), s.data()} {
		if err := os.Mkdir(dir, 0o750); err != nil {
			return fmt.Errorf("create directory: %w", err)
		}
	}
	var err error
	if s.Sink, err = startSink(ctx, s.options.Out); err != nil {
		return err
	}
	for i := range s.options.Replicas {
		if err := s.startExporter(i); err != nil {
			return err
		}
	}
	if err := s.startAlertmanager(); err != nil {
		return err
	}
	// Prometheus must find the history when it starts. The exporters read their CRMs meanwhile.
	if err := s.seed(ctx); err != nil {
		return err
	}
	if err := s.phase("start exporters and Alertmanager", func() error { return s.waitForAddresses(ctx) }); err != nil {
		return err
	}
	return s.phase("start Prometheus", func() error { return s.startPrometheus(ctx) })
}

func (s *Stack) phase(name string, run func() error) error {
	start := time.Now()
	err := run()
	s.Phases = append(s.Phases, Phase{name, time.Since(start)})
	return err
}

func (s *Stack) logs() string { return filepath.Join(s.Dir, "logs") }

func (s *Stack) data() string { return filepath.Join(s.Dir, "prometheus") }

// Rules is the directory of the rule files.
func (s *Stack) Rules() string { return filepath.Join(s.Dir, "rules") }

// PrometheusLog is the path of Prometheus' log.
func (s *Stack) PrometheusLog() string { return filepath.Join(s.logs(), "prometheus.log") }

func (s *Stack) startProcess(name, program string, args ...string) error {
	p, err := startProcess(name, s.logs(), s.programs[program], args...)
	if err == nil {
		s.processes = append(s.processes, p)
	}
	return err
}

func (s *Stack) startExporter(replica int) error {
	name, port := fmt.Sprintf("exporter-%c", 'a'+replica), s.options.ExporterPort
	if replica > 0 {
		port = 0
	}
	config, err := copyConfig(s.options.Config, filepath.Join(s.Dir, name))
	if err != nil {
		return err
	}
	return s.startProcess(name, "sales_exporter", "--config.file="+config, "--web.listen-address="+loopback(port))
}

func (s *Stack) startAlertmanager() error {
	file := filepath.Join(s.Dir, "alertmanager.yml")
	if err := os.WriteFile(file, []byte(alertmanagerConfig(s.Sink.address)), 0o600); err != nil {
		return fmt.Errorf("write Alertmanager configuration: %w", err)
	}
	return s.startProcess("alertmanager", "alertmanager", "--config.file="+file,
		"--storage.path="+filepath.Join(s.Dir, "alertmanager"), "--cluster.listen-address=",
		"--web.listen-address="+loopback(s.options.AlertmanagerPort))
}

// waitForAddresses waits until the exporters and Alertmanager, which are started by now, have bound their ports.
func (s *Stack) waitForAddresses(ctx context.Context) error {
	for _, p := range s.processes {
		address, err := p.address(ctx)
		if err != nil {
			return err
		}
		if p.name == "alertmanager" {
			s.Alertmanager = address
		} else {
			s.Exporters = append(s.Exporters, address)
		}
	}
	return nil
}

func (s *Stack) startPrometheus(ctx context.Context) error {
	file := filepath.Join(s.Dir, "prometheus.yml")
	config := prometheusConfig(s.Rules(), s.Alertmanager, s.Exporters)
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		return fmt.Errorf("write Prometheus configuration: %w", err)
	}
	err := s.startProcess("prometheus", "prometheus", "--config.file="+file, "--storage.tsdb.path="+s.data(),
		"--storage.tsdb.retention.time=400d", "--web.listen-address="+loopback(s.options.PrometheusPort))
	if err != nil {
		return err
	}
	s.Prometheus, err = s.processes[len(s.processes)-1].address(ctx)
	return err
}

func loopback(port int) string { return "127.0.0.1:" + strconv.Itoa(port) }

// Wait returns when a process ends before its time, with an error, or when the context ends, with nil.
func (s *Stack) Wait(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	for _, p := range s.processes {
		group.Go(func() error {
			select {
			case <-p.done:
				return p.died()
			case <-ctx.Done():
				return nil
			}
		})
	}
	return group.Wait()
}

// Stop stops everything, the last started first, and removes the work directory. It fails if a process is left.
func (s *Stack) Stop() error {
	var errs []error
	for _, p := range slices.Backward(s.processes) {
		errs = append(errs, p.stop())
		if !p.gone() {
			errs = append(errs, fmt.Errorf("processes of %s are left", p.name))
		}
	}
	if s.Sink != nil {
		errs = append(errs, s.Sink.stop())
	}
	if !s.options.Keep {
		errs = append(errs, os.RemoveAll(s.Dir))
	}
	return errors.Join(errs...)
}
