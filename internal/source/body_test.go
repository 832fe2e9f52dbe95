package source

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func discardLog() *log.Logger { return log.New(io.Discard, "", 0) }

// serve returns a Client of a server that answers with handler.
func serve(t *testing.T, handler http.HandlerFunc, options ClientOptions) *Client {
	t.Helper()
	server := httptest.NewUnstartedServer(handler)
	server.Config.ErrorLog = discardLog()
	server.Start()
	t.Cleanup(server.Close)
	options.Base, options.Retries = server.URL, -1
	return newTestClient(t, options)
}

type page struct {
	Results []struct{ ID string }
	Total   int
}

func TestDecodeJSON(t *testing.T) {
	tests := []struct {
		name, contentType, body string
		text                    string // of the error, "" for success
	}{
		{"JSON", "application/json", `{"results":[{"id":"1"}],"total":1}`, ""},
		{"charset", "application/json;charset=UTF-8", `{}`, ""},
		{"odd parameter", "application/json; odd", `{}`, ""},
		{"suffix", "application/hal+json", `{}`, ""},
		{"no content type", "", `{}`, ""},
		{"unknown fields", "application/json", `{"x":{"y":[1]}}`, ""},
		{"white space at the end", "application/json", "{} \r\n\t", ""},
		{"HTML", "text/html; charset=utf-8", `<html>secret</html>`, "content type is text/html, not JSON; a proxy may have answered instead of the CRM"},
		{"HTML called JSON", "application/json", `<html>secret</html>`, "malformed JSON at byte 1"},
		{"text", "text/plain", `{}`, "content type is text/plain"},
		{"CSV", "text/csv", `{}`, "content type is text/csv"},
		{"unreadable content type", "{secret}", `{}`, "content type cannot be read"},
		{"endless content type", "text/" + strings.Repeat("x", 100), `{}`, "content type cannot be read"},
		{"empty", "application/json", "", "answer is empty"},
		{"white space only", "application/json", "  \n", "answer is empty"},
		{"cut", "application/json", `{"results":[{"id":"1"}`, "JSON value is incomplete"},
		{"cut in a string", "application/json", `{"results":[{"id":"secr`, "JSON value is incomplete"},
		{"two values", "application/json", `{}{}`, "more than one JSON value"},
		{"garbage behind", "application/json", `{} secret`, "more than one JSON value"},
		{"NUL behind", "application/json", "{}\x00", "more than one JSON value"},
		{"other type", "application/json", `{"total":"secret"}`, `JSON field "Total" is a string, which`},
		{"number out of range", "application/json", `{"total":1e999}`, `JSON field "Total" is a number`},
		{"not a number", "application/json", `{"total":NaN}`, "malformed JSON"},
		{"other shape", "application/json", `["secret"]`, "JSON field"},
		{"deep", "application/json", strings.Repeat("[", 20000), "malformed JSON"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := newTestClient(t, ClientOptions{
				Retries: -1,
				Environment: Environment{
					Transport: roundTrip(replying(200, tt.body, "Content-Type", tt.contentType)),
				},
			})
			target := page{Total: 7} // must not survive
			err := c.Do(t.Context(), Request{Path: "/"}, DecodeJSON(&target))
			if tt.text == "" {
				if err != nil || target.Total == 7 {
					t.Errorf("error %v, target %+v", err, target)
				}
				return
			}
			if ReasonOf(err) != ReasonDecode || !strings.Contains(fmt.Sprint(err), tt.text) {
				t.Errorf("error %v, want a decode error that says %q", err, tt.text)
			}
			if strings.Contains(fmt.Sprint(err), "secret") {
				t.Errorf("error repeats the answer: %v", err)
			}
		})
	}
}

// quoting is a type whose UnmarshalJSON repeats what it reads.
type quoting struct{}

func (*quoting) UnmarshalJSON(b []byte) error { return fmt.Errorf("cannot read %s", b) }

