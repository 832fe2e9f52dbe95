package hubspot

import (
	"cmp"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/crmsim"
)

// record is a deal or a company in HubSpot's terms.
type record struct {
	id                int64
	created, modified time.Time
	archived          bool
	archivedAt        time.Time
	value             func(property string) value
	// companies are the ids of the associated companies, or of the deals of a company.
	associated []int64
}

// value is that of one property. The zero value is null.
type value struct {
	text string
	at   time.Time
}

func text(s string) value       { return value{text: s} }
func instant(t time.Time) value { return value{at: t} }
func flag(b bool) value         { return value{text: strconv.FormatBool(b)} }
func (v value) null() bool      { return v.text == "" && v.at.IsZero() }

func number(id int64) value { return value{text: strconv.FormatInt(id, 10)} }

// reference turns a number of the world into an id of HubSpot, 0 into null.
func reference(base, id int64) value {
	if id == 0 {
		return value{}
	}
	return number(base + id)
}

func (v value) String() string {
	if v.at.IsZero() {
		return v.text
	}
	return timestamp(v.at)
}

func timestamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// DealID returns HubSpot's id of a deal of the world.
func DealID(id int64) string { return strconv.FormatInt(dealBase+id, 10) }

// CompanyID returns HubSpot's id of an account of the world.
func CompanyID(id int64) string { return strconv.FormatInt(companyBase+id, 10) }

// OwnerID returns HubSpot's id of a rep of the world.
func OwnerID(id int64) string { return strconv.FormatInt(ownerBase+id, 10) }

// background is what calculated properties need beside their record.
type background struct {
	direct bool // see Options.DirectMerges
	info   crmsim.Info
	stages map[string]crmsim.Stage // by id, which is unique over pipelines
	teams  map[int64]int64         // by rep
}

func (h *Handler) background() background {
	b := background{direct: h.options.DirectMerges, info: h.world.Info(), stages: map[string]crmsim.Stage{}, teams: map[int64]int64{}}
	for _, p := range h.world.Pipelines() {
		for _, s := range p.Stages {
			b.stages[s.ID] = s
		}
	}
	for _, r := range h.world.Reps() {
		b.teams[r.ID] = r.Team
	}
	return b
}

// deals returns the deals that HubSpot still has under their own ids: merged-away ones are in no list.
func (h *Handler) deals(at time.Time) []record {
	b := h.background()
	var records []record
	for _, d := range h.world.DealsAt(at) {
		if !d.Purged && d.MergedInto == 0 {
			records = append(records, b.deal(d))
		}
	}
	return records
}

func (b background) deal(d *crmsim.Deal) record {
	r := record{
		id: dealBase + d.ID, created: d.Created, modified: d.Modified, archived: d.Archived, archivedAt: d.ArchivedAt,
		value: func(property string) value { return b.dealValue(d, property) },
	}
	if d.Account != 0 {
		r.associated = []int64{companyBase + d.Account}
	}
	return r
}

// dealValue is one property of a deal. What is calculated here follows the stage or the rep at once and does not
// touch the modification date, as in HubSpot.
func (b background) dealValue(d *crmsim.Deal, property string) value {
	stage, known := b.stages[d.Stage]
	switch property {
	case "hs_object_id":
		return number(dealBase + d.ID)
	case "dealname":
		return text(d.Name)
	case "amount":
		return text(d.Amount)
	case "deal_currency_code":
		return text(d.Currency)
	case "amount_in_home_currency":
		return text(b.homeAmount(d))
	case "pipeline":
		return text(d.Pipeline)
	case "dealstage":
		return text(d.Stage)
	case "hubspot_owner_id":
		return reference(ownerBase, d.Rep)
	case "hubspot_team_id":
		return reference(teamBase, b.teams[d.Rep])
	case "createdate", "hs_createdate":
		return instant(d.Created)
	case "closedate":
		return instant(d.Close)
	case "hs_lastmodifieddate":
		return instant(d.Modified)
	case "hs_v2_date_entered_current_stage":
		return instant(d.StageEntered)
	case "hs_is_closed":
		return flag(known && stage.Closed)
	case "hs_is_closed_won":
		return flag(known && stage.Won)
	case "hs_deal_stage_probability":
		return text(exactFloat(stage.Probability))
	case "hs_manual_forecast_category":
		return text(forecastCategory(d.ForecastCategory))
	case "hs_merged_object_ids":
		return text(mergedIDs(d.MergedIDs, b.direct, DealID))
	}
	if entered, ok := strings.CutPrefix(property, "hs_v2_date_entered_"); ok && entered == d.Stage {
		return instant(d.StageEntered)
	}
	if !ownName(property) {
		return value{}
	}
	return text(d.Properties[property])
}

