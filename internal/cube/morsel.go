package cube

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// morselRows is what a worker takes at once of many rows: long enough to cost nothing, short enough for workers to end
// together.
const morselRows = 64 * BlockRows

// maxWorkers bounds the memory that workers take, each of which adds up for itself.
const maxWorkers = 8

// Workers returns how many workers read some rows: so many as are asked for, or one for each processor and morsel if that
// is 0.
func Workers(asked, rows int) int {
	if asked == 0 {
		return max(1, min(runtime.GOMAXPROCS(0), maxWorkers, (rows+morselRows-1)/morselRows))
	}
	return asked
}

// Run hands rows to workers, a block at a time, and returns once they have read all. Which worker reads which is left to
// chance.
func Run(rows int, workers []func(from, to int)) {
	if len(workers) == 1 {
		readBlocks(0, rows, workers[0])
		return
	}
	morsel := min(morselRows, max(1, rows/len(workers)/BlockRows)*BlockRows)
	var next atomic.Int64
	var wait sync.WaitGroup
	for _, read := range workers {
		wait.Go(func() {
			for {
				from := int(next.Add(int64(morsel))) - morsel
				if from >= rows {
					return
				}
				readBlocks(from, min(from+morsel, rows), read)
			}
		})
	}
	wait.Wait()
}

func readBlocks(from, to int, read func(from, to int)) {
	for ; from < to; from += BlockRows {
		read(from, min(from+BlockRows, to))
	}
}
