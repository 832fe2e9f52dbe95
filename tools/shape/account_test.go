package shape

import (
	"bufio"
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os/exec"
	"strings"
	"sync"
	"testing"
)

// account is a simulated Salesforce org that counts what it is asked.
type account struct {
	url string

	mu    sync.Mutex
	asked []string // the queries, and the paths of other calls
}

// serve starts a simulator. In its account nothing happens.
func serve(t *testing.T, simulator string) (*account, error) {
	t.Helper()
	command := exec.CommandContext(t.Context(), simulator, "--crm=salesforce", "--deals=40", "--token=secret", "--still",
		"--log.level=error")
	var stderr bytes.Buffer
	command.Stderr = &stderr
	stdout, err := command.StdoutPipe()
	if err == nil {
		err = command.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		_ = command.Wait() // What it says is the error.
		return nil, fmt.Errorf("the simulator serves nothing: %s", &stderr)
	}
	t.Cleanup(func() {
		_ = command.Process.Kill()
		_ = command.Wait() // It was killed.
	})
	target, err := url.Parse(strings.TrimSpace(line))
	if err != nil {
		t.Fatal(err)
	}
	a := &account{}
	proxy := httptest.NewServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		a.note(r.In)
		r.SetURL(target)
		r.Out.Host = r.In.Host
	}})
	t.Cleanup(proxy.Close)
	a.url = proxy.URL
	return a, nil
}

func (a *account) note(r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	call := r.URL.Path
	if query := r.URL.Query().Get("q"); query != "" {
		call = query
	}
	a.asked = append(a.asked, call)
}

// calls returns what was asked since the last time.
func (a *account) calls() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	asked := a.asked
	a.asked = nil
	return asked
}
