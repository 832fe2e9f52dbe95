// Package alertmanager tests the Alertmanager configurations that this repository ships, with Alertmanager's own code:
// who hears of an alert, at which hours, what silences it, and how the message reads.
package alertmanager
