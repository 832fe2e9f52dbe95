// Package query executes the queries of boards against Prometheus as Grafana would when somebody opens the board: with
// every variable at its default, the time range that the board opens with, and Grafana's steps.
package query
