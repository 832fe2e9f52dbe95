package page

import (
	"net/http"
	"regexp"
	"strconv"
	"strings"
)

const (
	encodingIdentity = "identity"
	encodingGzip     = "gzip"
)

// negotiateEncoding returns the content encoding that a client likes best, identity where it likes both alike. It is not
// ok where the client refuses both or its header cannot be read.
func negotiateEncoding(header http.Header) (encoding string, ok bool) {
	best := map[string]float64{encodingIdentity: -1, encodingGzip: -1}
	for _, line := range header.Values("Accept-Encoding") {
		if line == "" {
			continue
		}
		if strings.HasPrefix(line, " ") || strings.HasPrefix(line, "\t") {
			return "", false // No server hands one on.
		}
		for item := range strings.SplitSeq(line, ",") {
			name, weight, readable := parseCoding(item)
			if !readable {
				return "", false
			}
			for offer, q := range best {
				if name == offer || name == "*" {
					best[offer] = max(q, weight)
				}
			}
		}
	}
	gzip, identity := best[encodingGzip], best[encodingIdentity]
	if max(gzip, identity) == 0 {
		return "", false
	}
	if gzip > identity {
		return encodingGzip, true
	}
	return encodingIdentity, true
}

// parseCoding reads one item of an Accept-Encoding header, such as "gzip;q=0.5".
func parseCoding(item string) (name string, weight float64, ok bool) {
	name, parameter, weighted := strings.Cut(item, ";")
	name = strings.Trim(name, " \t")
	if !weighted {
		return name, 1, name == "*" || isToken(name)
	}
	text, isWeight := strings.CutPrefix(strings.Trim(parameter, " \t"), "q=")
	if !isWeight || !weightPattern.MatchString(text) {
		return "", 0, false
	}
	weight, err := strconv.ParseFloat(text, 64)
	return name, weight, err == nil && weight <= 1 && isToken(name)
}

// weightPattern is how HTTP writes the weight of a choice, such as 0.5.
var weightPattern = regexp.MustCompile(`^[01](\.[0-9]*)?$`)

// isToken reports whether a text is the name of an encoding, or the asterisk.
func isToken(name string) bool {
	return name != "" && strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-*") == ""
}
