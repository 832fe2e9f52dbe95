package kpi

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"testing"
)

// availableMemory returns the machine's free memory in bytes, 0 where it does not tell.
func availableMemory(tb testing.TB) uint64 {
	tb.Helper()
	f, err := os.Open("/proc/meminfo")
	if err != nil {
		return 0
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var kilobytes uint64
		if rest, ok := strings.CutPrefix(lines.Text(), "MemAvailable:"); ok {
			if _, err := fmt.Sscan(rest, &kilobytes); err == nil {
				return kilobytes << 10
			}
		}
	}
	return 0
}
