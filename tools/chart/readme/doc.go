// Package readme tests that the chart's README says what its values are.
package readme
