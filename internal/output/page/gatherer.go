package page

import (
	"io"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"

	"github.com/sales-exporter/sales_exporter/internal/output"
)

// Gather implements prometheus.Gatherer for the formats that are not kept ready: it makes the protocol buffers of the
// served snapshot, which its caller may keep and change.
func (p *Page) Gather() ([]*dto.MetricFamily, error) {
	served := p.current.Load()
	if served == nil {
		return nil, nil
	}
	families := make([]*dto.MetricFamily, len(served.snapshot.Families))
	for i := range families {
		families[i] = message(&served.snapshot.Families[i])
	}
	return families, nil
}

// renderMessages writes the families of a snapshot as protocol buffers, one at a time: all of them together are several
// times as large as what is written.
func renderMessages(w io.Writer, snapshot *output.Snapshot) error {
	if snapshot == nil {
		return nil
	}
	encoder := expfmt.NewEncoder(w, expfmt.NewFormat(expfmt.TypeProtoDelim))
	for i := range snapshot.Families {
		if err := encoder.Encode(message(&snapshot.Families[i])); err != nil {
			return err
		}
	}
	return nil
}

func message(f *output.Family) *dto.MetricFamily {
	name, help, kind := f.Name, f.Help, dto.MetricType_GAUGE
	if f.Histogram {
		kind = dto.MetricType_HISTOGRAM
	}
	family := &dto.MetricFamily{Name: &name, Help: &help, Type: &kind, Metric: make([]*dto.Metric, len(f.Samples))}
	for i := range f.Samples {
		sample := &f.Samples[i]
		metric := &dto.Metric{Label: make([]*dto.LabelPair, len(sample.Labels.Names))}
		for j := range sample.Labels.Names {
			label, value := sample.Labels.Names[j], sample.LabelValue(j)
			metric.Label[j] = &dto.LabelPair{Name: &label, Value: &value}
		}
		if f.Histogram {
			metric.Histogram = histogramMessage(sample)
		} else {
			value := sample.Value // A copy: the snapshot is shared.
			metric.Gauge = &dto.Gauge{Value: &value}
		}
		family.Metric[i] = metric
	}
	return family
}

func histogramMessage(s *output.Sample) *dto.Histogram {
	count, sum := s.Histogram.Count, s.Histogram.Sum
	h := &dto.Histogram{SampleCount: &count, SampleSum: &sum}
	for i, bound := range s.Histogram.Bounds {
		n := s.Histogram.Counts[i]
		h.Bucket = append(h.Bucket, &dto.Bucket{CumulativeCount: &n, UpperBound: &bound})
	}
	return h
}
