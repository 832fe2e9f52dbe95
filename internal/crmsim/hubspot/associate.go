package hubspot

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"strconv"
)

// inlineCap is how many associations a list answer shows of one record; the rest needs calls of its own.
const inlineCap = 100

// associationPage is how many associations of one record a batch answers.
const associationPage = 500

// inlineAssociations are those of a list or get. Each company of a deal comes twice, as any and as primary company.
// Types that were not asked for, that do not exist or that have no entries are left out.
func inlineAssociations(k kind, r record, asked []string) map[string]results[associate] {
	for _, name := range asked {
		other, ok := kindOf(name)
		if !ok || other.name == k.name || len(r.associated) == 0 {
			continue
		}
		inline := results[associate]{}
		label := k.single + "_to_" + other.single
		for _, id := range r.associated[:min(inlineCap, len(r.associated))] {
			text := strconv.FormatInt(id, 10)
			inline.Results = append(inline.Results, associate{ID: text, Type: label},
				associate{ID: text, Type: label + "_unlabeled"})
		}
		if len(r.associated) > inlineCap {
			inline.Paging = &paging{Next: next{After: strconv.FormatInt(r.associated[inlineCap], 10)}}
		}
		return map[string]results[associate]{other.name: inline}
	}
	return nil
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

func (b batch[T]) answer() (int, any, *failure) {
	b.NumErrors = len(b.Errors)
	if b.NumErrors > 0 {
		return http.StatusMultiStatus, b, nil
	}
	return http.StatusOK, b, nil
}

func newBatch[T any](h *Handler) batch[T] {
	now := timestamp(h.world.Now())
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
func (h *Handler) batchAssociations(r *http.Request) (int, any, *failure) {
	from, f := kindIn(r, "type")
	if f != nil {
		return 0, nil, f
	}
	to, f := kindIn(r, "to")
	if f != nil {
		return 0, nil, f
	}
	var body struct {
		Inputs []struct {
			ID    flexible `json:"id"`
			After string   `json:"after"`
		} `json:"inputs"`
	}
	if f := readJSON(r, &body); f != nil {
		return 0, nil, f
	}
	if n := len(body.Inputs); n == 0 || n > 1000 {
		return 0, nil, invalid("The number of inputs must be from 1 to 1000, not %d", n)
	}
	records := live(h.records(from, h.world.Now()), false)
	answer := newBatch[association](h)
	for _, input := range body.Inputs {
		start, f := decodeOffset(input.After)
		if f != nil {
			return 0, nil, f
		}
		id, err := strconv.ParseInt(string(input.ID), 10, 64)
		if err != nil {
			return 0, nil, invalid("Cannot deserialize value of type `long` from String")
		}
		found, _ := find(records, id)
		if from.name == to.name || start >= len(found.associated) {
			answer.Errors = append(answer.Errors, noAssociations(from, to, string(input.ID)))
			continue
		}
		answer.Results = append(answer.Results, associationsOf(from, string(input.ID), found.associated, start))
	}
	return answer.answer()
}

func associationsOf(from kind, id string, associates []int64, start int) association {
	a := association{From: map[string]string{"id": id}}
	end := min(start+associationPage, len(associates))
	primary, unlabeled := 5, 341
	if from.name == "companies" {
		primary, unlabeled = 6, 342
	}
	for _, other := range associates[start:end] {
		a.To = append(a.To, associated{ToObjectID: other, Types: []associationType{
			{Category: "HUBSPOT_DEFINED", TypeID: primary, Label: new("Primary")},
			{Category: "HUBSPOT_DEFINED", TypeID: unlabeled},
		}})
	}
	if end < len(associates) {
		a.Paging = &paging{Next: next{After: encodeOffset(end)}}
	}
	return a
}

func noAssociations(from, to kind, id string) batchError {
	return batchError{
		Status: "error", Category: "OBJECT_NOT_FOUND", SubCategory: "crm.associations.NO_ASSOCIATIONS_FOUND",
		Message: fmt.Sprintf("No %s is associated with %s %s.", to.single, from.single, id),
		Context: map[string][]string{
			"fromObjectId": {id}, "fromObjectType": {from.single}, "toObjectType": {to.single},
		},
	}
}

// Some lists page by a token that is an offset in base 64, which no client may look into.
func encodeOffset(n int) string { return base64.StdEncoding.EncodeToString([]byte(strconv.Itoa(n))) }

func decodeOffset(token string) (int, *failure) {
	if token == "" {
		return 0, nil
	}
	decoded, err := base64.StdEncoding.DecodeString(token)
	if err != nil {
		return 0, invalid("invalid paging token")
	}
	n, err := strconv.Atoi(string(decoded))
	if err != nil || n < 0 {
		return 0, invalid("invalid paging token")
	}
	return n, nil
}
