package check

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
)

// Arrived returns the names of the alerts that an Alertmanager has.
func Arrived(ctx context.Context, client *http.Client, alertmanager string) ([]string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, alertmanager+"/api/v2/alerts", http.NoBody)
	if err != nil {
		return nil, fmt.Errorf("ask Alertmanager: %w", err)
	}
	response, err := client.Do(request)
	if err != nil {
		return nil, fmt.Errorf("ask Alertmanager: %w", err)
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("ask Alertmanager: it answered %s", response.Status)
	}
	var alerts []struct {
		Labels map[string]string `json:"labels"`
	}
	if err := json.NewDecoder(response.Body).Decode(&alerts); err != nil {
		return nil, fmt.Errorf("read Alertmanager's answer: %w", err)
	}
	names := make([]string, len(alerts))
	for i, a := range alerts {
		names[i] = a.Labels["alertname"]
	}
	return names, nil
}
