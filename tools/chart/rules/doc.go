// Package rules tests the alerts and recording rules that the chart renders against those of the product.
package rules
