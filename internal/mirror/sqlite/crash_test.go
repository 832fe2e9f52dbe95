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
	"strings"
	"testing"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/mirror"
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
	batch := record.Batch{Cursor: fmt.Append(nil, n), Pass: int64(n / 10)}
	for i := range 5 + n%7*20 {
		crm.Deals.Append(&batch.Rows, crm.Deal{
			Head: record.Head{ID: fmt.Sprintf("p%d-%d", n, i), Version: int64(n)}, Amount: value.Money(i), AmountKnown: true,
		})
	}
	crm.Deals.Append(&batch.Rows, crm.Deal{Head: record.Head{ID: "counter", Version: int64(n)}, Name: strconv.Itoa(n)})
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

// finished is what a cursor ends with once its cycle has ended, as one does behind every fifth page.
const finished = " finished"

// commitUntilKilled goes on after the cursor that it finds and prints the number of every page that is durable.
func commitUntilKilled(path string) int {
	if err := commitPages(context.Background(), path); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	return 1
}

func commitPages(ctx context.Context, path string) error {
	store, err := sqlite.Open(ctx, path, mirror.Options{Kinds: crm.Kinds()})
	if err != nil {
		return err
	}
	state, err := store.State(ctx, stream)
	if err != nil {
		return err
	}
	n, ended := cursorNumber(state.Cursor)
	for {
		if n%5 == 0 && !ended {
			if err := store.Finish(ctx, mirror.Cursors{stream: fmt.Append(nil, n, finished)}); err != nil {
				return err
			}
		}
		n, ended = n+1, false
		if _, err := store.Commit(ctx, stream, numberedPage(n)); err != nil {
			return err
		}
		fmt.Println(n)
	}
}

// cursorNumber returns the number of the last page, and whether the cycle has ended behind it.
func cursorNumber(cursor []byte) (n int, ended bool) {
	text, ended := strings.CutSuffix(string(cursor), finished)
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0, false
	}
	return n, ended
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
		store, err := sqlite.Open(t.Context(), path, mirror.Options{Kinds: crm.Kinds()})
		if err != nil {
			t.Fatalf("open after kill %d: %v", kill, err)
		}
		state, err := store.State(t.Context(), stream)
		if err != nil {
			t.Fatal(err)
		}
		last, ended := cursorNumber(state.Cursor)
		// One page may be durable without having been acknowledged.
		if last < acknowledged || last > max(acknowledged, known)+1 {
			t.Fatalf("kill %d: page %d was acknowledged, the cursor says %d", kill, acknowledged, last)
		}
		for {
			if known%5 == 0 && (known < last || ended) {
				finishOracle(t, oracle, known) // Once more, if it was there the last time: that changes nothing.
			}
			if known == last {
				break
			}
			known++
			if _, err := oracle.Commit(t.Context(), stream, numberedPage(known)); err != nil {
				t.Fatal(err)
			}
		}
		want, _ := mirrortest.ServedPicture(t, oracle, stream)
		got, _ := mirrortest.ServedPicture(t, store, stream)
		if diff := mirrortest.Diff(want, got); diff != "" {
			t.Fatalf("kill %d: the rows are not those of page %d (-want +got):\n%s", kill, last, diff)
		}
		wantState, err := oracle.State(t.Context(), stream)
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

func finishOracle(t *testing.T, oracle *mirrortest.Oracle, page int) {
	t.Helper()
	if err := oracle.Finish(t.Context(), mirror.Cursors{stream: fmt.Append(nil, page, finished)}); err != nil {
		t.Fatal(err)
	}
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
