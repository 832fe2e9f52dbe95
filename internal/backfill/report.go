package backfill

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/kpi"
	"github.com/sales-exporter/sales_exporter/internal/metric"
	"github.com/sales-exporter/sales_exporter/internal/output/history"
)

// headWindow is how far back Prometheus may still hold what it scraped outside of its blocks. A block that reaches into
// that time makes a restart drop scraped samples.
const headWindow = 3 * time.Hour

// importBlockDuration is longer than promtool's largest block, four and a half years. promtool reads the whole file anew
// for each block that it makes, and makes blocks of two hours unless told otherwise.
const importBlockDuration = "40000h"

// backfilled is what came of a back-fill.
type backfilled struct {
	out              string
	first, last, now time.Time
	took             time.Duration
	stats            history.Stats
	bytes            int64
}

// writeReport tells people what was written, how far to trust it and how to load it.
func writeReport(w io.Writer, r backfilled) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "Wrote %s in %s: %d bytes, %d instants from %s to %s, %d series, %d samples.\n",
		r.out, r.took.Round(time.Millisecond), r.bytes, r.stats.Instants,
		r.first.Format(time.RFC3339), r.last.Format(time.RFC3339), r.stats.Series, r.stats.Samples)
	for _, past := range []metric.Past{metric.PastDated, metric.PastRebuilt, metric.PastPresent} {
		fmt.Fprintf(&b, "\n%s: %s\n", past, past.Explain())
		if past == metric.PastPresent {
			b.WriteString("Not in the file:\n")
		}
		for _, m := range kpi.Catalogue() {
			if m.Past == past {
				fmt.Fprintf(&b, "  %s\n", m.Name)
			}
		}
	}
	fmt.Fprintf(&b, "\nLoad it into Prometheus, which can keep running. DATA-DIR is its --storage.tsdb.path:\n"+
		"  promtool tsdb create-blocks-from openmetrics --max-block-duration=%s \\\n"+
		"    --label=job=sales_exporter --label=instance=backfill %s DATA-DIR\n", importBlockDuration, quote(r.out))
	if r.now.Sub(r.last) < headWindow {
		fmt.Fprintf(&b, "The last instant is less than %s old. Load this file only before Prometheus scrapes the exporter "+
			"for the first time; otherwise write it again with an earlier --to.\n", headWindow)
	}
	_, err := w.Write(b.Bytes())
	return err
}

// quote makes a file name one word of a shell.
func quote(name string) string {
	if strings.ContainsAny(name, " \t\n\"'\\$&;|<>()*?[]#~`!{}") {
		return "'" + strings.ReplaceAll(name, "'", `'\''`) + "'"
	}
	return name
}
