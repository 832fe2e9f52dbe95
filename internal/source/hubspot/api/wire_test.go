package api

import (
	"encoding/json"
	"errors"
	"maps"
	"math/rand/v2"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/sales-exporter/sales_exporter/internal/record"
)

// slowText and slowObject are how encoding/json alone reads a record: what readObject must agree with.
type (
	slowText   string
	slowObject struct {
		ID         slowText            `json:"id"`
		Properties map[string]slowText `json:"properties"`
		UpdatedAt  slowText            `json:"updatedAt"`
		Archived   bool                `json:"archived"`
		ArchivedAt slowText            `json:"archivedAt"`
	}
)

func (t *slowText) UnmarshalJSON(data []byte) error {
	var decoded any
	switch err := json.Unmarshal(data, &decoded); said := decoded.(type) {
	case nil:
		*t = ""
		return err
	case string:
		*t = slowText(strings.TrimSpace(said))
	case map[string]any, []any:
		return errors.New("neither text nor null")
	default:
		*t = slowText(data)
	}
	return nil
}

func slowly(raw string) Record {
	var all slowObject
	var head struct {
		ID slowText `json:"id"`
	}
	err := json.Unmarshal([]byte(raw), &all)
	_ = json.Unmarshal([]byte(raw), &head)
	read := Record{ID: Text(head.ID), raw: raw}
	switch {
	case !ValidID(read.ID) && err == nil:
		return Record{raw: raw, Bad: record.BadID}
	case !ValidID(read.ID):
		return Record{raw: raw, Bad: record.BadShape}
	case err != nil:
		read.Bad = record.BadShape
		return read
	}
	read.UpdatedAt, read.Archived, read.ArchivedAt = Text(all.UpdatedAt), all.Archived, Text(all.ArchivedAt)
	if all.Properties != nil {
		read.Properties = Values{}
	}
	for name, value := range all.Properties {
		read.Properties = append(read.Properties, property{name, Text(value)})
	}
	return read
}

// sameObject compares two readings. Nobody asks for the order of properties.
func sameObject(a, b Record) bool {
	values := func(o *Record) map[string]Text {
		all := map[string]Text{}
		for _, p := range o.Properties {
			all[p.name] = p.value
		}
		return all
	}
	same := (a.Properties == nil) == (b.Properties == nil) && maps.Equal(values(&a), values(&b))
	a.Properties, b.Properties = nil, nil
	return same && reflect.DeepEqual(a, b)
}

// TestReadObjectAgreesWithEncodingJSON reads random records, most of them odd somewhere.
func TestReadObjectAgreesWithEncodingJSON(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	pick := func(choices ...string) string { return choices[r.IntN(len(choices))] }
	blank := func() string { return pick("", "", "", " ", "\n\t", "\r\n  ") }
	odd := func() string {
		return pick(`null`, `true`, `false`, `0`, `-1.5e3`, `""`, `"x"`, `" 7 "`, `"a\"b\\"`, `"\\\""`, `"\u00e9\ud83d"`,
			`"é, ü: {[]}"`, "\"\xff\x80\"", "\"\x80\"", `"\u2028\n "`, `{}`, `[]`, `{"id":"8","properties":{"a":"b"}}`, `[1,{"a":"}"}]`,
			`"},{"`, `"2026-03-09T20:29:45.981Z"`, `9007199254740993`)
	}
	object := func(members ...string) string {
		r.Shuffle(len(members), func(i, j int) { members[i], members[j] = members[j], members[i] })
		return "{" + blank() + strings.Join(members, blank()+","+blank()) + blank() + "}"
	}
	member := func(name, value string) string { return strconv.Quote(name) + blank() + ":" + blank() + value }
	outcomes := map[record.Reason]int{}
	for range 50_000 {
		var properties []string
		for _, name := range []string{"amount", "pipeline", "hs_lastmodifieddate", "größe", `a"b`, ""} {
			if r.IntN(4) > 0 {
				value := pick(`"1500.00"`, `"default"`, `null`, `12`, `"2026-03-09T20:29:45.981Z"`)
				if r.IntN(20) == 0 {
					value = odd()
				}
				properties = append(properties, member(name, value))
			}
		}
		members := []string{member("properties", object(properties...)), member("id", pick(`"1000"`, `1000`, `"1000"`))}
		for _, name := range []string{"updatedAt", "archivedAt", "archived", "url", "associations"} {
			if r.IntN(2) == 0 {
				value := pick(`null`, `false`, `true`)
				if r.IntN(10) == 0 {
					value = odd()
				}
				members = append(members, member(name, value))
			}
		}
		if r.IntN(10) == 0 {
			i := r.IntN(2)
			members[i] = member(pick("other", []string{"properties", "id"}[i]), odd())
		}
		raw := object(members...)
		if r.IntN(50) == 0 {
			raw = odd()
		}
		got, want := ReadRecord(raw), slowly(raw)
		if !sameObject(got, want) {
			t.Fatalf("%s\nis read as %+v,\nwant %+v", raw, got, want)
		}
		outcomes[got.Bad]++
	}
	for _, reason := range []record.Reason{"", record.BadShape, record.BadID} {
		if outcomes[reason] < 500 {
			t.Errorf("only %d of the records are %q", outcomes[reason], reason)
		}
	}
}
