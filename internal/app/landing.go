package app

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/common/version"
)

//go:embed landing.html
var landingHTML string

// landingPage shows people what the exporter does: its sources, their last syncs, how fresh the numbers are.
type landingPage struct {
	app      *App
	template *template.Template
}

// landingData is what the template sees.
type landingData struct {
	Version       string
	TelemetryPath string
	AsOf          string
	Snapshot      string
	Refused       string   // why the configuration on disk could not be loaded
	Cut           string   // what the limits took away
	Astray        []string // targets whose scope matches no record
	Sources       []landingSource
}

type landingSource struct {
	Name, Kind, State, Class, Freshness, LastSuccess, LastAttempt, Interval, Deals string
	Problem, Rejected, Reasons                                                     string
	Warnings                                                                       []string
}

func newLandingPage(a *App) (*landingPage, error) {
	t, err := template.New("landing").Parse(landingHTML)
	if err != nil {
		return nil, fmt.Errorf("parse landing page: %w", err)
	}
	return &landingPage{app: a, template: t}, nil
}

// ServeHTTP implements http.Handler.
func (p *landingPage) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	var page bytes.Buffer // Rendered whole first: half a page with status 200 helps nobody.
	if err := p.template.Execute(&page, p.data(p.app.options.Now())); err != nil {
		http.Error(w, "the page could not be rendered", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
	_, _ = w.Write(page.Bytes())
}

func (p *landingPage) data(now time.Time) landingData {
	engine := p.app.currentEngine()
	data := landingData{
		Version: version.Info(), TelemetryPath: "." + p.app.options.TelemetryPath, // Relative, for proxies that add a prefix.
		Refused: p.app.refusal(), Cut: engine.cut(), Astray: engine.astray(),
	}
	if !engine.asOf.IsZero() {
		data.AsOf = engine.asOf.Format(time.RFC3339)
	}
	if at, _ := p.app.page.Served(); !at.IsZero() {
		data.Snapshot = at.In(engine.config.Location).Format("2006-01-02 15:04:05 MST")
	}
	for _, s := range engine.syncers {
		data.Sources = append(data.Sources, describe(s, now, engine.config.Location))
	}
	return data
}

// describe tells the state of a source in words, so that color is never the only sign.
func describe(s *syncer, now time.Time, loc *time.Location) landingSource {
	st := s.snapshotStatus()
	out := landingSource{
		Name: s.source.Name(), Kind: s.kind, Interval: model.Duration(s.interval).String(), Deals: strconv.Itoa(st.records),
		Rejected:    "0",
		LastSuccess: clock(st.lastSuccess, loc), LastAttempt: clock(st.lastAttempt, loc),
		Warnings:  slices.Sorted(maps.Values(st.warnings)),
		Freshness: "no complete sync yet", State: "waiting for the first sync", Class: "waiting",
	}
	if n := st.rejected.total(); n > 0 {
		out.Reasons = st.rejected.String()
		out.Rejected = strconv.Itoa(n)
	}
	if !st.lastSuccess.IsZero() {
		out.Freshness = age(now.Sub(st.lastSuccess)) + " old"
		if !st.written.IsZero() {
			out.Freshness = "file written " + age(now.Sub(st.written)) + " ago"
		}
		out.State, out.Class = "up", "up"
	}
	if st.failing {
		out.State, out.Class, out.Problem = "failing: "+string(st.reason), "failing", st.message
	}
	return out
}

// Notes returns what is to be said of a source beyond its cells.
func (s landingSource) Notes() []string {
	notes := append([]string{s.Problem}, s.Warnings...)
	if s.Reasons != "" {
		notes = append(notes, s.Reasons+"; list them with sales_exporter rejects "+s.Name)
	}
	return slices.DeleteFunc(notes, func(note string) bool { return note == "" })
}

// age writes a duration as people read it: days once it is days, seconds as long as they matter.
func age(d time.Duration) string {
	const day = 24 * time.Hour
	switch days := int(d / day); {
	case days >= 2:
		return fmt.Sprintf("%d days", days)
	case d >= time.Hour:
		return strings.TrimSuffix(d.Truncate(time.Minute).String(), "0s")
	default:
		return d.Truncate(time.Second).String()
	}
}

func clock(t time.Time, loc *time.Location) string {
	if t.IsZero() {
		return "never"
	}
	return t.In(loc).Format("2006-01-02 15:04:05 MST")
}
