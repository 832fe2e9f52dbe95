// Package boards tests the Grafana boards that the chart renders against those of the product.
package boards