func TestDecodersDoNotQuote(t *testing.T) {
	read := func(unmarshal func([]byte) error) Decoder {
		return func(_ int, _ http.Header, body io.Reader) error {
			b, err := io.ReadAll(body)
			if err != nil {
				return err
			}
			return unmarshal(b)
		}
	}
	decoders := map[string]Decoder{
		"own UnmarshalJSON": DecodeJSON(new(quoting)),
		"time":              DecodeJSON(new(time.Time)),
		"plain json":        read(func(b []byte) error { return json.Unmarshal(b, new(struct{ A int })) }),
		"plain time": read(func(b []byte) error {
			_, err := time.Parse(time.RFC3339, string(b))
			return fmt.Errorf("read the date: %w", err)
		}),
	}
	for name, decoder := range decoders {
		c := newTestClient(t, ClientOptions{
			Retries: -1, Environment: Environment{Transport: roundTrip(replying(200, `"secret"`))},
		})
		err := c.Do(t.Context(), Request{Path: "/"}, decoder)
		if ReasonOf(err) != ReasonDecode || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: error %v, want a decode error without the content", name, err)
		}
	}
}

func TestTargetIsZeroedBeforeEachAttempt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := &answers{list: []exchange{
			replying(200, `{"results":[{"id":"1"},{"id":"2"}],"total":"x"}`), replying(200, `{"results":[{"id":"3"}]}`),
		}}
		c := newTestClient(t, ClientOptions{Environment: Environment{Transport: network}})
		var target page
		if err := c.Do(t.Context(), Request{Path: "/"}, DecodeJSON(&target)); err != nil {
			t.Fatal(err)
		}
		if len(target.Results) != 1 || target.Results[0].ID != "3" || target.Total != 0 {
			t.Errorf("target %+v holds something of the failed attempt", target)
		}
	})
}

func TestCutAnswers(t *testing.T) {
	const complete = `{"results":[],"total":0}`
	hijack := func(head, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			conn, _, err := http.NewResponseController(w).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			defer conn.Close()
			fmt.Fprintf(conn, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n%s\r\n\r\n%s", head, body)
		}
	}
	short := hijack("Content-Length: 100", complete)
	chunk := fmt.Sprintf("%x\r\n%s\r\n", len(complete), complete)
	tests := []struct {
		name   string
		answer http.HandlerFunc
		decode func(*page) Decoder
	}{
		{"value complete, length is not", short, DecodeJSON[page]},
		{"chunk complete, last chunk is missing", hijack("Transfer-Encoding: chunked", chunk), DecodeJSON[page]},
		{"nobody reads it", short, func(*page) Decoder { return nil }},
		{"decoder does not notice", short, func(*page) Decoder {
			return func(_ int, _ http.Header, body io.Reader) error { _, _ = io.ReadAll(body); return nil }
		}},
		{"decoder stops early", short, func(*page) Decoder {
			return func(int, http.Header, io.Reader) error { return nil }
		}},
		{"gzip without its end", func(w http.ResponseWriter, _ *http.Request) {
			b := zipped([]byte(complete))
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("Content-Encoding", "gzip")
			w.Write(b[:len(b)-4])
		}, DecodeJSON[page]},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := serve(t, tt.answer, ClientOptions{})
			err := c.Do(t.Context(), Request{Path: "/"}, tt.decode(new(page)))
			if ReasonOf(err) != ReasonDecode || !strings.Contains(fmt.Sprint(err), "cut") {
				t.Errorf("error %v, want a server error that says it was cut", err)
			}
		})
	}
}

func zipped(b []byte) []byte {
	var buffer bytes.Buffer
	w, err := gzip.NewWriterLevel(&buffer, gzip.BestSpeed)
	if err != nil {
		panic(err)
	}
	w.Write(b)
	w.Close()
	return buffer.Bytes()
}

