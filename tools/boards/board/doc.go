// Package board reads Grafana dashboards of the classic schema, and expands the variables of their texts as Grafana's
// Prometheus data source does.
package board
