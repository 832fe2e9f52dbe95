package source

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
)

// Decoder reads a successful answer. What it returns as an error is a ReasonDecode failure, unless it is an *Error, and
// is retried like a server failure, because a cut connection looks like bad JSON.
type Decoder func(status int, header http.Header, body io.Reader) error

// DecodeJSON returns a Decoder that reads one JSON value to its end into target, which is zeroed before each attempt.
// Anything behind the value, a wrong content type, or a cut value is an error.
func DecodeJSON[T any](target *T) Decoder {
	return func(_ int, header http.Header, body io.Reader) error {
		var zero T
		*target = zero
		if err := checkJSONType(header.Get("Content-Type")); err != nil {
			return err
		}
		decoder := json.NewDecoder(body)
		if err := decoder.Decode(target); err != nil {
			return jsonError(err)
		}
		if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
			return errors.New("more than one JSON value")
		}
		return nil
	}
}

// checkJSONType refuses the HTML pages that proxies and maintenance windows answer with, status 200 included.
func checkJSONType(contentType string) error {
	if contentType == "" {
		return nil
	}
	media, _, err := mime.ParseMediaType(contentType)
	switch {
	case err != nil && !errors.Is(err, mime.ErrInvalidMediaParameter), len(media) > 64, !isMediaType(media):
		return errors.New("content type cannot be read")
	case media == "application/json", strings.HasSuffix(media, "+json"):
		return nil
	default:
		return &Error{
			Reason: ReasonDecode, Err: fmt.Errorf("read the answer: content type is %s, not JSON", media),
			Hint: "a proxy may have answered instead of the CRM",
		}
	}
}

// isMediaType keeps a hostile header out of the error text.
func isMediaType(media string) bool {
	return strings.Trim(media, "abcdefghijklmnopqrstuvwxyz0123456789/+-.") == ""
}

// jsonError keeps content out of the text: an error of a type's own UnmarshalJSON may quote anything.
func jsonError(err error) error {
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("JSON value is incomplete")
	case errors.Is(err, io.EOF):
		return errors.New("answer is empty")
	}
	if clean := withoutContent(err); clean != nil {
		return clean
	}
	return errors.New("JSON value has an unexpected form")
}

// accept hands a successful answer to decode and proves that it ended cleanly.
func (c *call) accept(ctx context.Context, answer *http.Response, body *boundedBody, decode Decoder) *Error {
	var err error
	if decode != nil {
		err = decode(answer.StatusCode, answer.Header, body)
	}
	if err == nil {
		// What is left is read as well: a cut shows only at the end, and a connection read to its end is used again.
		_, err = io.Copy(io.Discard, body)
	}
	switch {
	case body.failure != nil: // even where decode did not notice
		e := c.broken(ctx, body.failure)
		if e.Reason == ReasonServer {
			e.Reason = ReasonDecode // The server answered; what it answered is cut.
		}
		return e
	case err != nil:
		return c.undecodable(ctx, err)
	default:
		return nil
	}
}

// boundedBody reads at most a number of bytes and remembers how reading failed. It bounds what comes out of
// decompression, so that a small bomb cannot fill the memory.
type boundedBody struct {
	io.ReadCloser
	limit, left int64
	failure     error // of the first Read that failed other than by the end
}

func newBoundedBody(body io.ReadCloser, limit int64) *boundedBody {
	return &boundedBody{ReadCloser: body, limit: limit, left: limit}
}

// Read implements io.Reader.
func (b *boundedBody) Read(p []byte) (int, error) {
	if b.failure != nil {
		return 0, b.failure
	}
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1] // one more than allowed tells a body that ends here from one that goes on
	}
	n, err := b.ReadCloser.Read(p)
	if int64(n) > b.left {
		n, err = int(b.left), Errorf(ReasonDecode, "answer is larger than %d bytes", b.limit)
	}
	b.left -= int64(n)
	if err != nil && !errors.Is(err, io.EOF) {
		b.failure = err
	}
	return n, err
}
