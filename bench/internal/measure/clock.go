package measure

import (
	"fmt"
	"runtime"
	"time"

	"golang.org/x/sys/unix"
)

// CPU returns the processor time of this process: all of its threads, in user and in kernel mode.
func CPU() (time.Duration, error) { return clock(unix.CLOCK_PROCESS_CPUTIME_ID) }

// CPUOf returns the clock of another process's processor time.
func CPUOf(pid int) func() (time.Duration, error) {
	// How Linux names the clock of a process, see clock_getcpuclockid(3).
	const scheduled = 2
	id := int32(^pid<<3 | scheduled) //nolint:gosec // a pid fits
	return func() (time.Duration, error) { return clock(id) }
}

// Wall returns the time of the clock on the wall, for what more processors make shorter.
func Wall() (time.Duration, error) { return clock(unix.CLOCK_MONOTONIC) }

func clock(id int32) (time.Duration, error) {
	var t unix.Timespec
	if err := unix.ClockGettime(id, &t); err != nil {
		return 0, fmt.Errorf("read processor time: %w", err)
	}
	return time.Duration(t.Nano()), nil
}

// collect frees the garbage of the side before, which else would be billed to the next one.
func collect() { runtime.GC() }

// Heap returns the bytes of live memory.
func Heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
