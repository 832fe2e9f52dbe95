package salesforce

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crmsim"
)

// view is the world at one moment, with the indexes that joins need.
type view struct {
	info        crmsim.Info
	now         time.Time
	fiscalStart time.Month
	deals       []*crmsim.Deal
	accounts    map[int64]*account
	accountIDs  []int64
	users       map[int64]*user
	userIDs     []int64
	roles       map[int64]*role
	roleIDs     []int64
	pipelines   map[string]*recordType
	order       []string // ids of pipelines
	stages      map[stageKey]crmsim.Stage
	labels      []*stage // one of each label, in order
}

type stageKey struct{ pipeline, stage string }

func (h *Handler) view(now time.Time) *view {
	v := &view{
		info:        h.world.Info(),
		now:         now,
		fiscalStart: h.options.FiscalYearStartMonth,
		deals:       h.world.DealsAt(now),
		accounts:    map[int64]*account{},
		users:       map[int64]*user{},
		roles:       map[int64]*role{},
		pipelines:   map[string]*recordType{},
		stages:      map[stageKey]crmsim.Stage{},
	}
	for _, a := range h.world.Accounts() {
		v.accounts[a.ID] = &account{a}
		v.accountIDs = append(v.accountIDs, a.ID)
	}
	for _, t := range h.world.Teams() {
		v.roles[t.ID] = &role{t}
		v.roleIDs = append(v.roleIDs, t.ID)
	}
	for _, r := range h.world.Reps() {
		v.users[r.ID] = &user{r, v}
		v.userIDs = append(v.userIDs, r.ID)
	}
	v.addPipelines(h.world.Pipelines())
	return v
}

// addPipelines also gathers the stages of all pipelines into the one list that Salesforce has.
func (v *view) addPipelines(pipelines []crmsim.Pipeline) {
	for _, p := range pipelines {
		v.pipelines[p.ID] = &recordType{p}
		v.order = append(v.order, p.ID)
		for _, s := range p.Stages {
			v.stages[stageKey{p.ID, s.ID}] = s
			if !slices.ContainsFunc(v.labels, func(known *stage) bool { return known.Label == s.Label }) {
				v.labels = append(v.labels, &stage{s, len(v.labels) + 1})
			}
		}
	}
}

// find looks a row up by number, in the form a reference needs: nil where there is none.
func find[T any](rows map[int64]*T, number int64) any {
	if row := rows[number]; row != nil {
		return row
	}
	return nil
}

// latest returns the last of some times.
func latest(times ...time.Time) time.Time { return slices.MaxFunc(times, time.Time.Compare) }

// percent reads a ratio such as "0.9" as 90.
func percent(ratio string) (float64, bool) {
	f, err := strconv.ParseFloat(ratio, 64)
	return math.Round(f*1e6) / 1e4, err == nil
}

// developerName makes an API name of a label.
func developerName(label string) string {
	return strings.Trim(strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, label), "_")
}
