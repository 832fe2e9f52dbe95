//go:build unix

package sqlite

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// acquireLock takes the lock that makes this process the mirror's only owner. The kernel lets it go when the process
// ends, however it ends. The file stays: removing it would let two processes lock two files of the same name.
func acquireLock(path string) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600) //nolint:gosec // the operator names the file
	if err != nil {
		return nil, fmt.Errorf("open lock file: %w", err)
	}
	err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		err = ErrInUse
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("lock %s: %w", path, err), file.Close())
	}
	return file, nil
}

// releaseLock lets the lock go before it closes the file: a child process that is just being started holds the file open
// for a moment, and closing alone would leave the lock to it.
func releaseLock(file *os.File) error {
	conn, err := file.SyscallConn()
	if err == nil {
		err = conn.Control(func(fd uintptr) { _ = syscall.Flock(int(fd), syscall.LOCK_UN) })
	}
	return errors.Join(err, file.Close())
}
