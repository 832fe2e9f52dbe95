package last

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"

	"github.com/sales-exporter/sales_exporter/internal/kpi"
	"github.com/sales-exporter/sales_exporter/internal/output"
)

// NewOrigin returns the origin of what a program, named by version and commit, computes by a configuration, described in
// any words that differ where it does. The key is what pseudonyms are made of; of it the origin tells nothing.
func NewOrigin(program, configuration string, key []byte) output.Origin {
	catalogue, err := json.Marshal(kpi.Catalogue())
	if err != nil {
		panic(fmt.Sprintf("describe catalogue: %v", err)) // Texts and numbers always marshal.
	}
	h := sha256.New()
	fmt.Fprintf(h, "%q %q %x %x", program, configuration, sha256.Sum256(key), sha256.Sum256(catalogue))
	return output.Origin(h.Sum(nil))
}
