package measure

import (
	"fmt"
	"os"
	"strconv"
	"strings"
)

// bandwidthBytes is far more than any cache holds.
const bandwidthBytes = 512 << 20

// Bandwidth reads memory in order, as a pass over columns must.
type Bandwidth struct {
	words []uint64
	sum   uint64
}

// NewBandwidth allocates what is read.
func NewBandwidth() *Bandwidth {
	b := &Bandwidth{words: make([]uint64, bandwidthBytes/8)}
	for i := range b.words {
		b.words[i] = uint64(i) //nolint:gosec // any value does
	}
	return b
}

// Side adds all words up.
func (b *Bandwidth) Side() Side {
	return Side{Run: func() error {
		var s0, s1, s2, s3, s4, s5, s6, s7 uint64
		for w := b.words; len(w) >= 8; w = w[8:] {
			s0, s1, s2, s3 = s0+w[0], s1+w[1], s2+w[2], s3+w[3]
			s4, s5, s6, s7 = s4+w[4], s5+w[5], s6+w[6], s7+w[7]
		}
		b.sum += s0 + s1 + s2 + s3 + s4 + s5 + s6 + s7
		return nil
	}}
}

// Scale returns the factor from the time of Side to that of reading so many bytes.
func (b *Bandwidth) Scale(bytes int) float64 { return float64(bytes) / bandwidthBytes }

// Resident returns the resident memory of a process in MB, and the most that it ever had.
func Resident(pid int) (now, peak float64, err error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, 0, fmt.Errorf("read resident memory: %w", err)
	}
	for line := range strings.Lines(string(status)) {
		fields := strings.Fields(line)
		if len(fields) < 2 {
			continue
		}
		kilobytes, _ := strconv.ParseFloat(fields[1], 64)
		switch fields[0] {
		case "VmRSS:":
			now = kilobytes / 1024
		case "VmHWM:":
			peak = kilobytes / 1024
		}
	}
	return now, peak, nil
}
