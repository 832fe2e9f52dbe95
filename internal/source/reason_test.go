package source_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/source"
)

// TestFailuresOfStreams says which failures are one stream's and which are the whole account's.
func TestFailuresOfStreams(t *testing.T) {
	for name, test := range map[string]struct {
		err                    error
		endsCycle, unavailable bool
	}{
		"a credential that is refused": {source.Errorf(source.ReasonAuth, "refused"), true, false},
		"an allowance that is spent":   {source.Errorf(source.ReasonQuota, "spent"), true, false},
		"too many calls":               {source.Errorf(source.ReasonRateLimited, "slow down"), true, false},
		"a wish to be left alone": {
			&source.Error{Reason: source.ReasonServer, Wait: time.Minute, Err: errors.New("busy")}, true, false,
		},
		"our own stop":          {source.Errorf(source.ReasonCanceled, "stopped"), true, false},
		"a server that is down": {source.Errorf(source.ReasonServer, "down"), false, false},
		"a missing scope":       {source.Errorf(source.ReasonScope, "no scope"), false, false},
		"no such object": {
			&source.UnavailableError{Err: source.Errorf(source.ReasonScope, "no such object")}, false, true,
		},
		"none": {nil, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			err := test.err
			if err != nil {
				err = fmt.Errorf("deals: %w", err)
			}
			if got := source.EndsCycle(err); got != test.endsCycle {
				t.Errorf("ends the cycle: %v, want %v", got, test.endsCycle)
			}
			if got := source.IsUnavailable(err); got != test.unavailable {
				t.Errorf("is unavailable: %v, want %v", got, test.unavailable)
			}
			if test.unavailable && source.ReasonOf(err) != source.ReasonScope {
				t.Errorf("the reason is %s", source.ReasonOf(err))
			}
		})
	}
}
