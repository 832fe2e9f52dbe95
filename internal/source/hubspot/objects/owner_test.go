package objects

import (
	"strings"
	"testing"

	"github.com/sales-exporter/sales_exporter/internal/source/hubspot/api"
)

// TestOwnersWithoutAName holds case C2: an owner without a name has none, and never an address or an id for it.
func TestOwnersWithoutAName(t *testing.T) {
	for name, test := range map[string]struct {
		first, last any
		want        string
	}{
		"both": {"Ada", "Rep", "Ada Rep"}, "empty": {"", "", ""}, "null": {nil, nil, ""}, "blanks": {" ", "\u00a0", ""},
		"one": {"", "Rep", "Rep"}, "the other": {"Ada", nil, "Ada"},
	} {
		t.Run(name, func(t *testing.T) {
			o := wireOwner{ID: "41"}
			if test.first != nil {
				o.FirstName = api.Text(strings.TrimSpace(test.first.(string)))
			}
			if test.last != nil {
				o.LastName = api.Text(strings.TrimSpace(test.last.(string)))
			}
			if got := o.rep(true, nil); got.Name != test.want || got.Active {
				t.Errorf("got %+v", got)
			}
		})
	}
}
