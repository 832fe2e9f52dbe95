package document

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/prometheus/common/model"

	"github.com/sales-exporter/sales_exporter/internal/config/secret"
	"github.com/sales-exporter/sales_exporter/internal/spelling"
	tables "github.com/sales-exporter/sales_exporter/internal/table"
)

// Bounds of texts. maxLabel is what the exposition keeps of a label value.
const (
	MaxText  = 1024
	MaxLabel = 128
)

var (
	plainNumber  = regexp.MustCompile(`^[+-]?[0-9][0-9_]*(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?$`)
	variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
)

// Need reports a missing key of a mapping, and returns whether the key can be read.
func (c *Checker) Need(parent Position, key string, value Position) bool {
	if !value.Set() {
		c.Lacks(parent, "needs "+key, "")
	}
	return value.Usable()
}

// Lacks reports what a mapping does not hold, unless another problem of the mapping is why.
func (c *Checker) Lacks(parent Position, what, hint string) {
	if !parent.Broken && !parent.doubtful {
		c.Add(parent, what, hint)
	}
}

// Text returns a text of bounded length, or the fallback where the key is left out.
func (c *Checker) Text(s Scalar, fallback string, limit int) string {
	if !s.Usable() {
		return fallback
	}
	if utf8.RuneCountInString(s.Text) > limit {
		c.Add(s.Position, fmt.Sprintf("is longer than %d characters", limit), "")
		return fallback
	}
	return s.Text
}

// Label returns a text that can be a label value: one line, bounded.
func (c *Checker) Label(s Scalar) string {
	if strings.ContainsAny(s.Text, "\n\t") {
		c.Add(s.Position, "must be a single line", "")
		return ""
	}
	return c.Text(s, "", MaxLabel)
}

// Choice returns one of a few words.
func Choice[T ~string](c *Checker, s Scalar, fallback T, known ...T) T {
	if !s.Usable() {
		return fallback
	}
	if slices.Contains(known, T(s.Text)) {
		return T(s.Text)
	}
	words := make([]string, len(known))
	for i, k := range known {
		words[i] = string(k)
	}
	c.Add(s.Position, Quote(s.Text)+" is unknown", OneOf(s.Text, words))
	return fallback
}

// Number returns a finite number for which valid holds; the rule says in words which those are.
func (c *Checker) Number(s Scalar, fallback float64, valid func(float64) bool, rule string) float64 {
	if !s.Usable() {
		return fallback
	}
	_, err := Number{Scalar: s}.Amount()
	if ambiguous, is := errors.AsType[*tables.Ambiguous](err); is {
		wrong, hint := BothReadings(s.Text, ambiguous)
		c.Add(s.Position, wrong, hint)
		return fallback
	}
	f, ok := ParseNumber(s.Text)
	if !ok {
		c.Add(s.Position, Quote(s.Text)+" is not a number", "it must be "+rule)
		return fallback
	}
	if !valid(f) {
		c.Add(s.Position, Quote(s.Text)+" is out of range", "it must be "+rule)
		return fallback
	}
	return f
}

// ParseNumber reads a plain decimal number: no hexadecimal, no infinity, no NaN, all of which strconv would accept.
func ParseNumber(text string) (float64, bool) {
	if !plainNumber.MatchString(text) {
		return 0, false
	}
	f, err := strconv.ParseFloat(strings.ReplaceAll(text, "_", ""), 64)
	return f, err == nil && !math.IsInf(f, 0)
}

// Integer returns a whole number between low and high.
func (c *Checker) Integer(s Scalar, fallback, low, high int) int {
	whole := func(f float64) bool { return f == math.Trunc(f) && f >= float64(low) && f <= float64(high) }
	return int(c.Number(s, float64(fallback), whole, fmt.Sprintf("a whole number from %d to %d", low, high)))
}

// Truth reads true or false.
func (c *Checker) Truth(s Scalar, fallback bool) bool {
	switch {
	case !s.Usable():
		return fallback
	case s.Text == "true", s.Text == "false":
		return s.Text == "true"
	}
	c.Add(s.Position, Quote(s.Text)+" is neither true nor false", "")
	return fallback
}

// Duration returns a duration of at least minimum.
func (c *Checker) Duration(s Scalar, fallback, minimum time.Duration) time.Duration {
	if !s.Usable() {
		return fallback
	}
	d, err := model.ParseDuration(s.Text)
	if err != nil {
		c.Add(s.Position, Quote(s.Text)+" is not a duration", "write it like 30s, 5m, 24h or 7d")
		return fallback
	}
	if time.Duration(d) < minimum {
		c.Add(s.Position, Quote(s.Text)+" is too short", "it must be at least "+model.Duration(minimum).String())
		return fallback
	}
	return time.Duration(d)
}

