package source

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// maxErrorBody bounds what Classify sees of an answer.
const maxErrorBody = 64 << 10

// fail returns a failure of the call.
func (c *call) fail(reason Reason, format string, args ...any) *Error {
	return &Error{Reason: reason, Err: fmt.Errorf("%s: %w", c, fmt.Errorf(format, args...))}
}

// within names the call in an Error that arose below it.
func (c *call) within(e *Error) *Error {
	return &Error{Reason: e.Reason, Wait: e.Wait, Hint: e.Hint, Err: fmt.Errorf("%s: %w", c, e.Err)}
}

// interrupted is the failure of a call whose context ended, or is bound to end before the call can go on.
func (c *call) interrupted(ctx context.Context, doing string) *Error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return c.fail(ReasonCanceled, "%s: %w", doing, context.Canceled)
	}
	return c.fail(ReasonTimeout, "%s: %w", doing, context.DeadlineExceeded)
}

// callbackFailed is the failure of a function that the Client was given. It keeps a classified error's Reason.
func (c *call) callbackFailed(ctx context.Context, doing string, err error, reason Reason) *Error {
	if e, ok := errors.AsType[*Error](err); ok {
		return c.within(e)
	}
	if ctx.Err() != nil {
		return c.interrupted(ctx, doing)
	}
	return c.fail(reason, "%s: %w", doing, err)
}

// broken is the failure of an exchange without a whole answer. Its text is made anew from the kind of err: net/http
// puts the URL, with its query, into its own.
func (c *call) broken(ctx context.Context, err error) *Error {
	if e, ok := errors.AsType[*Error](err); ok {
		return c.within(e)
	}
	if ctx.Err() != nil {
		return c.interrupted(ctx, "waiting for the answer")
	}
	if ne, ok := errors.AsType[net.Error](err); ok && ne.Timeout() || errors.Is(err, context.DeadlineExceeded) {
		return c.fail(ReasonTimeout, "%s: no whole answer in time: %w", c.host, context.DeadlineExceeded)
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		e := c.fail(ReasonConfig, "%s: certificate of the server is not trusted", c.host)
		e.Hint = "check the host name and the CA certificates of this machine"
		return e
	}
	e := c.fail(ReasonServer, "%s: %s", c.host, brokenText(err))
	if _, ok := errors.AsType[*net.DNSError](err); ok {
		e.Hint = "check the DNS of this machine, and whether it needs a proxy (HTTPS_PROXY)"
	}
	return e
}

func brokenText(err error) string {
	if dns, ok := errors.AsType[*net.DNSError](err); ok {
		if dns.IsNotFound {
			return "host not found"
		}
		return "host name lookup failed"
	}
	_, notTLS := errors.AsType[tls.RecordHeaderError](err)
	switch {
	case notTLS, errors.Is(err, http.ErrSchemeMismatch):
		return "server does not speak TLS"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "connection refused"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return "connection reset"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "connection cut before the end of the answer"
	default:
		return "connection failed"
	}
}

// refused is the failure of an answer with a status outside 2xx.
func (c *Client) refused(call *call, answer *http.Response, body io.Reader) *Error {
	// A read error leaves a shorter text for Classify; the status is known all the same.
	text, _ := io.ReadAll(io.LimitReader(body, maxErrorBody))
	failure := &Error{Reason: reasonOfStatus(answer.StatusCode)}
	if c.options.Classify != nil {
		if e := c.options.Classify(answer.StatusCode, answer.Header, text); e != nil {
			*failure = *e
		}
	}
	if failure.Wait == 0 {
		// A classifier that knows the limit knows better than the header, which some proxies give in milliseconds.
		failure.Wait = retryAfter(answer.Header, c.now())
	}
	status := fmt.Sprintf("%s: status %d%s", call, answer.StatusCode, requestID(answer.Header))
	if failure.Err == nil {
		failure.Err = errors.New(status)
	} else {
		failure.Err = fmt.Errorf("%s: %w", status, failure.Err)
	}
	return failure
}

func reasonOfStatus(status int) Reason {
	switch {
	case status == http.StatusUnauthorized:
		return ReasonAuth
	case status == http.StatusForbidden:
		return ReasonScope
	case status == http.StatusTooManyRequests:
		return ReasonRateLimited
	case status == http.StatusRequestTimeout:
		return ReasonTimeout
	case status >= 500:
		return ReasonServer
	default:
		return ReasonClient
	}
}

// requestID returns what the vendor's support asks for. A value that does not look like an id is left out, for a
// header is not a place to be quoted blindly.
func requestID(header http.Header) string {
	for _, name := range []string{"X-HubSpot-Correlation-Id", "X-Request-Id"} {
		id := header.Get(name)
		if id != "" && len(id) <= 64 && strings.Trim(id, idCharacters) == "" {
			return " (request id " + id + ")"
		}
	}
	return ""
}

const idCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:"

// undecodable is the failure of a Decoder.
func (c *call) undecodable(ctx context.Context, err error) *Error {
	if clean := withoutContent(err); clean != nil {
		err = clean
	}
	return c.callbackFailed(ctx, "read the answer", err, ReasonDecode)
}

// withoutContent returns a substitute for an error of the standard library that quotes what it read, which is CRM
// content, and nil for any other error.
func withoutContent(err error) error {
	if e, ok := errors.AsType[*json.SyntaxError](err); ok {
		return fmt.Errorf("malformed JSON at byte %d", e.Offset)
	}
	if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		kind, _, _ := strings.Cut(e.Value, " ") // Behind the kind stands the value.
		return fmt.Errorf("JSON field %q is a %s, which is not allowed here", e.Field, kind)
	}
	if e, ok := errors.AsType[*strconv.NumError](err); ok {
		return fmt.Errorf("read a number: %w", e.Err)
	}
	if _, ok := errors.AsType[*time.ParseError](err); ok {
		return errors.New("not a date or time")
	}
	return nil
}
