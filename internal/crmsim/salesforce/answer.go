package salesforce

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// answer is what a resource says, before it is written to a connection or into the answer of a batch.
type answer struct {
	status int
	body   []byte // JSON, unless html is set
	html   bool
	code   string // of a refusal
}

// apiError is one element of an error answer of the data API.
type apiError struct {
	Message string `json:"message"`
	Code    string `json:"errorCode"`
}

func reply(status int, body any) answer {
	encoded, err := json.Marshal(body)
	if err != nil {
		return refuse(http.StatusInternalServerError, "UNKNOWN_EXCEPTION", err.Error())
	}
	return answer{status: status, body: encoded}
}

func refuse(status int, code, message string) answer {
	a := reply(status, []apiError{{Message: message, Code: code}})
	a.code = code
	return a
}

func invalidSession() answer {
	return refuse(http.StatusUnauthorized, "INVALID_SESSION_ID", "Session expired or invalid")
}

func notFound() answer {
	return refuse(http.StatusNotFound, "NOT_FOUND", "The requested resource does not exist")
}

// write sends an answer, compressed if the client asked for it; even then Salesforce does not promise to.
func (h *Handler) write(w http.ResponseWriter, r *http.Request, a answer) {
	if a.code != "" {
		h.Violated(strings.ToLower(a.code))
	}
	header := w.Header()
	header.Set("Cache-Control", "no-cache,must-revalidate,max-age=0,no-store,private")
	header.Set("Content-Type", "application/json;charset=UTF-8")
	if a.status == http.StatusUnauthorized {
		header.Set("WWW-Authenticate", "Token")
	}
	if a.html {
		header.Set("Content-Type", "text/html;charset=UTF-8")
	}
	if !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") || h.options.PlainAnswers && h.draw(2) == 0 {
		w.WriteHeader(a.status)
		_, _ = w.Write(a.body)
		return
	}
	header.Set("Content-Encoding", "gzip")
	w.WriteHeader(a.status)
	compressor := gzip.NewWriter(w)
	_, _ = compressor.Write(a.body)
	_ = compressor.Close()
}

// draw returns a random number below n.
func (h *Handler) draw(n int) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.rand.IntN(n)
}

// maxRequestLength bounds the URI and the headers together, in bytes.
const maxRequestLength = 16_384

// checkLength refuses a request whose URI or headers are too long, as the load balancer in front of the org does.
func checkLength(r *http.Request) (answer, bool) {
	uri := len(r.URL.RequestURI())
	total := len(r.Method) + len(" ") + uri + len(" HTTP/1.1\r\nHost: \r\n") + len(r.Host)
	for name, values := range r.Header {
		for _, value := range values {
			total += len(name) + len(": \r\n") + len(value)
		}
	}
	switch {
	case uri > maxRequestLength:
		return page(http.StatusRequestURITooLong, "uri_too_long"), false
	case total > maxRequestLength:
		return page(http.StatusRequestHeaderFieldsTooLarge, "header_too_long"), false
	default:
		return answer{}, true
	}
}

func page(status int, code string) answer {
	const form = "<html><head><title>Error %d</title></head><body>%s</body></html>"
	text := fmt.Sprintf(form, status, http.StatusText(status))
	return answer{status: status, body: []byte(text), html: true, code: code}
}

// The API versions: older ones than oldestLiving are retired for good.
const (
	oldestLiving = 31
	oldestServed = 58
	newestServed = 68
)

// splitVersion takes the version off a path; the answer is set where it is not one that is served.
func splitVersion(path string) (version, rest string, refusal answer) {
	rest, data := strings.CutPrefix(path, "/services/data/")
	version, rest, _ = strings.Cut(rest, "/")
	number, err := strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(version, "v"), ".0"))
	switch {
	case !data || err != nil || version != fmt.Sprintf("v%d.0", number):
		return "", "", notFound()
	case number < oldestLiving:
		return "", "", refuse(http.StatusGone, "UNSUPPORTED_API_VERSION", "410:GONE: this API version has been retired")
	case number < oldestServed || number > newestServed:
		return "", "", notFound()
	}
	return version, rest, answer{}
}

// listVersions answers GET /services/data, which needs no session and is not counted.
func listVersions() answer {
	type version struct {
		Label   string `json:"label"`
		URL     string `json:"url"`
		Version string `json:"version"`
	}
	var versions []version
	for n := oldestServed; n <= newestServed; n++ {
		// Three releases a year; the one called Winter comes out in the autumn before.
		season, year := [...]string{"Spring", "Summer", "Winter"}[n%3], n/3+4
		if season == "Winter" {
			year++
		}
		name := strconv.Itoa(n) + ".0"
		versions = append(versions, version{fmt.Sprintf("%s '%d", season, year), "/services/data/v" + name, name})
	}
	return reply(http.StatusOK, versions)
}
