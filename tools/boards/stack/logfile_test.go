package stack

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestLogFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.log")
	l, err := newLogFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for i := range 2 * tailLines {
		fmt.Fprintf(&text, "line %d\n", i)
	}
	text.WriteString(`level=INFO source=x msg="Listening on" component=web address=127.0.0.1:4567` + "\n")
	text.WriteString(`level=INFO msg="TLS is disabled." address=127.0.0.1:1` + "\nno end")
	whole := text.String()
	for len(whole) > 0 { // Pieces of a size that cuts lines anywhere.
		n := min(7, len(whole))
		if _, err := l.Write([]byte(whole[:n])); err != nil {
			t.Fatal(err)
		}
		whole = whole[n:]
	}
	select {
	case <-l.listening:
		if l.address != "127.0.0.1:4567" {
			t.Errorf("it listens on %s", l.address)
		}
	default:
		t.Error("the address was not found")
	}
	tail := strings.Split(l.tail(), "\n")
	if len(tail) != tailLines+1 || tail[0] != "line 22" || tail[tailLines] != "no end" {
		t.Errorf("the tail is %q", tail)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	written, err := os.ReadFile(path)
	if err != nil || string(written) != text.String() {
		t.Errorf("the file holds %q, %v", written, err)
	}
}
