package targets_test

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/sales-exporter/sales_exporter/internal/app/known/knowntest"
	"github.com/sales-exporter/sales_exporter/internal/crm"
)

// convention is how somebody's program writes a file.
type convention struct {
	separator, decimal, group, before, after, lineEnd, head string
}

func pick(r *rand.Rand, from ...string) string { return from[r.IntN(len(from))] }

func randomConvention(r *rand.Rand) convention {
	c := convention{
		separator: pick(r, ",", ";", "\t", "|"), decimal: pick(r, ".", ","), lineEnd: pick(r, "\n", "\r\n", "\r"),
		head: pick(r, "", "\ufeff", "Plan 2026"),
	}
	c.group = pick(r, "", " ", "'", "\u00a0", map[string]string{".": ",", ",": "."}[c.decimal])
	c.before, c.after = pick(r, "", "$", "USD "), ""
	if c.before == "" {
		c.after = pick(r, "", " USD", " $")
	}
	return c
}

// amount writes cents as a person of the convention does: with cents, or without where there are none.
func (c convention) amount(cents int) string {
	whole := strconv.Itoa(cents / 100)
	for at := len(whole) - 3; at > 0 && c.group != ""; at -= 3 {
		whole = whole[:at] + c.group + whole[at:]
	}
	if cents%100 != 0 {
		whole += c.decimal + fmt.Sprintf("%02d", cents%100)
	}
	return c.before + whole + c.after
}

func (c convention) file(rows [][]string) string {
	var text strings.Builder
	text.WriteString(c.head)
	if strings.HasPrefix(c.head, "Plan") {
		text.WriteString(c.lineEnd)
	}
	for _, row := range rows {
		for i, cell := range row {
			if i > 0 {
				text.WriteString(c.separator)
			}
			if strings.Contains(cell, c.separator) {
				cell = `"` + cell + `"`
			}
			text.WriteString(cell)
		}
		text.WriteString(c.lineEnd)
	}
	return text.String()
}

// TestRandomTargetsFiles writes random plans in random conventions, as lists and as grids. Each is read as it was
// meant, or refused for its numbers have two readings; never as another plan.
func TestRandomTargetsFiles(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 3))
	const files = 500
	readable, folder := 0, t.TempDir()
	for i := range files {
		c, grid := randomConvention(r), i%2 == 0
		rows := [][]string{{"name", "kpi", "rep", "period", "value"}}
		if grid {
			rows = [][]string{{"rep", "2026-10", "Nov 2026", "12/2026"}}
		}
		want := map[string]float64{}
		for rep := range 1 + r.IntN(3) {
			name, row := fmt.Sprintf("Rep %d", rep), []string{fmt.Sprintf("Rep %d", rep)}
			for month := range 3 {
				cents := 100 * (1 + r.IntN([]int{900, 9_000, 3_000_000}[r.IntN(3)]))
				if r.IntN(8) == 0 {
					cents += 1 + r.IntN(99)
				}
				want[fmt.Sprint(name, " ", 10+month)] = float64(cents) / 100
				row = append(row, c.amount(cents))
				if !grid {
					rows = append(rows, []string{name, "revenue_won", name, fmt.Sprint("2026-", 10+month), c.amount(cents)})
				}
			}
			if grid {
				rows = append(rows, row)
			}
		}
		knowntest.Write(t, folder, "t.csv", c.file(rows))
		validated, err := knowntest.Parse([]byte(knowntest.DemoSource+"targets_files: [t.csv]\n"), folder)
		if err != nil {
			if !strings.Contains(err.Error(), " may be ") || strings.Contains(err.Error(), "\n") {
				t.Fatalf("%+v: %v\n%s", c, err, c.file(rows))
			}
			continue
		}
		readable++
		for _, target := range validated.Config().Targets {
			key := fmt.Sprint(target.Scope["rep"], " ", target.Period.Number)
			if target.Value != want[key] || target.Period.Unit != crm.PeriodMonth {
				t.Fatalf("%+v: %s is %v, want %v\n%s", c, key, target.Value, want[key], c.file(rows))
			}
			delete(want, key)
		}
		if len(want) > 0 {
			t.Fatalf("%+v: %v were not read\n%s", c, want, c.file(rows))
		}
	}
	if readable < files/2 {
		t.Errorf("only %d of %d files were read", readable, files)
	}
	t.Logf("%d of %d files were read, the others refused", readable, files)
}
