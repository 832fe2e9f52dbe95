//go:build unix && !linux

package stack

import "syscall"

// processAttributes make a process the leader of a group. Only Linux can tie it to our life.
func processAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true}
}
