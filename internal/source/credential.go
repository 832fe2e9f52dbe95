package source

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/config/secret"
)

// ReadCredential reads a token or the secret of an app, in which every character is allowed. Another character comes
// from copying, such as a quotation mark or a space that does not break; the vendor's answer to it says nothing of the
// cause. Errors are ReasonConfig and name the place of the secret and the character, never the rest of it.
func ReadCredential(reference secret.Secret, allowed func(rune) bool) (string, error) {
	text, err := reference.Read()
	if errors.Is(err, fs.ErrNotExist) {
		return "", &Error{Reason: ReasonConfig, Err: err, Hint: "write the credential into this file, or name another one"}
	}
	if err != nil {
		return "", Errorf(ReasonConfig, "%w", err)
	}
	text = strings.TrimSpace(text)
	for i, c := range []rune(text) {
		if !allowed(c) {
			return "", &Error{
				Reason: ReasonConfig,
				Err: fmt.Errorf("the credential in %s holds %+q (%U) as its character %d, which is not allowed in such a credential",
					reference.Place(), c, c, i+1),
				Hint: "copy it again, without quotes or spaces around it",
			}
		}
	}
	return text, nil
}

// IsTokenCharacter reports whether a bearer token may hold a character (RFC 6750 2.1).
func IsTokenCharacter(c rune) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.ContainsRune("-._~+/=", c)
}

// IsVisible reports whether a character is ASCII and no space, as all of an app's secrets are.
func IsVisible(c rune) bool { return c > ' ' && c <= '~' }
