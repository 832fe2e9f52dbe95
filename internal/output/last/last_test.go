package last

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc64"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/sales-exporter/sales_exporter/internal/kpi"
	"github.com/sales-exporter/sales_exporter/internal/metric"
	"github.com/sales-exporter/sales_exporter/internal/output"
)

var (
	at     = time.Date(2026, 7, 1, 12, 0, 0, 123, time.UTC)
	origin = NewOrigin("1.0 abc", "7", nil)
)

// checked checks a snapshot and says what it rests on.
func checked(t *testing.T, s *metric.Snapshot) *output.Snapshot {
	t.Helper()
	c, err := output.Check(s, nil)
	if err != nil {
		t.Fatal(err)
	}
	c.Origin, c.Reads = origin, map[string]time.Time{"acme": at.Add(-time.Minute), "globex": at.Add(-time.Hour)}
	return c
}

// random returns a snapshot of some metrics of the catalogue.
func random(r *rand.Rand) *metric.Snapshot {
	s := &metric.Snapshot{At: at}
	texts := []string{"", "acme", "Zürich\n", `a"b`, "(none)"}
	catalogue := kpi.Catalogue()
	for range 1 + r.IntN(5) {
		n := r.IntN(len(catalogue))
		family := metric.Family{Metric: &catalogue[n], Folded: r.IntN(3)}
		catalogue = append(catalogue[:n:n], catalogue[n+1:]...)
		sets := [][]string{{"source", "rep", "n"}, {"n"}, {"team", "n"}}
		bounds := []float64{-1, 0.5, 1e21}[:r.IntN(4)]
		for i := range 1 + r.IntN(50) {
			sample := metric.Sample{Labels: sets[r.IntN(3)], Value: math.Float64frombits(r.Uint64() &^ (1 << 62))}
			for range sample.Labels[1:] {
				sample.Values = append(sample.Values, texts[r.IntN(len(texts))])
			}
			sample.Values = append(sample.Values, string(rune('a'+i)))
			if family.Metric.Type == metric.HistogramType {
				sample.Histogram = &metric.Histogram{Bounds: bounds, Count: r.Uint64(), Sum: sample.Value}
				sample.Value = 0
				for range bounds {
					sample.Histogram.Counts = append(sample.Histogram.Counts, r.Uint64()>>r.IntN(64))
				}
			}
			family.Samples = append(family.Samples, sample)
		}
		s.Families = append(s.Families, family)
	}
	return s
}

// TestRoundTrip writes random snapshots and demands them back, series by series.
func TestRoundTrip(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 100 {
		want := checked(t, random(r))
		kept, err := decode(encode(want), origin)
		if err != nil {
			t.Fatal(err)
		}
		got := checked(t, kept.Snapshot)
		options := cmp.Options{cmpopts.EquateEmpty(), cmp.Comparer(func(a, b *output.Labels) bool {
			return cmp.Equal(a.Names, b.Names)
		}), cmp.Transformer("series", func(s output.Sample) map[string]any {
			series := map[string]any{"value": math.Float64bits(s.Value), "histogram": s.Histogram}
			for i, name := range s.Labels.Names {
				series["label "+name] = s.LabelValue(i)
			}
			return series
		}), cmpopts.SortSlices(func(a, b output.Size) bool { return a.Metric < b.Metric })}
		if diff := cmp.Diff(want, got, options); diff != "" {
			t.Fatal(diff)
		}
		if diff := cmp.Diff(want.Reads, kept.Reads, cmp.Comparer(time.Time.Equal)); diff != "" {
			t.Fatal(diff)
		}
	}
}

// TestDamage changes, cuts and lengthens files: none is served, and none does harm, not even one whose checksum is right.
func TestDamage(t *testing.T) {
	whole := encode(checked(t, random(rand.New(rand.NewPCG(3, 4)))))
	for n := range whole {
		changed := bytes.Clone(whole)
		changed[n] ^= 0x10
		for name, content := range map[string][]byte{"changed": changed, "cut": whole[:n]} {
			if kept, err := decode(content, origin); err == nil || kept != nil {
				t.Fatalf("%s at byte %d: %v, %v", name, n, kept, err)
			}
		}
	}
	if _, err := decode(append(bytes.Clone(whole), 0), origin); !errors.Is(err, ErrDamaged) {
		t.Errorf("with one more byte: %v", err)
	}
	r := rand.New(rand.NewPCG(5, 6))
	head := len(magic) + len(origin)
	for range 1000 {
		body := bytes.Clone(whole[:len(whole)-8])
		for range 1 + r.IntN(3) {
			body[head+r.IntN(len(body)-head)] = byte(r.Uint32())
		}
		body = body[:head+r.IntN(len(body)-head+1)]
		_, _ = decode(binary.LittleEndian.AppendUint64(body, crc64.Checksum(body, checksum)), origin) // It returns.
	}
}

