package app

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/mirror/mirrortest"
)

// The variables that make the test binary an exporter to be killed.
const (
	killConfig = "SALES_EXPORTER_KILL"
	killOnce   = "SALES_EXPORTER_KILL_ONCE"   // sync once and end, instead of serving until killed
	killOffset = "SALES_EXPORTER_KILL_OFFSET" // how far the clock is ahead of the machine's
)

// exporterToKill is the whole program but for its flags. It returns the exit code.
func exporterToKill(configFile string) int {
	offset, err := time.ParseDuration(os.Getenv(killOffset))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	options := Options{
		ConfigFile:      configFile,
		Logger:          slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug})),
		ListenAddresses: []string{"127.0.0.1:0"},
		Now:             func() time.Time { return time.Now().Add(offset) },
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	if os.Getenv(killOnce) != "" {
		err = Once(ctx, options, os.Stdout)
	} else {
		err = runUntil(ctx, options)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func runUntil(ctx context.Context, options Options) error {
	a, err := New(ctx, options)
	if err != nil {
		return err
	}
	return a.Run(ctx)
}

const (
	killPhases = 3 // of each fresh mirror
	killSeed   = 20260701
)

// killLength returns how many fresh mirrors there are, and how many kills in each of their phases.
func killLength() (mirrors, kills int) {
	if mirrortest.Thorough {
		return 3, 12
	}
	return 1, 5
}

// TestKill kills the process at random moments while the CRMs go on changing, and compares the mirror with what the
// CRMs really hold whenever a sync was let through: after a first full read, after increments, and after a reconcile.
func TestKill(t *testing.T) {
	if testing.Short() {
		t.Skip("kills many processes")
	}
	if runtime.GOOS == "windows" {
		t.Skip("a process there cannot tell by which signal it ended")
	}
	t.Parallel()
	t.Logf("seed %d", killSeed)
	k := newKiller(t)
	mirrors, kills := killLength()
	for range mirrors {
		k.freshMirror()
		k.phase(kills, passCalls, 0)
		k.compare(tolerant)
		k.phase(kills, incrementCalls, 4*time.Minute)
		k.compare(tolerant)
		k.clock.advance(2 * time.Hour)
		k.phase(kills, passCalls, 0)
		k.compare(exact)
	}
	t.Logf("%d kills, %d comparisons of %d rows, %d changes in the CRMs", k.kills, k.comparisons, k.rows, k.changes())
	if want := mirrors * killPhases * kills; k.kills != want {
		t.Errorf("%d kills, want %d", k.kills, want)
	}
}

// killer starts exporters and kills them.
type killer struct {
	t      *testing.T
	clock  *testClock
	rand   *rand.Rand
	crms   []*livingCRM
	dir    string
	mirror string
	began  time.Time // of the mirror at hand

	kills, comparisons, rows int
}

func newKiller(t *testing.T) *killer {
	k := &killer{
		t: t, clock: &testClock{}, dir: t.TempDir(),
		rand: rand.New(rand.NewPCG(killSeed, 0)),
	}
	for i, kind := range []string{"hubspot", "salesforce"} {
		k.crms = append(k.crms, newLivingCRM(t, kind, killSeed+uint64(i), k.clock.now))
	}
	return k
}

// freshMirror starts over with a file that does not exist yet.
func (k *killer) freshMirror() {
	k.t.Helper()
	k.mirror = filepath.Join(k.dir, fmt.Sprintf("mirror-%d.db", k.comparisons))
	k.began = k.clock.now()
	var config strings.Builder
	fmt.Fprintf(&config, `
timezone: UTC
dimensions: [team, territory, segment]
windows: [all_time]
mirror: {sqlite: {path: %q}}
sources:`, k.mirror)
	secret := secretFile(k.t)
	for _, c := range k.crms {
		config.WriteString(c.yaml(secret))
	}
	writeFile(k.t, k.configFile(), config.String())
}

func (k *killer) configFile() string { return filepath.Join(k.dir, "config.yaml") }

const (
	// About how many calls a sync of both CRMs makes, which is where the kills are to fall.
	passCalls      = 35
	incrementCalls = 16
	// longestLife is for how long a process may live before a kill that waits for calls comes anyway.
	longestLife = 800 * time.Millisecond
	// longestStart is about how long a process needs until it calls somebody.
	longestStart = 400 * time.Millisecond
)

// phase is a row of killed lives. Before each of them the clock jumps, up to a limit.
func (k *killer) phase(kills, calls int, jumps time.Duration) {
	k.t.Helper()
	for range kills {
		if jumps > 0 {
			k.clock.advance(time.Duration(k.rand.Int64N(int64(jumps))))
		}
		k.life(calls)
	}
}

// life starts an exporter and kills it: most after a number of calls, some after a time, which may be before it has
// opened its mirror.
func (k *killer) life(most int) {
	k.t.Helper()
	calls, patience := 1+k.rand.IntN(most), longestLife
	if k.rand.IntN(4) == 0 {
		calls, patience = 1<<30, time.Duration(k.rand.Int64N(int64(longestStart)))
	}
	reached := k.after(calls)
	process := k.start()
	for _, c := range k.crms {
		c.work()
	}
	select {
	case <-reached:
		process.wait(time.Duration(k.rand.Int64N(int64(10 * time.Millisecond))))
	case <-process.ended:
	case <-time.After(patience):
	}
	process.kill()
	for _, c := range k.crms {
		c.rest()
	}
	if !process.killed() {
		k.t.Fatalf("the process ended by itself:\n%s", &process.stderr)
	}
	k.kills++
}

// after returns a channel that is closed at the n-th call from now to any of the CRMs.
func (k *killer) after(n int) <-chan struct{} {
	reached := make(chan struct{})
	left := &countdown{left: n, reached: reached}
	for _, c := range k.crms {
		c.countdown.Store(left)
	}
	return reached
}

// once lets an exporter sync everything and returns its page.
func (k *killer) once() scraped {
	k.t.Helper()
	process := k.start(killOnce + "=1")
	<-process.ended
	if process.err != nil {
		k.t.Fatalf("sync once: %v\n%s", process.err, &process.stderr)
	}
	return parsePage(k.t, process.stdout.String())
}

// victim is a process.
type victim struct {
	command        *exec.Cmd
	stdout, stderr bytes.Buffer // to be read once it has ended
	ended          chan struct{}
	err            error
}

// start runs this test binary as an exporter.
func (k *killer) start(environment ...string) *victim {
	k.t.Helper()
	binary, err := os.Executable()
	if err != nil {
		k.t.Fatal(err)
	}
	k.clock.mu.Lock()
	offset := k.clock.offset
	k.clock.mu.Unlock()
	p := &victim{command: exec.CommandContext(k.t.Context(), binary), ended: make(chan struct{})}
	p.command.Env = append(os.Environ(), killConfig+"="+k.configFile(), killOffset+"="+offset.String(),
		"GORACE=halt_on_error=1")
	p.command.Env = append(p.command.Env, environment...)
	p.command.Stdout, p.command.Stderr = &p.stdout, &p.stderr
	if err := p.command.Start(); err != nil {
		k.t.Fatal(err)
	}
	go func() {
		defer close(p.ended)
		p.err = p.command.Wait()
	}()
	return p
}

// wait lets the process live for a while.
func (p *victim) wait(d time.Duration) {
	select {
	case <-p.ended:
	case <-time.After(d):
	}
}

// kill sends SIGKILL, which no process can do anything about.
func (p *victim) kill() {
	_ = p.command.Process.Kill() // It fails on a process that has ended by itself, which killed tells.
	<-p.ended
}

func (p *victim) killed() bool {
	status, ok := p.command.ProcessState.Sys().(syscall.WaitStatus)
	return ok && status.Signaled() && status.Signal() == syscall.SIGKILL
}
