package source

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"golang.org/x/oauth2"
)

// ErrNoToken is the failure of a flow that finds no access token in a successful answer.
var ErrNoToken = errors.New("the token answer holds no usable access token")

// TokenFlow is one of the flows of golang.org/x/oauth2, such as the Token method of a clientcredentials.Config. It
// states how the endpoint wants the client's secret, because finding out costs a second call, and asks the origin of
// the Client.
type TokenFlow func(ctx context.Context) (*oauth2.Token, error)

// FetchToken runs a flow. Its calls go through Do, with every bound, retry and count of it. endpoint names them in
// metrics and errors. Errors are *Error: those of Do, and ErrNoToken as ReasonDecode.
func (c *Client) FetchToken(ctx context.Context, endpoint string, flow TokenFlow) (*oauth2.Token, error) {
	carrier := &http.Client{Transport: tokenTransport{client: c, endpoint: endpoint}}
	token, err := flow(context.WithValue(ctx, oauth2.HTTPClient, carrier))
	if err == nil {
		return token, nil
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return nil, e
	}
	// Errors of x/oauth2 quote the answer, which may repeat the secret of the request.
	return nil, Errorf(ReasonDecode, "%s: %w", endpoint, ErrNoToken)
}

// tokenTransport lets x/oauth2 send its requests through a Client. It hands out successful answers only: a refusal is
// classified by the Client and comes back as an *Error.
type tokenTransport struct {
	client   *Client
	endpoint string
}

// RoundTrip implements http.RoundTripper.
func (t tokenTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	form, err := readForm(r)
	if err != nil {
		return nil, err
	}
	var answer json.RawMessage
	err = t.client.Do(r.Context(), Request{
		Method: r.Method, Path: r.URL.String(), Endpoint: t.endpoint, Form: form, Header: r.Header,
	}, DecodeJSON(&answer))
	if err != nil {
		return nil, err
	}
	return &http.Response{
		Status: "200 OK", StatusCode: http.StatusOK,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header:        http.Header{"Content-Type": {"application/json"}},
		Body:          io.NopCloser(bytes.NewReader(answer)),
		ContentLength: int64(len(answer)),
		Request:       r,
	}, nil
}

// readForm returns the form that a request carries, and closes its body as a RoundTripper has to.
func readForm(r *http.Request) (url.Values, error) {
	if r.Body == nil {
		return nil, nil //nolint:nilnil // a request without a body has no form
	}
	text, err := io.ReadAll(r.Body)
	if err := errors.Join(err, r.Body.Close()); err != nil {
		return nil, fmt.Errorf("read the form: %w", err)
	}
	return url.ParseQuery(string(text))
}
