package pod

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec" //nolint:depguard // The exporter starts no programs; here it is the one that is started.
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// portName is how the Service, the monitors and the probes call the exporter's port.
const portName = "http-metrics"

// Container is a running exporter.
type Container struct {
	URL string // without a path

	command *exec.Cmd
	log     *record
	ended   chan struct{} // closed when the log ends
}

// record keeps a log that is being written.
type record struct {
	mu   sync.Mutex
	text strings.Builder
}

func (r *record) add(line string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.text.WriteString(line + "\n")
}

func (r *record) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.String()
}

// Start runs a container with the arguments and variables of the manifest, but for the port: any that is free. The
// image's entrypoint is the given program.
func Start(ctx context.Context, program string, l *Layout, c corev1.Container, environment []string) (
	*Container, error,
) {
	if len(c.Command) > 0 {
		return nil, fmt.Errorf("start container: command %v replaces the image's entrypoint", c.Command)
	}
	arguments, err := local(l, c)
	if err != nil {
		return nil, err
	}
	command := exec.CommandContext(ctx, program, arguments...) //nolint:gosec // Tests name the program.
	command.Env = append([]string{"TMPDIR=" + l.Path("/tmp")}, environment...)
	output, err := command.StderrPipe()
	if err != nil {
		return nil, fmt.Errorf("start container: %w", err)
	}
	if err := command.Start(); err != nil {
		return nil, fmt.Errorf("start container: %w", err)
	}
	started := &Container{command: command, log: &record{}, ended: make(chan struct{})}
	addresses := make(chan string, 1)
	go started.read(output, addresses)
	select {
	case address := <-addresses:
		started.URL = "http://" + address
		return started, nil
	case <-started.ended:
		return nil, errors.Join(fmt.Errorf("start container: it ended:\n%s", started.Log()), command.Wait())
	}
}

// writable asks for the volumes without which an exporter with a read-only root cannot keep its mirror or sort.
func writable(c corev1.Container) error {
	for _, path := range []string{"/data", "/tmp"} {
		here := func(m corev1.VolumeMount) bool { return m.MountPath == path && !m.ReadOnly }
		if !slices.ContainsFunc(c.VolumeMounts, here) {
			return fmt.Errorf("find volumes: there is none to write to in %s", path)
		}
	}
	return nil
}

// local returns the arguments of a container that can run, with paths of this machine and a port of its choice.
func local(l *Layout, c corev1.Container) ([]string, error) {
	if err := writable(c); err != nil {
		return nil, err
	}
	port, err := portNumber(c)
	if err != nil {
		return nil, err
	}
	listen := fmt.Sprintf("--web.listen-address=:%d", port)
	found := false
	var arguments []string
	for _, argument := range c.Args {
		if argument == listen {
			argument, found = "--web.listen-address=127.0.0.1:0", true
		}
		arguments = append(arguments, l.Rewrite(argument))
	}
	if !found {
		return nil, fmt.Errorf("read arguments: %s is missing in %v, and the port %s leads nowhere", listen, c.Args, portName)
	}
	return arguments, nil
}

func portNumber(c corev1.Container) (int32, error) {
	for _, port := range c.Ports {
		if port.Name == portName {
			return port.ContainerPort, nil
		}
	}
	return 0, fmt.Errorf("find port: the container has none that is called %s", portName)
}

// read follows the log and reports the address on which the exporter serves.
func (c *Container) read(output io.Reader, addresses chan<- string) {
	defer close(c.ended)
	address := regexp.MustCompile(`msg="Listening on" address=(\S+)`)
	for lines := bufio.NewScanner(output); lines.Scan(); {
		c.log.add(lines.Text())
		if found := address.FindStringSubmatch(lines.Text()); found != nil {
			select {
			case addresses <- found[1]:
			default:
			}
		}
	}
}

// Log returns what the container has written so far.
func (c *Container) Log() string { return c.log.String() }

// Stop ends the container as kubelet does, within the pod's grace period.
func (c *Container) Stop(grace time.Duration) error {
	if err := c.command.Process.Signal(syscall.SIGTERM); err != nil {
		return fmt.Errorf("stop container: %w", err)
	}
	select {
	case <-c.ended:
	case <-time.After(grace):
		return errors.Join(fmt.Errorf("stop container: it still runs after %s", grace), c.command.Process.Kill())
	}
	if err := c.command.Wait(); err != nil {
		return fmt.Errorf("stop container: %w", err)
	}
	return nil
}