func TestAnswerSize(t *testing.T) {
	body := []byte(`{"total":` + strings.Repeat("1", 10) + `}`)
	for limit, want := range map[int64]string{
		int64(len(body)):     "",
		int64(len(body)) - 1: fmt.Sprintf("answer is larger than %d bytes", len(body)-1),
	} {
		for _, decode := range []Decoder{DecodeJSON(new(page)), nil} {
			c := newTestClient(t, ClientOptions{
				Retries: -1, MaxBody: limit, Environment: Environment{Transport: roundTrip(replying(200, string(body)))},
			})
			err := c.Do(t.Context(), Request{Path: "/"}, decode)
			if want == "" && err == nil {
				continue
			}
			if want == "" || ReasonOf(err) != ReasonDecode || !strings.Contains(fmt.Sprint(err), want) {
				t.Errorf("limit %d: error %v, want %q", limit, err, want)
			}
		}
	}
}

func TestEndlessAnswer(t *testing.T) {
	c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		for _, err := io.WriteString(w, `{"results":[`); err == nil; _, err = io.WriteString(w, `{"id":"1"},`) {
		}
	}, ClientOptions{MaxBody: 64 << 10})
	err := c.Do(t.Context(), Request{Path: "/"}, DecodeJSON(new(page)))
	if ReasonOf(err) != ReasonDecode || !strings.Contains(fmt.Sprint(err), "larger than 65536 bytes") {
		t.Errorf("error %v, want one that names the limit", err)
	}
}

func TestGzipBombTakesBoundedMemory(t *testing.T) {
	bomb := zipped(bytes.Repeat([]byte(" "), 16<<20))
	c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Encoding", "gzip")
		w.Write(bomb)
	}, ClientOptions{MaxBody: 1 << 20})
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	err := c.Do(t.Context(), Request{Path: "/"}, DecodeJSON(new(page)))
	runtime.ReadMemStats(&after)
	if ReasonOf(err) != ReasonDecode || !strings.Contains(fmt.Sprint(err), "larger than") {
		t.Errorf("error %v, want one that names the limit", err)
	}
	if allocated := after.TotalAlloc - before.TotalAlloc; allocated > 8<<20 {
		t.Errorf("%d bytes of answer took %d bytes of memory", len(bomb), allocated)
	}
}

func TestSlowDripEndsInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var server sync.WaitGroup
		defer server.Wait()
		network := &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
			ours, theirs := net.Pipe()
			server.Go(func() {
				defer theirs.Close()
				if _, err := http.ReadRequest(bufio.NewReader(theirs)); err != nil {
					return
				}
				io.WriteString(theirs, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n[")
				for {
					time.Sleep(time.Second)
					if _, err := io.WriteString(theirs, "1,"); err != nil {
						return
					}
				}
			})
			return ours, nil
		}}
		observer := &observed{}
		c := newTestClient(t, ClientOptions{
			Base: "http://127.0.0.1", Retries: -1, Environment: Environment{Transport: network, Observer: observer},
		})
		err := c.Do(t.Context(), Request{Path: "/", Endpoint: "drip"}, DecodeJSON(new([]int)))
		if ReasonOf(err) != ReasonTimeout || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v, want a timeout", err)
		}
		if len(observer.took) != 1 || observer.took[0] != 30*time.Second || observer.codes[0] != "200" {
			t.Errorf("observed %v taking %v, want one exchange of 30 s", observer.codes, observer.took)
		}
	})
}

// FuzzDecodeJSON proves that the envelope accepts exactly what is one whole JSON value.
func FuzzDecodeJSON(f *testing.F) {
	for _, seed := range []string{"{}", "{}{}", " null\n", "[1,2", `"a`, "{}\x00", "1 2", "", "tru", "\ufeff{}"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var got any
		err := DecodeJSON(&got)(200, http.Header{}, bytes.NewReader(body))
		if (err == nil) != json.Valid(body) {
			// The one difference: numbers that are valid JSON but fit no float.
			if json.Unmarshal(body, new(any)) == nil {
				t.Errorf("%q: error %v", body, err)
			}
		}
	})
}
