//go:build race

package kpi

// thorough is false under the race detector: it makes the oracle, which has one goroutine, ten times slower.
const thorough = false
