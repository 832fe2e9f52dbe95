package history

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// historyBuffer is how much Write hands over at once.
const historyBuffer = 1 << 20

// Write writes the history as OpenMetrics 1.0. Families, series and the points of a series are contiguous, and points
// are in the order of time. Names and labels are those of the page that is scraped, so that the past and what is
// scraped from now on are one series.
func (h *History) Write(w io.Writer) error {
	out := &historyWriter{out: bufio.NewWriterSize(w, historyBuffer), times: make([]string, len(h.instants))}
	for i, milli := range h.instants {
		out.times[i] = strconv.FormatFloat(float64(milli)/1000, 'f', -1, 64)
	}
	for _, family := range h.sorted() {
		if err := out.family(family); err != nil {
			return fmt.Errorf("write %s: %w", family.metric.Name, err)
		}
	}
	if _, err := out.out.WriteString("# EOF\n"); err != nil {
		return err
	}
	return out.out.Flush()
}

// historyWriter writes lines.
type historyWriter struct {
	out   *bufio.Writer
	times []string // of the instants
	line  []byte
}

func (w *historyWriter) family(f *pastFamily) error {
	name := f.metric.Name
	_, err := fmt.Fprintf(w.out, "# HELP %s %s\n# TYPE %s %s\n", name, escape(f.metric.FullHelp()), name, f.metric.Type)
	if err != nil {
		return err
	}
	for _, s := range f.series {
		write := w.gauges(name, s)
		if s.bounds != nil {
			write = w.histograms(name, s)
		}
		if err := s.each(write); err != nil {
			return err
		}
	}
	return nil
}

// gauges returns what writes the points of a gauge.
func (w *historyWriter) gauges(name string, s *pastSeries) func(int, []uint64) error {
	series := seriesName(name, s.labels)
	return func(instant int, words []uint64) error { return w.float(series, words[0], instant) }
}

// histograms returns what writes the points of a histogram, each as its buckets, its count and its sum.
func (w *historyWriter) histograms(name string, s *pastSeries) func(int, []uint64) error {
	buckets := make([]string, 0, len(s.bounds)+1)
	for _, bound := range s.bounds {
		buckets = append(buckets, seriesName(name+"_bucket", s.labels, `le="`+formatBound(bound)+`"`))
	}
	buckets = append(buckets, seriesName(name+"_bucket", s.labels, `le="+Inf"`))
	count, sum := seriesName(name+"_count", s.labels), seriesName(name+"_sum", s.labels)
	return func(instant int, words []uint64) error {
		for i, bucket := range buckets {
			if err := w.count(bucket, words[i], instant); err != nil { // The last word is that of +Inf: all of them.
				return err
			}
		}
		if err := w.count(count, words[len(s.bounds)], instant); err != nil {
			return err
		}
		return w.float(sum, words[len(s.bounds)+1], instant)
	}
}

func (w *historyWriter) count(series string, word uint64, instant int) error {
	w.line = strconv.AppendUint(append(w.line[:0], series...), word, 10)
	return w.end(instant)
}

func (w *historyWriter) float(series string, word uint64, instant int) error {
	w.line = strconv.AppendFloat(append(w.line[:0], series...), valueOf(word), 'g', -1, 64)
	return w.end(instant)
}

func (w *historyWriter) end(instant int) error {
	w.line = append(append(append(w.line, ' '), w.times[instant]...), '\n')
	_, err := w.out.Write(w.line)
	return err
}

// seriesName returns the beginning of a series' lines, up to the value.
func seriesName(name string, labels ...string) string {
	labels = slices.DeleteFunc(labels, func(l string) bool { return l == "" })
	if len(labels) == 0 {
		return name + " "
	}
	return name + "{" + strings.Join(labels, ",") + "} "
}

// appendLabels appends labels as they are written. Those without a value are left out: to Prometheus an empty label is
// none, and two series that differ in nothing else are one.
func appendLabels(to []byte, labels, values []string) []byte {
	for i, value := range values {
		if value == "" {
			continue
		}
		if len(to) > 0 {
			to = append(to, ',')
		}
		to = append(append(to, labels[i]...), `="`...)
		to = append(append(to, escape(value)...), '"')
	}
	return to
}

// escape writes a text as OpenMetrics wants it.
func escape(text string) string {
	if !strings.ContainsAny(text, "\\\n\"") {
		return text
	}
	return strings.NewReplacer(`\`, `\\`, "\n", `\n`, `"`, `\"`).Replace(text)
}

// formatBound writes a bucket's bound as OpenMetrics and, since version 3, Prometheus do, which take "1000" and
// "1000.0" for two series.
func formatBound(bound float64) string {
	text := strconv.FormatFloat(bound, 'g', -1, 64)
	if strings.ContainsAny(text, ".e") {
		return text
	}
	return text + ".0"
}
