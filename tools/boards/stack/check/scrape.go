package check

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// labelName matches the labels of a line of the text format. A quote within a value is escaped, so that values that
// look like labels do not match.
var labelName = regexp.MustCompile(`([a-zA-Z_]\w*)="`)

// scrape returns the labels of every metric that an exporter exposes. Prometheus does not keep labels whose values are
// all empty, such as the team of targets that fix none, but boards and rules may well name them.
func scrape(ctx context.Context, client *http.Client, exporter string) (map[string][]string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+exporter+"/metrics", http.NoBody)
	if err != nil {
		return nil, fmt.Errorf("scrape %s: %w", exporter, err)
	}
	response, err := client.Do(request)
	if err != nil {
		return nil, fmt.Errorf("scrape %s: %w", exporter, err)
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("scrape %s: it answered %s", exporter, response.Status)
	}
	return exposedLabels(response.Body)
}

func exposedLabels(text io.Reader) (map[string][]string, error) {
	exposed := map[string][]string{}
	scanner := bufio.NewScanner(text)
	scanner.Buffer(nil, 1<<20)
	for scanner.Scan() {
		line := scanner.Text()
		end := strings.IndexAny(line, "{ ")
		if end <= 0 || strings.HasPrefix(line, "#") {
			continue
		}
		labels := exposed[line[:end]]
		for _, found := range labelName.FindAllStringSubmatch(line[end:], -1) {
			if !slices.Contains(labels, found[1]) {
				labels = append(labels, found[1])
			}
		}
		exposed[line[:end]] = labels
	}
	if err := scanner.Err(); err != nil {
		return nil, fmt.Errorf("read scrape: %w", err)
	}
	return exposed, nil
}
