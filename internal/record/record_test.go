package record_test

import (
	"errors"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/record/recordtest"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// grade is a word of a closed set.
type grade string

func (g grade) String() string { return string(g) }

// thing is a record with a column of every type.
type thing struct {
	record.Head
	Name, Owner string
	Grade       grade
	Price       value.Money
	Priced      bool
	Likely      value.Probability
	At          value.Instant
	Count       int
	Live        bool
	Unread      bool
}

type column = record.Column[thing]

func columns() map[string]column {
	return map[string]column{
		"name": record.Text("name", func(t *thing) *string { return &t.Name }),
		"owner": record.Reference("owner", func(t *thing) *string { return &t.Owner }).
			UnlessSaid(func(t *thing) bool { return t.Unread }),
		"grade":  record.Word("grade", func(t *thing) *grade { return &t.Grade }, "good", "bad"),
		"price":  record.Amount("price", func(t *thing) (*value.Money, *bool) { return &t.Price, &t.Priced }),
		"likely": record.Probability("likely", func(t *thing) *value.Probability { return &t.Likely }),
		"at":     record.Instant("at", func(t *thing) *value.Instant { return &t.At }),
		"count":  record.Whole("count", func(t *thing) *int { return &t.Count }),
		"live":   record.Flag("live", func(t *thing) *bool { return &t.Live }),
	}
}

var allColumns = []string{"name", "owner", "grade", "price", "likely", "at", "count", "live"}

// things declares the kind with some columns, in an order.
func things(names ...string) *record.Typed[thing] {
	all := columns()
	picked := make([]column, 0, len(names))
	for _, name := range names {
		picked = append(picked, all[name])
	}
	return record.Declare("things", picked...)
}

// random returns a random thing of the kind with every column.
func random(r *rand.Rand) thing {
	k := things(allColumns...)
	return k.In(record.Rows{recordtest.Random(r, k, "id")})[0]
}

func diff(want, got any) string {
	return cmp.Diff(want, got, cmp.Comparer(func(a, b value.Instant) bool { return a == b }))
}

func read(t *testing.T, k *record.Typed[thing], l record.Layout, head record.Head, content []byte) thing {
	t.Helper()
	in := k.Reader(l)
	if err := in.Read(head.ID, head.Version, content); err != nil {
		t.Fatalf("read %x: %v", content, err)
	}
	if in.Len() != 1 {
		t.Fatalf("%d records were read", in.Len())
	}
	return k.In(record.Rows{in.Take()})[0]
}

// TestRoundTrip writes random records of every type and reads them back.
func TestRoundTrip(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	k := things(allColumns...)
	types := map[record.Type]bool{}
	for _, f := range k.Layout() {
		types[f.Type] = true
	}
	if len(types) != 9 {
		t.Fatalf("the test covers the types %v", types)
	}
	for range 5_000 {
		want := random(r)
		list := k.Of(want)
		content := list.AppendContent(nil, 0)
		got := read(t, k, k.Layout(), want.Head, content)
		if d := diff(want, got); d != "" {
			t.Fatalf("content %x (-want +got):\n%s", content, d)
		}
		if again := k.Of(got).AppendContent(nil, 0); !slices.Equal(again, content) {
			t.Fatalf("equal records have the contents %x and %x", content, again)
		}
	}
}

// TestOtherLayouts reads contents by kinds that have gained, lost and moved columns: what the content lacks is unknown,
// what the kind lacks is skipped.
func TestOtherLayouts(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	subset := func() []string {
		names := slices.Clone(allColumns)
		r.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
		return names[:r.IntN(len(names)+1)]
	}
	for range 2_000 {
		wrote, reads := subset(), subset()
		writer, reader, all := things(wrote...), things(reads...), things(allColumns...)
		full := random(r)
		content := writer.Of(full).AppendContent(nil, 0)
		got := read(t, reader, writer.Layout(), full.Head, content)
		want := all.In(record.Rows{all.Unknown("id")})[0]
		want.Head = full.Head
		for _, name := range allColumns {
			if slices.Contains(wrote, name) && slices.Contains(reads, name) {
				copyColumn(&want, &full, name)
			}
		}
		// A column that the kind does not have is as Go made it.
		for _, name := range allColumns {
			if !slices.Contains(reads, name) {
				copyColumn(&want, &thing{}, name)
			}
		}
		if d := diff(want, got); d != "" {
			t.Fatalf("written as %v, read as %v (-want +got):\n%s", wrote, reads, d)
		}
	}
}

func copyColumn(to, from *thing, name string) {
	switch name {
	case "name":
		to.Name = from.Name
	case "owner":
		to.Owner = from.Owner
	case "grade":
		to.Grade = from.Grade
	case "price":
		to.Price, to.Priced = from.Price, from.Priced
	case "likely":
		to.Likely = from.Likely
	case "at":
		to.At = from.At
	case "count":
		to.Count = from.Count
	case "live":
		to.Live = from.Live
	}
}

// TestSameNameOtherType takes a column that has changed its type for another one: it is skipped and unknown.
func TestSameNameOtherType(t *testing.T) {
	old := record.Declare("things", record.Whole("name", func(t *thing) *int { return &t.Count }))
	now := things("name")
	content := old.Of(thing{Count: 7}).AppendContent(nil, 0)
	if got := read(t, now, old.Layout(), record.Head{ID: "1"}, content); got.Name != "" || got.Count != 0 {
		t.Errorf("it was read as %+v", got)
	}
}

// TestUnknownWord reads a word that only another version of the program knows.
func TestUnknownWord(t *testing.T) {
	newer := record.Declare("things", record.Word("grade", func(t *thing) *grade { return &t.Grade }, "superb"))
	older := things("grade")
	content := newer.Of(thing{Grade: "superb"}).AppendContent(nil, 0)
	if got := read(t, older, newer.Layout(), record.Head{ID: "1"}, content); got.Grade != "" {
		t.Errorf("it was read as %q", got.Grade)
	}
}

// TestDamagedContent cuts contents anywhere, adds to them and changes each byte: they are refused, or read as something,
// and a reader goes on with the next one.
func TestDamagedContent(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	k := things(allColumns...)
	for range 200 {
		sound := random(r)
		content := k.Of(sound).AppendContent(nil, 0)
		in := k.Reader(k.Layout())
		refused := func(damaged []byte) bool {
			err := in.Read("id", 1, damaged)
			if err != nil && (!errors.Is(err, record.ErrContent) || in.Len() != 0) {
				t.Fatalf("error %v, %d records were read", err, in.Len())
			}
			in.Take()
			return err != nil
		}
		for cut := range content {
			if !refused(content[:cut]) {
				t.Fatalf("%x was read though it is cut to %d bytes", content, cut)
			}
		}
		if !refused(append(slices.Clone(content), 0)) {
			t.Fatalf("%x was read with a byte behind it", content)
		}
		for i := range content {
			damaged := slices.Clone(content)
			damaged[i] ^= byte(1 + r.IntN(255))
			refused(damaged)
		}
		if got := read(t, k, k.Layout(), sound.Head, content); diff(sound, got) != "" {
			t.Fatalf("a sound content is read otherwise:\n%s", diff(sound, got))
		}
	}
}

// FuzzRead reads contents that nobody wrote: none may end the process, and one that is read is written as what is read
// as the same.
func FuzzRead(f *testing.F) {
	r := rand.New(rand.NewPCG(4, 4))
	k := things(allColumns...)
	for range 10 {
		f.Add(k.Of(random(r)).AppendContent(nil, 0))
	}
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, content []byte) {
		in := k.Reader(k.Layout())
		if in.Read("id", 1, content) != nil {
			return
		}
		first := k.In(record.Rows{in.Take()})[0]
		again := read(t, k, k.Layout(), first.Head, k.Of(first).AppendContent(nil, 0))
		if d := diff(first, again); d != "" {
			t.Errorf("what was read does not survive:\n%s", d)
		}
	})
}