// Path returns the path of a file, relative to the configuration's folder. The file need not exist yet; a
// folder of that name is an error.
func (c *Checker) Path(s Scalar) string {
	if !s.Usable() {
		return ""
	}
	path := s.Text
	if unexpanded(path) {
		c.Add(s.Position, Quote(path)+" is not a path: variables and ~ are not expanded", "write the path itself")
		return ""
	}
	if !filepath.IsAbs(path) {
		path = filepath.Join(c.folder, path)
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		c.Add(s.Position, Quote(s.Text)+" is a directory", "name a file")
	}
	return path
}

// unexpanded reports whether a path looks as if a shell were to fill something in.
func unexpanded(path string) bool {
	return strings.Contains(path, "${") || strings.Contains(path, "$(") || strings.HasPrefix(path, "$") ||
		strings.HasPrefix(path, "~/")
}

// Content returns what a file holds that belongs to the configuration, and makes it part of its hash.
func (c *Checker) Content(s Scalar, limit int64) (path string, data []byte, ok bool) {
	if !s.Usable() {
		return "", nil, false
	}
	path = s.Text
	if !filepath.IsAbs(path) {
		path = filepath.Join(c.folder, path)
	}
	if slices.Contains(c.files, path) {
		c.Add(s.Position, Quote(s.Text)+" is named twice", "name it once")
		return path, nil, false
	}
	c.files = append(c.files, path)
	data, err := ReadRegular(path, limit+1)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		c.Add(s.Position, Quote(s.Text)+" does not exist", "paths are relative to the folder of this file")
	case errors.Is(err, errNotRegular):
		c.Add(s.Position, Quote(s.Text)+" is not a regular file", "")
	case err != nil:
		c.Add(s.Position, Quote(s.Text)+" cannot be read", "check its permissions")
	case int64(len(data)) > limit:
		c.Add(s.Position, fmt.Sprintf("%s is larger than %d bytes", Quote(s.Text), limit), "")
	default:
		fmt.Fprintf(c.sum, "file %d\n", len(data))
		_, _ = c.sum.Write(data) // a hash never fails
		return path, data, true
	}
	return path, nil, false
}

// Secret returns the reference under <key>_file or <key>_env, and reports both and neither.
func (c *Checker) Secret(parent Position, key string, file, env Scalar) secret.Secret {
	switch {
	case file.Set() && env.Set():
		c.Add(env.Position, "cannot be combined with "+key+"_file", "keep one of them")
	case !file.Set() && !env.Set():
		c.Lacks(parent, "needs "+key+"_file or "+key+"_env", "")
	case file.Usable() && unexpanded(file.Text):
		c.Add(file.Position, "is not a path: variables and ~ are not expanded",
			"write the path itself, or the name of a variable under "+key+"_env")
	case file.Usable() && secretShaped(file.Text):
		c.Add(file.Position, "looks like the secret itself", "name the file that holds it")
	case file.Usable():
		return secret.File(c.Path(file))
	case env.Usable() && !variableName.MatchString(env.Text):
		c.Add(env.Position, "is not the name of an environment variable", "write the name only, such as CRM_TOKEN")
	case env.Usable():
		return secret.Env(env.Text)
	}
	return secret.Secret{}
}

// Distinct reports items of a list that are there twice.
func (c *Checker) Distinct(items []Scalar) {
	seen := map[string]bool{}
	for _, item := range items {
		if item.Usable() && seen[item.Text] {
			c.Add(item.Position, Quote(item.Text)+" is listed twice", "keep one of them")
		}
		seen[item.Text] = true
	}
}

// Subset reads a list of known words, each once. Without a hint of its own, an unknown word gets the known ones.
func (c *Checker) Subset(l List[Scalar], known []string, complaint, hint string) []string {
	words := []string{}
	for _, item := range l.Items {
		switch {
		case !item.Usable():
		case slices.Contains(known, item.Text):
			words = append(words, item.Text)
		case hint == "" || spelling.Nearest(item.Text, known) != "":
			c.Add(item.Position, Quote(item.Text)+" "+complaint, OneOf(item.Text, known))
		default:
			c.Add(item.Position, Quote(item.Text)+" "+complaint, hint)
		}
	}
	c.Distinct(l.Items)
	return words
}
