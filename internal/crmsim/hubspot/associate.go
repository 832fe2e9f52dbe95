package hubspot

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"github.com/sales-exporter/sales_exporter/internal/crmsim/hubspot/body"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/hubspot/naming"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/hubspot/refusal"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/world"
)

// inlineCap is how many associations a list answer shows of one record; the rest needs calls of its own.
const inlineCap = 100

// associationPage is how many associations of one record a batch answers.
const associationPage = 500

// link is one direction of an association.
type link struct {
	naming.Association

	other naming.Naming
	label string // such as "deal_to_company"
	types [2]int // ids of the primary and of the unlabeled association type
	back  bool   // the other kind refers to this one
}

// mate is the id of a record that another one is associated with.
type mate struct {
	id      int64
	primary bool
}

// linkTo returns how records of a type are associated with those of another.
func (h *Handler) linkTo(o *naming.Object, name string) (link, bool) {
	other, ok := naming.Find(h.options.Namings, name)
	if !ok {
		return link{}, false
	}
	label := o.Single + "_to_" + other.Single
	for _, a := range o.Associations {
		if a.To == other.Type {
			return link{Association: a, other: other, label: label, types: a.There}, true
		}
	}
	for _, a := range other.Associations {
		if a.To == o.Type {
			return link{Association: a, other: other, label: label, types: a.Back, back: true}, true
		}
	}
	return link{other: other}, false
}

// referred returns what a record of the kind that refers to the other is associated with, in ascending order.
func (h *Handler) referred(l link, primary int64, r world.Record, kind string) []mate {
	var mates []mate
	add := func(number int64, primary bool) {
		if merged, ok := h.world.Record(kind, number); ok && merged.Base().MergedInto != 0 {
			number = merged.Base().MergedInto
		}
		known := slices.ContainsFunc(mates, func(m mate) bool { return m.id == number })
		if number != 0 && !known && h.seen(kind, number) {
			mates = append(mates, mate{number, primary})
		}
	}
	add(primary, true)
	if l.Further != nil {
		for _, number := range l.Further(r) {
			add(number, false)
		}
	}
	slices.SortFunc(mates, func(a, b mate) int { return cmp.Compare(a.id, b.id) })
	return mates
}

// associates returns what each of some records is associated with. Among those that refer to a record, only live ones
// count.
func (h *Handler) associates(l link, o *naming.Object, records []world.Record) [][]mate {
	associated := make([][]mate, len(records))
	if !l.back {
		field, _ := h.world.Kind(o.Kind).Field(l.Field)
		for i, r := range records {
			for _, m := range h.referred(l, field.Read(r).ID, r, l.other.Kind) {
				associated[i] = append(associated[i], mate{l.other.Base + m.id, m.primary})
			}
		}
		return associated
	}
	at := map[int64]int{}
	for i, r := range records {
		at[r.Base().ID] = i
	}
	field, _ := h.world.Kind(l.other.Kind).Field(l.Field)
	for _, r := range h.world.Records(l.other.Kind, h.world.Now()) {
		if !r.Base().Live() {
			continue
		}
		for _, m := range h.referred(l, field.Read(r).ID, r, o.Kind) {
			if i, ok := at[m.id]; ok {
				associated[i] = append(associated[i], mate{l.other.Base + r.Base().ID, m.primary})
			}
		}
	}
	return associated
}

// seen reports whether permissions let the caller see a record.
func (h *Handler) seen(kind string, number int64) bool {
	_, ok := h.world.Record(kind, number)
	return ok
}

// inline returns the associations of a list or get, for each of some records. The primary company of a deal comes twice,
// as any and as primary company. Types that were not asked for, that do not exist or that have no entries are left out.
func (h *Handler) inline(o *naming.Object, records []world.Record, asked []string) []map[string]results[associate] {
	inlined := make([]map[string]results[associate], len(records))
	for _, name := range asked {
		l, ok := h.linkTo(o, name)
		if !ok {
			continue
		}
		for i, mates := range h.associates(l, o, records) {
			if len(mates) == 0 {
				continue
			}
			if inlined[i] == nil {
				inlined[i] = map[string]results[associate]{}
			}
			inlined[i][l.other.Type] = inlineOf(l, mates)
		}
	}
	return inlined
}

func inlineOf(l link, mates []mate) results[associate] {
	inline := results[associate]{}
	for _, m := range mates[:min(inlineCap, len(mates))] {
		text := strconv.FormatInt(m.id, 10)
		if m.primary {
			inline.Results = append(inline.Results, associate{ID: text, Type: l.label})
		}
		inline.Results = append(inline.Results, associate{ID: text, Type: l.label + "_unlabeled"})
	}
	if len(mates) > inlineCap {
		inline.Paging = &paging{Next: next{After: strconv.FormatInt(mates[inlineCap].id, 10)}}
	}
	return inline
}

// batch is the answer to many inputs at once; with errors it comes as 207.
type batch[T any] struct {
	Status      string       `json:"status"`
	Results     []T          `json:"results"`
	NumErrors   int          `json:"numErrors,omitempty"`
	Errors      []batchError `json:"errors,omitempty"`
	StartedAt   string       `json:"startedAt"`
	CompletedAt string       `json:"completedAt"`
}

