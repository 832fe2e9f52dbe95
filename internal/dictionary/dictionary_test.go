package dictionary

import (
	"strconv"
	"testing"
)

func TestDictionary(t *testing.T) {
	d := New()
	for round := range 2 {
		for i := range 5000 {
			if code := d.Code(strconv.Itoa(i)); int(code) != i {
				t.Fatalf("round %d: %d has code %d", round, i, code)
			}
		}
	}
	if got := string(d.At(4321)); got != "4321" {
		t.Errorf("4321 is %q", got)
	}
	if _, found := d.Find("absent"); found {
		t.Error("found what is absent")
	}
	if code := d.Code(""); code != 5000 || len(d.At(code)) != 0 {
		t.Errorf("the empty text has code %d", code)
	}
}
