// Package stack runs the demo without containers: exporters with simulated CRMs, Prometheus with a year of history, and
// Alertmanager, as processes on loopback, and a webhook sink that prints what is notified. Windows is not supported.
package stack
