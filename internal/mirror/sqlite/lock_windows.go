package sqlite

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// errorSharingViolation is what Windows answers where somebody else holds the file.
const errorSharingViolation = syscall.Errno(32)

// acquireLock opens the lock file without sharing it, which makes this process the mirror's only owner until it ends.
func acquireLock(path string) (*os.File, error) {
	name, err := syscall.UTF16PtrFromString(path)
	if err != nil {
		return nil, fmt.Errorf("open lock file: %w", err)
	}
	handle, err := syscall.CreateFile(name, syscall.GENERIC_READ|syscall.GENERIC_WRITE, 0, nil, syscall.OPEN_ALWAYS,
		syscall.FILE_ATTRIBUTE_NORMAL, 0)
	if errors.Is(err, errorSharingViolation) {
		err = ErrInUse
	}
	if err != nil {
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	return os.NewFile(uintptr(handle), path), nil
}

// releaseLock lets the lock go, which is the open file itself.
func releaseLock(file *os.File) error { return file.Close() }
