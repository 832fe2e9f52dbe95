// Package check asserts that the running demo is what it should be: every board full, the alerts that it is about
// firing, and two replicas that change no number.
package check