// ownName reports whether a property of the world belongs to HubSpot: its names are in lower case.
func ownName(property string) bool { return property == strings.ToLower(property) }

func (b background) homeAmount(d *crmsim.Deal) string {
	if d.Currency == "" || d.Currency == b.info.Currency {
		return d.Amount
	}
	amount, ok := new(big.Rat).SetString(d.Amount)
	rate, known := new(big.Rat).SetString(b.info.Rates[d.Currency])
	if !ok || !known {
		return ""
	}
	return amount.Mul(amount, rate).FloatString(8)
}

// exactFloat spells a probability as portals were seen to: all binary digits of the float64, in decimal.
func exactFloat(probability string) string {
	f, err := strconv.ParseFloat(probability, 64)
	if err != nil {
		return ""
	}
	digits := new(big.Float).SetFloat64(f).Text('f', 60)
	return strings.TrimSuffix(strings.TrimRight(digits, "0"), ".")
}

func forecastCategory(c crm.ForecastCategory) string {
	if c == crm.ForecastOmitted {
		return "OMIT"
	}
	return strings.ToUpper(string(c))
}

func mergedIDs(ids []int64, direct bool, spell func(int64) string) string {
	if direct {
		ids = ids[max(0, len(ids)-2):]
	}
	list := make([]string, len(ids))
	for i, id := range ids {
		list[i] = spell(id)
	}
	return strings.Join(list, ";")
}

// companies returns every company with the deals that are linked to it.
func (h *Handler) companies() []record {
	deals := map[int64][]int64{}
	for _, d := range h.world.Deals() {
		if d.Live() && d.Account != 0 {
			deals[d.Account] = append(deals[d.Account], dealBase+d.ID)
		}
	}
	var records []record
	for _, a := range h.world.Accounts() {
		if a.MergedInto != 0 {
			continue
		}
		records = append(records, record{
			id: companyBase + a.ID, created: a.Created, modified: a.Modified,
			archived: a.Archived, archivedAt: a.ArchivedAt,
			value:      func(property string) value { return companyValue(a, property, h.options.DirectMerges) },
			associated: deals[a.ID],
		})
	}
	return records
}

func companyValue(a *crmsim.Account, property string, direct bool) value {
	switch property {
	case "hs_object_id":
		return number(companyBase + a.ID)
	case "name":
		return text(a.Name)
	case "domain":
		return text(fmt.Sprintf("company%d.example.test", a.ID))
	case "createdate", "hs_createdate":
		return instant(a.Created)
	case "hs_lastmodifieddate":
		return instant(a.Modified)
	case "hs_merged_object_ids":
		return text(mergedIDs(a.MergedIDs, direct, CompanyID))
	}
	if !ownName(property) {
		return value{}
	}
	return text(a.Properties[property])
}

// find returns the record with an id from records that are sorted by it.
func find(records []record, id int64) (record, bool) {
	i, ok := slices.BinarySearchFunc(records, id, func(r record, id int64) int { return cmp.Compare(r.id, id) })
	if !ok {
		return record{}, false
	}
	return records[i], true
}
