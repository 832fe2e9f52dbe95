// Package readme tests what the documentation says of the chart and its values.
package readme
