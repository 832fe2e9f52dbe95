//go:build unix

package sqlite

import (
	"path/filepath"
	"syscall"
	"testing"
)

// TestLockOfAChild closes a lock file that a child process holds open too, as each does between its fork and its exec.
func TestLockOfAChild(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mirror.db.lock")
	lock, err := acquireLock(path)
	if err != nil {
		t.Fatal(err)
	}
	child, err := syscall.Dup(int(lock.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Close(child) })
	if err := releaseLock(lock); err != nil {
		t.Fatal(err)
	}
	again, err := acquireLock(path)
	if err != nil {
		t.Fatalf("the lock was not let go: %v", err)
	}
	if err := releaseLock(again); err != nil {
		t.Fatal(err)
	}
}
