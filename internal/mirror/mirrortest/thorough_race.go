//go:build race

package mirrortest

// Thorough is false under the race detector, which makes SQLite ten times slower and finds no more in more of the same.
const Thorough = false
