package crmsim

import (
	"fmt"
	"math"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crm"
)

// deal makes up one deal that was created at a given time, with everything that happened to it until now.
func (g *generator) deal(created time.Time) Deal {
	d, prospect := g.lead(created)
	days := prospect.cycleDays * math.Exp(0.5*g.rand.NormFloat64())
	wins := g.rand.Float64() < prospect.winChance
	if !wins {
		days *= 0.85
	}
	end := g.backLoaded(created, created.Add(time.Duration(days*24*float64(time.Hour))))
	stages := g.stagesOf(d.Pipeline)
	switch {
	case end.After(g.now):
		g.leaveOpen(&d, stages, end)
	case wins:
		g.close(&d, stages, end, true)
	default:
		g.close(&d, stages, end, false)
	}
	return d
}

// prospect is what will become of a new deal.
type prospect struct {
	cycleDays float64
	winChance float64
}

// lead makes up a deal as it is on the day of its creation, in the first stage.
func (g *generator) lead(created time.Time) (Deal, prospect) {
	t := weighted(g.rand, len(g.teams), func(i int) float64 { return g.teams[i].share })
	team := g.teams[t]
	staff := g.staff[t]
	rep := staff[weighted(g.rand, len(staff), func(i int) float64 {
		if !staff[i].left.IsZero() && created.After(staff[i].left) {
			return 0
		}
		return staff[i].workload
	})]
	channel, product := pick(g.rand, channels()), pick(g.rand, products())
	kind, outlook := "newbusiness", prospect{team.cycleDays, team.winChance * rep.skill * channel.luck}
	kindLabel, median := "New Business", team.amount
	if g.rand.Float64() > team.newBusiness {
		kind, kindLabel, median = "existingbusiness", "Existing Business", team.amount*0.6
		outlook = prospect{outlook.cycleDays * 0.6, math.Min(0.85, outlook.winChance*1.5)}
	}
	first := g.stagesOf(team.pipeline)[0]
	d := Deal{
		Pipeline: team.pipeline, Stage: first.ID, ForecastCategory: first.ForecastCategory, Rep: rep.id,
		Account: g.customer(rep.region.hubspot),
		Created: created, StageEntered: created, Modified: created,
		Close: g.officeHours(created.AddDate(0, 0, int(outlook.cycleDays)+1)),
		Properties: map[string]string{
			"region": rep.region.hubspot, "Region__c": rep.region.salesforce,
			"dealtype": kind, "Type": kindLabel,
			"hs_analytics_source": channel.hubspot, "LeadSource": channel.salesforce,
			"product": product.hubspot, "Product__c": product.salesforce,
		},
	}
	if g.rand.IntN(30) > 0 {
		d.Amount = g.amountText(median, team.spread)
	}
	if g.rand.IntN(80) == 0 {
		d.Rep = 0
	}
	d.Name = fmt.Sprintf("%s %s %d", product.salesforce, kindLabel, 1000+g.rand.IntN(9000))
	return d, outlook
}

// customer draws an account of the region; one deal in twenty-five has none. Low numbers are drawn more often, so that
// some customers buy again and again.
func (g *generator) customer(region string) int64 {
	accounts := g.accountsOf[region]
	if len(accounts) == 0 || g.rand.IntN(25) == 0 {
		return 0
	}
	u := g.rand.Float64()
	return accounts[int(u*math.Sqrt(u)*float64(len(accounts)))]
}

func (g *generator) stagesOf(pipeline string) []Stage {
	for _, p := range g.world.pipelines {
		if p.ID == pipeline {
			return p.Stages
		}
	}
	return nil
}

func (g *generator) close(d *Deal, stages []Stage, end time.Time, won bool) {
	for _, s := range stages {
		if s.Closed && s.Won == won {
			d.Stage, d.ForecastCategory = s.ID, s.ForecastCategory
		}
	}
	d.Close, d.StageEntered = end, end
	d.Modified = end
	if g.rand.IntN(3) == 0 { // somebody tidied up a few days later
		d.Modified = g.between(end, earliest(g.now, end.AddDate(0, 0, 4)))
	}
}

// leaveOpen puts a deal that will end after now into a stage. Its close date is what the rep believes, which for one
// deal in four is too early and often already past: those deals slip.
func (g *generator) leaveOpen(d *Deal, stages []Stage, end time.Time) {
	var steps []Stage
	for _, s := range stages {
		if !s.Closed {
			steps = append(steps, s)
		}
	}
	age, length := g.now.Sub(d.Created), end.Sub(d.Created)
	at := int(float64(len(steps)) * float64(age) / float64(length))
	d.Stage, d.ForecastCategory = steps[at].ID, steps[at].ForecastCategory
	d.StageEntered = d.Created.Add(time.Duration(float64(length) * float64(at) / float64(len(steps)))).
		Truncate(time.Millisecond)
	d.Modified = g.between(d.StageEntered, earliest(g.now, d.StageEntered.AddDate(0, 0, 10)))
	d.Close = end
	if g.rand.IntN(4) == 0 {
		d.Close = g.officeHours(d.Created.Add(time.Duration(float64(length) * (0.5 + 0.5*g.rand.Float64()))))
	}
	if d.ForecastCategory == crm.ForecastBestCase && g.rand.IntN(4) == 0 {
		d.ForecastCategory = crm.ForecastMostLikely
	}
}

func earliest(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
