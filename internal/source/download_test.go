package source

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const (
	sheetURL  = "https://docs.example.com/spreadsheets/d/e/canary-key/pub?output=csv"
	sheetHost = "https://doc-0s.content.example.net/canary-key/file.csv"
)

// web answers URLs in memory and keeps what it was asked.
type web struct {
	answers map[string]webPage
	asked   []*http.Request
}

// RoundTrip implements http.RoundTripper.
func (w *web) RoundTrip(r *http.Request) (*http.Response, error) {
	w.asked = append(w.asked, r)
	answer, ok := w.answers[r.URL.String()]
	if !ok {
		return nil, errors.New("no such host")
	}
	return &http.Response{
		Request: r, StatusCode: answer.status, Header: answer.header, Body: io.NopCloser(strings.NewReader(answer.body)),
	}, nil
}

// webPage is what the web answers for a URL.
type webPage struct {
	status int
	header http.Header
	body   string
}

func webAnswer(status int, body string, headers ...string) webPage {
	answer := webPage{status: status, header: http.Header{}, body: body}
	for i := 0; i < len(headers); i += 2 {
		answer.header.Set(headers[i], headers[i+1])
	}
	return answer
}

func redirectTo(location string) webPage {
	return webAnswer(http.StatusTemporaryRedirect, "", "Location", location, "Set-Cookie", "NID=1; Domain=example.com")
}

func TestDownloadFollowsToAnotherHost(t *testing.T) {
	w := &web{answers: map[string]webPage{
		sheetURL: redirectTo(sheetHost),
		sheetHost: webAnswer(http.StatusOK, "id\n1\n", "Content-Type", "text/csv; charset=utf-8", "ETag", `"a"`,
			"Last-Modified", "Sun, 01 Sep 2024 10:00:00 GMT"),
	}}
	got, err := NewDownloader(Environment{Transport: w, UserAgent: "test"}, 1000).Get(t.Context(), sheetURL, Validators{})
	if err != nil {
		t.Fatal(err)
	}
	want := Download{
		Content: []byte("id\n1\n"), MediaType: "text/csv", Modified: time.Date(2024, 9, 1, 10, 0, 0, 0, time.UTC),
		Validators: Validators{ETag: `"a"`, LastModified: "Sun, 01 Sep 2024 10:00:00 GMT"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for _, r := range w.asked {
		for _, header := range []string{"Referer", "Cookie", "Authorization"} {
			if r.Header.Get(header) != "" {
				t.Errorf("%s was sent to %s", header, r.URL.Host)
			}
		}
	}
}

func TestDownloadAsksForChangesOnly(t *testing.T) {
	w := &web{answers: map[string]webPage{sheetURL: webAnswer(http.StatusNotModified, "")}}
	known := Validators{ETag: `"a"`, LastModified: "Sun, 01 Sep 2024 10:00:00 GMT"}
	got, err := NewDownloader(Environment{Transport: w}, 1000).Get(t.Context(), sheetURL, known)
	if err != nil || !got.Unchanged {
		t.Fatalf("got %+v, %v", got, err)
	}
	header := w.asked[0].Header
	if header.Get("If-None-Match") != known.ETag || header.Get("If-Modified-Since") != known.LastModified {
		t.Errorf("asked with %v", header)
	}
}

func TestDownloadRefuses(t *testing.T) {
	const third, fourth = "https://c.example.com/", "https://d.example.com/"
	tests := map[string]struct {
		address string
		answers map[string]webPage
		reason  Reason
		want    string
	}{
		"plain http":           {address: "http://docs.example.com/a.csv", reason: ReasonConfig, want: "not https"},
		"a user in the URL":    {address: "https://ann:pw@docs.example.com/a.csv", reason: ReasonConfig, want: "user name"},
		"a redirect to http":   {answers: map[string]webPage{sheetURL: redirectTo("http://docs.example.com/a.csv")}, reason: ReasonConfig, want: "not https"},
		"a redirect to a user": {answers: map[string]webPage{sheetURL: redirectTo("https://a:b@docs.example.com/")}, reason: ReasonConfig, want: "user name"},
		"a redirect to file":   {answers: map[string]webPage{sheetURL: redirectTo("file:///etc/passwd")}, reason: ReasonConfig, want: "not a URL"},
		"four redirects": {
			answers: map[string]webPage{
				sheetURL: redirectTo(sheetHost), sheetHost: redirectTo(third), third: redirectTo(fourth), fourth: redirectTo(third),
			},
			reason: ReasonServer, want: "more than 3 redirects",
		},
		"a redirect to nowhere": {answers: map[string]webPage{sheetURL: webAnswer(302, "")}, reason: ReasonServer, want: "without a location"},
		"a sheet that is gone":  {answers: map[string]webPage{sheetURL: webAnswer(404, "canary-key")}, reason: ReasonClient, want: "status 404"},
		"a sheet of somebody":   {answers: map[string]webPage{sheetURL: webAnswer(401, "")}, reason: ReasonAuth, want: "status 401"},
		"a huge file":           {answers: map[string]webPage{sheetURL: webAnswer(200, strings.Repeat("x", 1001))}, reason: ReasonDecode, want: "larger than 1000 bytes"},
		"an unknown host":       {reason: ReasonServer, want: "connection failed"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if test.address == "" {
				test.address = sheetURL
			}
			d := NewDownloader(Environment{Transport: &web{answers: test.answers}}, 1000)
			_, err := d.Get(t.Context(), test.address, Validators{})
			if err == nil || ReasonOf(err) != test.reason || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("got %v (%s), want %q (%s)", err, ReasonOf(err), test.want, test.reason)
			}
			if strings.Contains(err.Error(), "canary-key") || strings.Contains(err.Error(), "pw") {
				t.Errorf("the message shows what protects the sheet: %v", err)
			}
		})
	}
}

func TestCheckPublic(t *testing.T) {
	for address, allowed := range map[string]bool{
		"93.184.216.34:443": true, "[2606:2800:220:1::1]:443": true,
		"10.1.2.3:443": false, "172.16.0.1:443": false, "172.31.255.255:443": false, "192.168.1.1:443": false,
		"100.64.0.1:443": false, "127.0.0.1:443": false, "0.0.0.0:443": false, "169.254.169.254:80": false,
		"[::1]:443": false, "[fd00::1]:443": false, "[fe80::1]:443": false, "[::ffff:10.0.0.1]:443": false,
		"172.32.0.1:443": true, "100.128.0.1:443": true,
	} {
		if err := checkPublic(address); (err == nil) != allowed {
			t.Errorf("%s: %v", address, err)
		}
	}
}
