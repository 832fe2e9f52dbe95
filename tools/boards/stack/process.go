package stack

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec" //nolint:depguard // The exporter starts no programs, but to start programs is what this package is for.
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// stopTimeout is how long a process may take to stop before it is killed.
const stopTimeout = 10 * time.Second

// process is one running program, the leader of a process group of its own: a Ctrl-C in the terminal reaches only us,
// who stop the programs in order, and whatever a program starts can be stopped with it.
type process struct {
	name string
	pid  int
	log  *logFile
	done chan struct{} // closed once it is over
	err  error         // why it ended; to be read after done
}

// startProcess starts a program that logs to <logs>/<name>.log.
func startProcess(name, logs, program string, args ...string) (*process, error) {
	log, err := newLogFile(filepath.Join(logs, name+".log"))
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(program, args...) //nolint:gosec,noctx // Ours; stopped in order rather than by a context.
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = processAttributes()
	cmd.WaitDelay = time.Second // Without it, a grandchild that keeps the pipe open would block Wait for ever.
	if err := cmd.Start(); err != nil {
		return nil, errors.Join(fmt.Errorf("start %s: %w", name, err), log.Close())
	}
	p := &process{name: name, pid: cmd.Process.Pid, log: log, done: make(chan struct{})}
	go func() {
		defer close(p.done)
		p.err = errors.Join(cmd.Wait(), log.Close())
	}()
	return p, nil
}

// address waits until the process has bound its port and returns where.
func (p *process) address(ctx context.Context) (string, error) {
	select {
	case <-p.log.listening:
		return p.log.address, nil
	case <-p.done:
		return "", p.died()
	case <-ctx.Done():
		return "", fmt.Errorf("wait until %s listens: %w", p.name, ctx.Err())
	}
}

// died tells why the process is over, with its last words.
func (p *process) died() error {
	return fmt.Errorf("%s ended (%w); its log ends with:\n%s", p.name, errOr(p.err, "exit status 0"), p.log.tail())
}

func errOr(err error, text string) error {
	if err != nil {
		return err
	}
	return errors.New(text)
}

// stop ends the process, by force if it takes too long. It is no error that the process has ended already.
func (p *process) stop() error {
	if err := signalGroup(p.pid, syscall.SIGTERM); err != nil {
		return fmt.Errorf("stop %s: %w", p.name, err)
	}
	select {
	case <-p.done:
		return nil
	case <-time.After(stopTimeout):
	}
	if err := signalGroup(p.pid, syscall.SIGKILL); err != nil {
		return fmt.Errorf("kill %s: %w", p.name, err)
	}
	<-p.done
	return fmt.Errorf("%s did not stop within %s and was killed", p.name, stopTimeout)
}

// gone reports whether no process of the group is left.
func (p *process) gone() bool {
	return errors.Is(syscall.Kill(-p.pid, 0), syscall.ESRCH)
}

// signalGroup signals a process and all that it started.
func signalGroup(leader int, signal syscall.Signal) error {
	if err := syscall.Kill(-leader, signal); err != nil && !errors.Is(err, syscall.ESRCH) {
		return err
	}
	return nil
}

// runProgram runs a program to its end and returns what it printed. It is stopped if the context ends first.
func runProgram(ctx context.Context, program string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, program, args...) //nolint:gosec // One of findPrograms.
	cmd.SysProcAttr = processAttributes()
	cmd.Cancel = func() error { return signalGroup(cmd.Process.Pid, syscall.SIGTERM) }
	cmd.WaitDelay = stopTimeout
	out, err := cmd.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("run %s %s: %w\n%s", filepath.Base(program), args[0], err, lastLines(string(out)))
	}
	return string(out), nil
}

func lastLines(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-tailLines):], "\n")
}

// findPrograms returns the paths of the programs in a directory, and an error that names those which are missing.
func findPrograms(dir string, names ...string) (map[string]string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("find programs: %w", err)
	}
	programs := map[string]string{}
	var missing []string
	for _, name := range names {
		path := filepath.Join(dir, name)
		if info, err := os.Stat(path); err != nil || info.IsDir() {
			missing = append(missing, name)
		}
		programs[name] = path
	}
	if len(missing) > 0 {
		return nil, fmt.Errorf("%s holds no %s", dir, strings.Join(missing, ", "))
	}
	return programs, nil
}
