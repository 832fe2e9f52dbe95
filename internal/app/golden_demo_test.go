package app

import (
	"os"
	"strings"
	"testing"
)

// TestGoldenDemo freezes the page of config.example.yaml with few enough deals that a reader can look at all of it.
func TestGoldenDemo(t *testing.T) {
	t.Parallel()
	example, err := os.ReadFile("../../config.example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	small := strings.NewReplacer("deals: 3000 #", "deals: 36 #", "deals: 3000}", "deals: 36}").Replace(string(example))
	if small == string(example) {
		t.Fatal("the example has no demo of 3000 deals")
	}
	h := newHarness(t, small, at(midMonth()))
	h.mustSync()
	checkGolden(t, "demo", h.page())
}