type batchError struct {
	Status      string              `json:"status"`
	Category    string              `json:"category"`
	SubCategory string              `json:"subCategory,omitempty"`
	Message     string              `json:"message"`
	Context     map[string][]string `json:"context"`
}

func (b batch[T]) answer() (int, any, *refusal.Refusal) {
	b.NumErrors = len(b.Errors)
	if b.NumErrors > 0 {
		return http.StatusMultiStatus, b, nil
	}
	return http.StatusOK, b, nil
}

func newBatch[T any](h *Handler) batch[T] {
	now := naming.Timestamp(h.world.Now())
	return batch[T]{Status: "COMPLETE", Results: []T{}, StartedAt: now, CompletedAt: now}
}

// association is what one record is associated with.
type association struct {
	From   map[string]string `json:"from"`
	To     []associated      `json:"to"`
	Paging *paging           `json:"paging,omitempty"`
}

type associated struct {
	ToObjectID int64             `json:"toObjectId"` // a number here, while ids are strings elsewhere
	Types      []associationType `json:"associationTypes"`
}

type associationType struct {
	Category string  `json:"category"`
	TypeID   int     `json:"typeId"`
	Label    *string `json:"label"`
}

// batchAssociations answers what up to 1000 records are associated with. A record without associations is an error
// entry, which makes the whole answer a 207.
func (h *Handler) batchAssociations(r *http.Request) (int, any, *refusal.Refusal) {
	from, f := h.object(r, "type")
	if f != nil {
		return 0, nil, f
	}
	to, f := h.object(r, "to")
	if f != nil {
		return 0, nil, f
	}
	var asked struct {
		Inputs []struct {
			ID    body.Flexible `json:"id"`
			After string        `json:"after"`
		} `json:"inputs"`
	}
	if f := body.Read(r, &asked); f != nil {
		return 0, nil, f
	}
	if n := len(asked.Inputs); n == 0 || n > 1000 {
		return 0, nil, refusal.Invalid("The number of inputs must be from 1 to 1000, not %d", n)
	}
	starts := make([]int, len(asked.Inputs))
	known := map[string]int{} // inputs by id, as places in found
	var found []world.Record
	for i, input := range asked.Inputs {
		if starts[i], f = decodeOffset(input.After); f != nil {
			return 0, nil, f
		}
		id, err := strconv.ParseInt(string(input.ID), 10, 64)
		if err != nil {
			return 0, nil, refusal.Invalid("Cannot deserialize value of type `long` from String")
		}
		if r, ok := h.find(from, id-from.Base, false); ok {
			if _, twice := known[string(input.ID)]; !twice {
				known[string(input.ID)] = len(found)
				found = append(found, r)
			}
		}
	}
	l, linked := h.linkTo(from, to.Type)
	associated := make([][]mate, len(found))
	if linked {
		associated = h.associates(l, from, found)
	}
	answer := newBatch[association](h)
	for i, input := range asked.Inputs {
		var mates []mate
		if place, ok := known[string(input.ID)]; ok {
			mates = associated[place]
		}
		if starts[i] >= len(mates) {
			answer.Errors = append(answer.Errors, noAssociations(from.Naming, to.Naming, string(input.ID)))
			continue
		}
		answer.Results = append(answer.Results, h.associationsOf(l, string(input.ID), mates, starts[i]))
	}
	return answer.answer()
}

func (h *Handler) associationsOf(l link, id string, mates []mate, start int) association {
	a := association{From: map[string]string{"id": id}}
	end := min(start+cmp.Or(h.options.AssociationPage, associationPage), len(mates))
	for _, m := range mates[start:end] {
		types := []associationType{{Category: "HUBSPOT_DEFINED", TypeID: l.types[1]}}
		if m.primary {
			primary := associationType{Category: "HUBSPOT_DEFINED", TypeID: l.types[0], Label: new("Primary")}
			types = slices.Insert(types, 0, primary)
		}
		a.To = append(a.To, associated{ToObjectID: m.id, Types: types})
	}
	if end < len(mates) {
		a.Paging = &paging{Next: next{After: encodeOffset(end)}}
	}
	return a
}

func noAssociations(from, to naming.Naming, id string) batchError {
	return batchError{
		Status: "error", Category: "OBJECT_NOT_FOUND", SubCategory: "crm.associations.NO_ASSOCIATIONS_FOUND",
		Message: fmt.Sprintf("No %s is associated with %s %s.", to.Single, from.Single, id),
		Context: map[string][]string{
			"fromObjectId": {id}, "fromObjectType": {from.Single}, "toObjectType": {to.Single},
		},
	}
}

// Some lists page by a token that is an offset in base 64, which no client may look into.
func encodeOffset(n int) string { return base64.StdEncoding.EncodeToString([]byte(strconv.Itoa(n))) }

func decodeOffset(token string) (int, *refusal.Refusal) {
	if token == "" {
		return 0, nil
	}
	decoded, err := base64.StdEncoding.DecodeString(token)
	if err != nil {
		return 0, refusal.Invalid("invalid paging token")
	}
	n, err := strconv.Atoi(string(decoded))
	if err != nil || n < 0 {
		return 0, refusal.Invalid("invalid paging token")
	}
	return n, nil
}