func TestLayoutText(t *testing.T) {
	l := things("price", "name").Layout()
	const text = "price amount, name text, dimensions dimensions"
	if l.String() != text {
		t.Errorf("the text is %q", l)
	}
	if parsed, err := record.ParseLayout(text); err != nil || !reflect.DeepEqual(parsed, l) {
		t.Errorf("it was read as %v, error %v", parsed, err)
	}
	if parsed, err := record.ParseLayout(""); err != nil || len(parsed) != 0 {
		t.Errorf("an empty layout was read as %v, error %v", parsed, err)
	}
	for _, wrong := range []string{"price", "price ", " amount", "price amount,name text", "price quark", ", ", "a  text"} {
		if parsed, err := record.ParseLayout(wrong); err == nil {
			t.Errorf("%q was read as %v", wrong, parsed)
		}
	}
}

func TestDeclareRefusesTwoColumnsOfOneName(t *testing.T) {
	for _, names := range [][]string{{"name", "name"}, {"id"}, {"version"}, {"dimensions"}} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%v was accepted", names)
				}
			}()
			var all []column
			for _, name := range names {
				all = append(all, record.Text(name, func(t *thing) *string { return &t.Name }))
			}
			record.Declare("things", all...)
		}()
	}
}

func TestUnsaid(t *testing.T) {
	k := things(allColumns...)
	list := k.Of(thing{Name: "now", Unread: true}, thing{Name: "now", Owner: "said"})
	stored := k.Of(thing{Name: "before", Owner: "stored"})
	for i, want := range []string{"stored", "said"} {
		if list.Unsaid(i) != (i == 0) {
			t.Errorf("record %d: unsaid is %v", i, list.Unsaid(i))
		}
		list.TakeUnsaid(i, stored)
		if got := k.In(record.Rows{list})[i]; got.Owner != want || got.Name != "now" {
			t.Errorf("record %d is %+v", i, got)
		}
	}
}

func TestText(t *testing.T) {
	k := things(allColumns...)
	full := thing{
		Head: record.Head{ID: "1", Version: 1767225600000, Dimensions: value.Dimensions{"b": "2", "a": "1"}},
		Name: "x", Owner: "o", Grade: "good", Price: 12_345_600, Priced: true, Likely: 200_000,
		At: value.Date(2026, 3, 1), Count: -7, Live: true,
	}
	for _, test := range []struct {
		list record.List
		want []string
	}{
		{k.Of(full), []string{
			"1", "2026-01-01T00:00:00Z", "x", "o", "good", full.Price.String(), full.Likely.String(), "2026-03-01", "-7", "true",
			`{"a":"1","b":"2"}`,
		}},
		{k.Unknown("2"), []string{"2", "", "", "", "", "", "", "", "0", "false", ""}},
	} {
		if d := cmp.Diff(test.want, test.list.Text(0)); d != "" {
			t.Errorf("(-want +got):\n%s", d)
		}
		if got := len(test.list.Text(0)); got != len(k.Columns()) {
			t.Errorf("%d values under %d columns", got, len(k.Columns()))
		}
	}
}
