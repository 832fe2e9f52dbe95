package document

import (
	"io"
	"os"
)

// ReadRegular returns at most limit bytes of a file. It refuses devices and pipes, which may never end.
func ReadRegular(path string, limit int64) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, &os.PathError{Op: "read", Path: path, Err: errNotRegular}
	}
	file, err := os.Open(path) //nolint:gosec // the operator names the files
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	return io.ReadAll(io.LimitReader(file, limit))
}

type notRegularError struct{}

func (notRegularError) Error() string { return "not a regular file" }

var errNotRegular error = notRegularError{}