// TestOrigins holds what makes another origin.
func TestOrigins(t *testing.T) {
	content := encode(checked(t, random(rand.New(rand.NewPCG(7, 8)))))
	for name, other := range map[string]output.Origin{
		"another program": NewOrigin("1.0 abd", "7", nil), "another configuration": NewOrigin("1.0 abc", "8", nil),
		"another key": NewOrigin("1.0 abc", "7", []byte("key")),
	} {
		if _, err := decode(content, other); !errors.Is(err, ErrOrigin) {
			t.Errorf("%s: error %v", name, err)
		}
	}
	if again := NewOrigin("1.0 abc", "7", nil); again != origin {
		t.Error("the same origin is another one")
	}
}

// TestFile follows when the file is written.
func TestFile(t *testing.T) {
	now := at
	path := filepath.Join(t.TempDir(), "mirror.db.last")
	f := NewFile(func() time.Time { return now })
	kept := func() time.Time {
		t.Helper()
		k, err := Read(path, origin)
		if err != nil {
			t.Fatal(err)
		}
		if k == nil {
			return time.Time{}
		}
		return k.Snapshot.At
	}
	publish := func(data uint64, change func(*output.Snapshot)) {
		t.Helper()
		s := checked(t, random(rand.New(rand.NewPCG(9, 9))))
		s.At, s.Data = now, data
		if change != nil {
			change(s)
		}
		if err := f.Publish(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	publish(1, nil)
	if !kept().IsZero() {
		t.Error("it wrote before it was told where")
	}
	f.Keep(path, origin)
	publish(1, func(s *output.Snapshot) { s.Origin[0]++ })
	publish(1, func(s *output.Snapshot) { s.Reads = nil })
	if !kept().IsZero() {
		t.Error("a snapshot of another origin, or of no source, was kept")
	}
	publish(1, nil)
	if publish(1, func(s *output.Snapshot) { s.Reads = nil }); !kept().IsZero() {
		t.Error("what the mirror holds nothing of is still kept")
	}
	publish(1, nil)
	first := now
	if !kept().Equal(first) {
		t.Error("the first snapshot was not kept")
	}
	now = now.Add(4 * time.Minute)
	publish(2, nil)
	if !kept().Equal(first) {
		t.Error("a change was written after four minutes")
	}
	now = now.Add(2 * time.Minute)
	publish(2, nil)
	second := now
	if !kept().Equal(second) {
		t.Error("a change was not written after six minutes")
	}
	now = now.Add(time.Hour)
	publish(2, nil)
	if !kept().Equal(second) {
		t.Error("a snapshot of the same data was written")
	}
	if err := f.Flush(t.Context()); err != nil || !kept().Equal(now) {
		t.Errorf("the last snapshot was not kept: %v", err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm()&0o077 != 0 {
		t.Errorf("others may read it: %v, %v", info.Mode(), err)
	}
	if entries, err := os.ReadDir(filepath.Dir(path)); err != nil || len(entries) != 1 {
		t.Errorf("the folder holds %v, %v", entries, err)
	}
	f.Keep(filepath.Join(t.TempDir(), "no", "folder"), origin)
	if err := f.Publish(t.Context(), checked(t, random(rand.New(rand.NewPCG(9, 9))))); err == nil {
		t.Error("a write into no folder succeeds")
	}
}

func TestRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x")
	if kept, err := Read(path, origin); kept != nil || err != nil {
		t.Errorf("no file: %v, %v", kept, err)
	}
	if err := os.WriteFile(path, []byte("sales_exporter last snapshot 2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(path, origin); !errors.Is(err, ErrOrigin) {
		t.Errorf("a later format: %v", err)
	}
}
