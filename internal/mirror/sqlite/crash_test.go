package sqlite_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/mirror/mirrortest"
	"github.com/sales-exporter/sales_exporter/internal/mirror/sqlite"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// crashPath is the environment variable that turns the test binary into a process that commits pages until it dies.
const crashPath = "SQLITE_TEST_CRASH_PATH"

// numberedPage is page n of an endless CRM: new deals, a counter that every page modifies, the end of an earlier deal
// and one that cannot be read. Some pages are large, so that the process also dies in the midst of writing one.
func numberedPage(n int) record.Batch {
	batch := record.Batch{Cursor: fmt.Append(nil, n), Complete: n%5 == 0, Pass: int64(n / 10)}
	for i := range 5 + n%7*20 {
		crm.Deals.Append(&batch.Rows, crm.Deal{
			Head: record.Head{ID: fmt.Sprintf("p%d-%d", n, i), Version: int64(n)}, Amount: value.Money(i), AmountKnown: true,
		})
	}
	crm.Deals.Append(&batch.Rows, crm.Deal{Head: record.Head{ID: "counter", Version: int64(n)}, Excluded: strconv.Itoa(n)})
	if n > 3 {
		batch.Removals = []record.Removal{
			{Kind: crm.Deals.Name(), ID: fmt.Sprintf("p%d-0", n-3), Reason: record.RemovedDeleted, Version: int64(n)},
			{Kind: crm.Deals.Name(), ID: fmt.Sprintf("p%d-1", n-3), Reason: record.RemovedMerged, MergedInto: "counter"},
		}
		batch.Quarantined = []record.Quarantined{
			{Kind: crm.Deals.Name(), ID: fmt.Sprintf("p%d-2", n-3), Version: int64(n), Reason: record.BadAmount},
		}
	}
	return batch
}

// commitUntilKilled goes on after the cursor that it finds and prints the number of every page that is durable.
func commitUntilKilled(path string) int {
	ctx := context.Background()
	store, err := sqlite.Open(ctx, path, sqlite.Options{})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	state, err := store.State(ctx, "crm")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	for n := cursorNumber(state.Cursor) + 1; ; n++ {
		if _, err := store.Commit(ctx, "crm", numberedPage(n)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		fmt.Println(n)
	}
}

func cursorNumber(cursor []byte) int {
	n, err := strconv.Atoi(string(cursor))
	if err != nil {
		return 0
	}
	return n
}

// TestCrash kills a process that commits, over and over on one file. What it acknowledged must be there, a page is
// there as a whole or not at all, and the cursor stands behind exactly the pages that are.
func TestCrash(t *testing.T) {
	t.Parallel()
	kills := 35
	if testing.Short() || !mirrortest.Thorough {
		kills = 8
	}
	path := filepath.Join(t.TempDir(), "mirror.db")
	oracle, known := mirrortest.NewOracle(), 0
	for kill := range kills {
		acknowledged := runAndKill(t, path)
		store, err := sqlite.Open(t.Context(), path, sqlite.Options{})
		if err != nil {
			t.Fatalf("open after kill %d: %v", kill, err)
		}
		state, err := store.State(t.Context(), "crm")
		if err != nil {
			t.Fatal(err)
		}
		last := cursorNumber(state.Cursor)
		// One page may be durable without having been acknowledged.
		if last < acknowledged || last > max(acknowledged, known)+1 {
			t.Fatalf("kill %d: page %d was acknowledged, the cursor says %d", kill, acknowledged, last)
		}
		for known < last {
			known++
			if _, err := oracle.Commit(t.Context(), "crm", numberedPage(known)); err != nil {
				t.Fatal(err)
			}
		}
		want, _ := mirrortest.LoadPicture(t, oracle, "crm")
		got, _ := mirrortest.LoadPicture(t, store, "crm")
		if diff := mirrortest.Diff(want, got); diff != "" {
			t.Fatalf("kill %d: the rows are not those of page %d (-want +got):\n%s", kill, last, diff)
		}
		wantState, err := oracle.State(t.Context(), "crm")
		if err != nil {
			t.Fatal(err)
		}
		if diff := mirrortest.Diff(wantState, state); diff != "" {
			t.Fatalf("kill %d: the state is not that of page %d (-want +got):\n%s", kill, last, diff)
		}
		if err := store.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if known < kills {
		t.Errorf("only %d pages were committed in %d runs", known, kills)
	}
	t.Logf("%d kills, %d pages", kills, known)
}

// runAndKill returns the last page that the process acknowledged before it was killed.
func runAndKill(t *testing.T, path string) (acknowledged int) {
	t.Helper()
	command := exec.CommandContext(t.Context(), os.Args[0])
	command.Env = append(os.Environ(), crashPath+"="+path)
	command.Stderr = os.Stderr
	output, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	// The clock starts with the first page, so that every run gets somewhere; the moment of death is anywhere within the
	// next pages.
	lines := bufio.NewScanner(output)
	first := true
	for lines.Scan() {
		if acknowledged, err = strconv.Atoi(lines.Text()); err != nil {
			t.Fatalf("the process says %q", lines.Text())
		}
		if first {
			first = false
			time.AfterFunc(rand.N(25*time.Millisecond), func() { _ = command.Process.Kill() })
		}
	}
	if err := command.Wait(); err == nil || first {
		t.Fatalf("the process ended by itself: %v", err)
	}
	return acknowledged
}
