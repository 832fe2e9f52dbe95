package stack

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSink(t *testing.T) {
	var out strings.Builder
	s, err := startSink(t.Context(), &out)
	if err != nil {
		t.Fatal(err)
	}
	const notified = `{"status":"firing","alerts":[
		{"status":"firing","labels":{"alertname":"A","severity":"warning","audience":"sales"},
		 "annotations":{"summary":"Behind."}},
		{"status":"resolved","labels":{"alertname":"B"},"annotations":{}},
		{"status":"firing","labels":{"alertname":"A"},"annotations":{}}]}`
	for body, want := range map[string]int{notified: http.StatusOK, "{": http.StatusBadRequest} {
		response, err := http.Post("http://"+s.address, "application/json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		if response.StatusCode != want {
			t.Errorf("it answered %s to %s", response.Status, body)
		}
	}
	if diff := cmp.Diff([]string{"A", "B"}, s.Alerts()); diff != "" {
		t.Error(diff)
	}
	if err := s.stop(); err != nil {
		t.Error(err)
	}
	lines := strings.Split(out.String(), "\n")
	if len(lines) != 4 || lines[0] != "firing   warning  sales   A: Behind." {
		t.Errorf("it printed %q", lines)
	}
}
