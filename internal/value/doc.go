// Package value holds the values that records are made of: exact money, points in time with and without a zone,
// probabilities, dimensions, and the clean form of a text.
package value
