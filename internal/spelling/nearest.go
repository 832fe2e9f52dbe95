package spelling

import "strings"

// Nearest returns the known word that was probably meant, or "".
func Nearest(word string, known []string) string {
	word = Fold(word)
	best, bestDistance := "", 3
	switch n := len(word); {
	case n > longestWord:
		return ""
	case n <= 4:
		bestDistance = min(n, 2)
	}
	for _, candidate := range known {
		if d := Distance(word, Fold(candidate)); d < bestDistance {
			best, bestDistance = candidate, d
		}
	}
	return best
}

// Fold leaves out what tells keys apart that are written alike: capitals, spaces, _ and -.
func Fold(key string) string {
	return strings.Map(func(r rune) rune {
		if r == '_' || r == '-' || r == ' ' {
			return -1
		}
		return r
	}, strings.ToLower(key))
}

// longestWord bounds the work of comparing a word with others.
const longestWord = 120
