package source

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"time"
)

// Reason classifies why a sync failed. It is a label value: the set is closed.
type Reason string

// The reasons.
const (
	ReasonAuth        Reason = "auth"         // the credential is refused
	ReasonScope       Reason = "scope"        // the credential lacks a permission
	ReasonRateLimited Reason = "rate_limited" // too many calls in a short time
	ReasonQuota       Reason = "quota"        // the day's allowance, or our share of it, is spent
	ReasonTimeout     Reason = "timeout"      // no answer in time
	ReasonCanceled    Reason = "canceled"     // we stopped it
	ReasonServer      Reason = "server"       // 5xx, connection refused or cut
	ReasonClient      Reason = "client"       // the vendor does not understand us: other 4xx, a redirect
	ReasonDecode      Reason = "decode"       // an answer that is not what the contract promises
	ReasonConfig      Reason = "config"       // the configuration cannot work: missing file, wrong host
)

// Reasons returns every Reason, so that counters can start at 0.
func Reasons() []Reason {
	return []Reason{
		ReasonAuth, ReasonScope, ReasonRateLimited, ReasonQuota, ReasonTimeout,
		ReasonCanceled, ReasonServer, ReasonClient, ReasonDecode, ReasonConfig,
	}
}

// Error is a failure with its Reason. Its text names the endpoint, the status and the vendor's request id, never the
// URL's query, a header or a body, for these hold secrets and customer data.
type Error struct {
	Reason Reason
	// Wait is how long the vendor asks to be left alone, 0 where it does not say. The engine does not sync before.
	Wait time.Duration
	// Hint tells the user what to do, or is "".
	Hint string
	Err  error
}

// Error implements error.
func (e *Error) Error() string {
	if e.Hint == "" {
		return fmt.Sprintf("%s: %v", e.Reason, e.Err)
	}
	return fmt.Sprintf("%s: %v; %s", e.Reason, e.Err, e.Hint)
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Errorf returns an Error of the given reason.
func Errorf(reason Reason, format string, args ...any) *Error {
	return &Error{Reason: reason, Err: fmt.Errorf(format, args...)}
}

// ReasonOf returns the Reason of err, looking through wrapping. Errors that were never classified are client errors.
func ReasonOf(err error) Reason {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Reason
	}
	if errors.Is(err, context.Canceled) {
		return ReasonCanceled
	}
	if ne, ok := errors.AsType[net.Error](err); ok && ne.Timeout() || errors.Is(err, context.DeadlineExceeded) {
		return ReasonTimeout
	}
	return ReasonClient
}

// WaitOf returns how long the vendor asked to be left alone, or 0.
func WaitOf(err error) time.Duration {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Wait
	}
	return 0
}

// UnavailableError is the failure of a stream that the account cannot give at all: the credential lacks the scope, the
// tier is too low, there is no such object. Where the numbers do without the stream, it is switched off alone.
type UnavailableError struct{ Err error }

// Error implements error.
func (e *UnavailableError) Error() string { return e.Err.Error() }

// Unwrap returns the cause.
func (e *UnavailableError) Unwrap() error { return e.Err }

// IsUnavailable reports whether err is an UnavailableError.
func IsUnavailable(err error) bool {
	_, unavailable := errors.AsType[*UnavailableError](err)
	return unavailable
}

// EndsCycle reports whether err is about the whole account, so that no other stream of it would fare better.
func EndsCycle(err error) bool {
	ofAccount := []Reason{ReasonAuth, ReasonRateLimited, ReasonQuota, ReasonCanceled}
	return WaitOf(err) > 0 || slices.Contains(ofAccount, ReasonOf(err))
}
