package app

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/mirror"
	"github.com/sales-exporter/sales_exporter/internal/source"
)

// addresses say where an account is found, and how earlier versions described that.
type addresses struct{ present, former any }

func addressesOf(settings config.Settings) addresses {
	a := addresses{settings.Address(), settings.Address()}
	if moved, ok := settings.(interface{ FormerAddress() any }); ok {
		a.former = moved.FormerAddress()
	}
	return a
}

// identity describes the account and the mapping behind a stream: everything that decides what a mirrored record says.
// Earlier versions kept a checksum of it.
func (a addresses) identity(of source.Identity) mirror.Identity {
	identity := mirror.Identity{Address: string(canonical(a.present)), Meaning: of.Meaning, Columns: of.Columns}
	for _, text := range of.Former {
		sum := sha256.Sum256(canonical(map[string]any{"account": a.former, "mapping": text}))
		identity.Former = append(identity.Former, hex.EncodeToString(sum[:]))
	}
	return identity
}

func canonical(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("describe stream: %v", err)) // Plain structs and strings always marshal.
	}
	return text
}
