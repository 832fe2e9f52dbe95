package alertmanager

import (
	"encoding/json"
	"flag"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/alertmanager/config"
	"github.com/prometheus/alertmanager/template"
)

func templates(t *testing.T, cfg *config.Config) *template.Template {
	t.Helper()
	tmpl, err := template.FromGlobs(cfg.Templates)
	if err != nil {
		t.Fatal(err)
	}
	tmpl.ExternalURL = &url.URL{Scheme: "https", Host: "alertmanager.example.com"}
	return tmpl
}

func notification(t *testing.T, file string) *template.Data {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	data := new(template.Data)
	if err := json.Unmarshal(text, data); err != nil {
		t.Fatal(err)
	}
	return data
}

// update rewrites the golden files with what the templates say now: go test -run TestNotifications -update .
var update = flag.Bool("update", false, "rewrite the golden files")

// TestNotifications renders whole messages, since what is wrong with one is seen in no part of it.
func TestNotifications(t *testing.T) {
	tmpl := templates(t, load(t, exampleFile))
	files, err := filepath.Glob("testdata/notifications/*.json")
	if err != nil || len(files) < 3 {
		t.Fatalf("found %d notifications: %v", len(files), err)
	}
	for _, file := range files {
		data := notification(t, file)
		for suffix, render := range map[string]func() (string, error){
			".slack.txt":  func() (string, error) { return tmpl.ExecuteTextString(slackText, data) },
			".email.txt":  func() (string, error) { return tmpl.ExecuteTextString(emailText, data) },
			".email.html": func() (string, error) { return tmpl.ExecuteHTMLString(emailHTML, data) },
		} {
			golden := strings.TrimSuffix(file, ".json") + suffix
			t.Run(filepath.Base(golden), func(t *testing.T) {
				got, err := render()
				if err != nil {
					t.Fatal(err)
				}
				if *update {
					if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(golden)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(string(want), got); diff != "" {
					t.Errorf("message (-want +got):\n%s", diff)
				}
			})
		}
	}
}

// The parts of a message, in the order in which they are read.
const (
	slackText = `{{ template "sales.slack.color" . }}
{{ template "sales.slack.title" . }}
{{ template "sales.titlelink" . }}
{{ template "sales.slack.text" . }}{{ template "sales.slack.footer" . }}
`
	emailText = `Subject: {{ template "sales.email.subject" . }}

{{ template "sales.email.text" . }}`
	emailHTML = `{{ template "sales.email.html" . }}`
)

func TestBar(t *testing.T) {
	tmpl := templates(t, load(t, exampleFile))
	for attainment, cells := range map[string]int{
		"0%": 0, "0.4%": 0, "4.35%": 0, "9.99%": 0, "10%": 1, "43.5%": 4, "50%": 5, "69.99%": 6, "89.9%": 8, "99.99%": 9,
		"100%": 10, "104.1%": 10, "1234%": 10, "NaN%": 0, "-12%": 0,
	} {
		got, err := tmpl.ExecuteTextString(`{{ template "sales.bar" . }}`, attainment)
		if err != nil {
			t.Fatal(err)
		}
		if want := strings.Repeat("█", cells) + strings.Repeat("░", 10-cells); got != want {
			t.Errorf("the bar of %s is %s, want %s", attainment, got, want)
		}
	}
}

// TestDetailsAreText: Alertmanager reads rendered details as YAML, in which a colon makes a map of a sentence.
func TestDetailsAreText(t *testing.T) {
	cfg := load(t, exampleFile)
	tmpl := templates(t, cfg)
	data := notification(t, "testdata/notifications/digest.json")
	const summary = `acme: it's "down", 100% # of {it}`
	for i := range data.Alerts {
		data.Alerts[i].Annotations["summary"] = summary
	}
	want := strings.Join(slices.Repeat([]string{strings.Replace(summary, ": ", ":\u00a0", 1)}, len(data.Alerts)), "; ")
	checked := 0
	for _, r := range cfg.Receivers {
		for _, pager := range r.PagerdutyConfigs {
			for name, value := range pager.Details {
				got, err := template.DeepCopyWithTemplate(value, func(text string) (string, error) {
					return tmpl.ExecuteTextString(text, data)
				})
				if err != nil {
					t.Fatal(err)
				}
				if name == "summary" {
					checked++
					if got != want {
						t.Errorf("details.summary arrives as %#v, want %q", got, want)
					}
				}
			}
		}
	}
	if checked == 0 {
		t.Error("no PagerDuty receiver has a summary")
	}
}

// TestNamesFromTheCRMAreInert: names of teams come from a CRM, where anybody may call a team <!channel> or <script>.
func TestNamesFromTheCRMAreInert(t *testing.T) {
	tmpl := templates(t, load(t, exampleFile))
	data := notification(t, "testdata/notifications/digest.json")
	const name = "Team <!channel> <script>alert(1)</script> & co"
	data.CommonAnnotations["summary"] = name
	for i := range data.Alerts {
		data.Alerts[i].Annotations["summary"] = name
	}
	slack, err := tmpl.ExecuteTextString(slackText, data)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(slack, "<!channel>") || !strings.Contains(slack, "&lt;!channel&gt;") {
		t.Errorf("Slack would call the channel:\n%s", slack)
	}
	html, err := tmpl.ExecuteHTMLString(`{{ template "sales.email.html" . }}`, data)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(html, "<script>") {
		t.Errorf("the e-mail holds a script:\n%s", html)
	}
}

// TestBoards: the address of Grafana stands once in a link, whether the rules bring it or not.
func TestBoards(t *testing.T) {
	tmpl := templates(t, load(t, exampleFile))
	const path = "/d/sales-overview"
	for url, want := range map[string]string{
		path:                            "https://grafana.example.com" + path,
		"https://boards.example" + path: "https://boards.example" + path,
	} {
		data := notification(t, "testdata/notifications/behind.json")
		data.CommonAnnotations["dashboard_url"] = url
		data.Alerts[0].Annotations["dashboard_url"] = url
		for _, message := range []struct {
			link, text string
			render     func(string, any) (string, error)
		}{
			{"\n" + want + "\n", slackText, tmpl.ExecuteTextString},
			{"<" + want + "|Dashboard>", slackText, tmpl.ExecuteTextString},
			{"Dashboard: " + want + "\n", emailText, tmpl.ExecuteTextString},
			{`href="` + want + `"`, emailHTML, tmpl.ExecuteHTMLString},
		} {
			got, err := message.render(message.text, data)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(got, message.link) {
				t.Errorf("there is no %q in\n%s", message.link, got)
			}
		}
	}
}
