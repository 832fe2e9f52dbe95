package stack

import "syscall"

// processAttributes make a process the leader of a group, and let the kernel kill it when we are gone, however that
// happened: nobody wants a Prometheus of last week on port 9090.
func processAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
