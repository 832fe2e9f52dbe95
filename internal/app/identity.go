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

// place is where an account is found, and how earlier versions described that.
type place struct{ address, former any }

func placeOf(settings config.Settings) place {
	p := place{settings.Address(), settings.Address()}
	if moved, ok := settings.(interface{ FormerAddress() any }); ok {
		p.former = moved.FormerAddress()
	}
	return p
}

// identity describes the account and the mapping behind a stream: everything that decides what a mirrored record says.
// Earlier versions kept a checksum of it.
func (p place) identity(of source.Identity) mirror.Identity {
	identity := mirror.Identity{Address: string(canonical(p.address)), Meaning: of.Meaning, Columns: of.Columns}
	for _, text := range of.Former {
		sum := sha256.Sum256(canonical(map[string]any{"account": p.former, "mapping": text}))
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
