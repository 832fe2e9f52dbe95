package hubspot

import (
	"fmt"
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/source"
)

// readToken reads a static token. A character that no token has comes from copying, such as a quotation mark or a space
// that does not break; HubSpot's answer to it says nothing of the cause.
func readToken(secret config.Secret) (string, error) {
	token, err := secret.Read()
	if err != nil {
		return "", source.Errorf(source.ReasonConfig, "%w", err)
	}
	token = strings.TrimSpace(token)
	for i, c := range []rune(token) {
		if !isTokenCharacter(c) {
			return "", configError("copy the token again, without quotes or spaces around it",
				"the token in %s holds %s as its character %d, which no token has", secret.Place(), spell(c), i+1)
		}
	}
	return token, nil
}

func isToken(text string) bool {
	return !strings.ContainsFunc(text, func(c rune) bool { return !isTokenCharacter(c) })
}

// isTokenCharacter reports whether a bearer token may hold a character (RFC 6750 2.1).
func isTokenCharacter(c rune) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.ContainsRune("-._~+/=", c)
}

// spell names a character that may not be visible.
func spell(c rune) string { return fmt.Sprintf("%+q (%U)", c, c) }
