package check

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"

	v1 "github.com/prometheus/client_golang/api/prometheus/v1"
)

// leastBusinessAlerts is how many different ones the demo data is made to raise.
const leastBusinessAlerts = 3

// targets looks whether everything is scraped.
func (o Options) targets(ctx context.Context) finding {
	targets, err := o.API.Targets(ctx)
	if err != nil {
		return problem("list targets: %v", err)
	}
	f := finding{facts: fmt.Sprintf("%d targets", len(targets.Active))}
	for _, t := range targets.Active {
		if t.Health != v1.HealthGood {
			f.problems = append(f.problems, fmt.Sprintf("%s is %s: %s", t.ScrapeURL, t.Health, t.LastError))
		}
	}
	if len(targets.Active) != len(o.Replicas) {
		f.problems = append(f.problems, fmt.Sprintf("%d targets for %d exporters", len(targets.Active), len(o.Replicas)))
	}
	return f
}

// evaluation looks whether every rule was evaluated, without an error.
func (o Options) evaluation(ctx context.Context) finding {
	rules, err := o.rules(ctx)
	if err != nil {
		return problem("%v", err)
	}
	f := finding{facts: fmt.Sprintf("%d rules", len(rules))}
	for _, r := range rules {
		if r.health != v1.RuleHealthGood {
			f.problems = append(f.problems, fmt.Sprintf("%s is %s: %s", r.name, r.health, r.lastError))
		}
	}
	if len(rules) == 0 {
		f.problems = append(f.problems, "no rule is loaded")
	}
	return f
}

// rule is what recording and alerting rules have in common.
type rule struct {
	name, query, lastError string
	health                 v1.RuleHealth
}

func (o Options) rules(ctx context.Context) ([]rule, error) {
	result, err := o.API.Rules(ctx, nil)
	if err != nil {
		return nil, fmt.Errorf("list rules: %w", err)
	}
	var rules []rule
	for _, group := range result.Groups {
		for _, r := range group.Rules {
			switch r := r.(type) {
			case v1.AlertingRule:
				rules = append(rules, rule{r.Name, r.Query, r.LastError, r.Health})
			case v1.RecordingRule:
				rules = append(rules, rule{r.Name, r.Query, r.LastError, r.Health})
			}
		}
	}
	return rules, nil
}

// alerts looks whether the demo raises what it is made to raise, and whether that arrives.
func (o Options) alerts(ctx context.Context) finding {
	result, err := o.API.Alerts(ctx)
	if err != nil {
		return problem("list alerts: %v", err)
	}
	arrived, notified, err := o.Received(ctx)
	if err != nil {
		return problem("%v", err)
	}
	var f finding
	var business []string
	for _, a := range result.Alerts {
		name, audience := string(a.Labels["alertname"]), string(a.Labels["audience"])
		switch {
		case a.State != v1.AlertStateFiring:
		case audience == "sre":
			f.problems = append(f.problems, fmt.Sprintf("%s fires: %s", name, a.Annotations["summary"]))
		case audience == "sales" || audience == "revops":
			if !slices.Contains(business, name) {
				business = append(business, name)
			}
		default:
			f.problems = append(f.problems, fmt.Sprintf("%s fires for the audience %q, which nobody is", name, audience))
		}
	}
	slices.Sort(business)
	if len(business) < leastBusinessAlerts {
		f.problems = append(f.problems, fmt.Sprintf("%d business alerts fire, at least %d should: %s",
			len(business), leastBusinessAlerts, cmp.Or(strings.Join(business, ", "), "none")))
	}
	for _, name := range business {
		if !slices.Contains(arrived, name) {
			f.problems = append(f.problems, name+" did not reach Alertmanager")
		} else if !slices.Contains(notified, name) {
			f.problems = append(f.problems, name+" reached Alertmanager, but nobody was notified")
		}
	}
	f.facts = strings.Join(business, ", ")
	return f
}

// refused are the warnings of samples that Prometheus did not take: two origins wrote one series, or the past and the
// present overlap.
var refused = regexp.MustCompile(`level=(?:WARN|ERROR).*(?i:duplicate|out[- ]of[- ]order|same timestamp|too old)`)

func scanLog(path string) finding {
	file, err := os.Open(path) //nolint:gosec // The log of our own process.
	if err != nil {
		return problem("open Prometheus' log: %v", err)
	}
	defer func() { _ = file.Close() }()
	var f finding
	lines := 0
	scanner := bufio.NewScanner(file)
	scanner.Buffer(nil, 1<<20)
	for scanner.Scan() {
		lines++
		if line := scanner.Text(); refused.MatchString(line) {
			f.problems = append(f.problems, line)
		}
	}
	if err := scanner.Err(); err != nil {
		return problem("read Prometheus' log: %v", err)
	}
	f.facts = fmt.Sprintf("%d lines", lines)
	return f
}
