package config

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

	tables "github.com/sales-exporter/sales_exporter/internal/table"
)

// Bounds of texts. maxLabel is what the exposition keeps of a label value.
const (
	maxText  = 1024
	maxLabel = 128
)

var (
	plainNumber  = regexp.MustCompile(`^[+-]?[0-9][0-9_]*(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?$`)
	variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
)

// need reports a missing key of a mapping, and returns whether the key can be read.
func (c *checker) need(parent place, key string, value place) bool {
	if !value.set() {
		c.lacks(parent, "needs "+key, "")
	}
	return value.usable()
}

// lacks reports what a mapping does not hold, unless another problem of the mapping is why.
func (c *checker) lacks(parent place, what, hint string) {
	if !parent.broken && !parent.doubtful {
		c.add(parent, what, hint)
	}
}

// text returns a text of bounded length, or the fallback where the key is left out.
func (c *checker) text(s scalar, fallback string, limit int) string {
	if !s.usable() {
		return fallback
	}
	if utf8.RuneCountInString(s.text) > limit {
		c.add(s.place, fmt.Sprintf("is longer than %d characters", limit), "")
		return fallback
	}
	return s.text
}

// label returns a text that can be a label value: one line, bounded.
func (c *checker) label(s scalar) string {
	if strings.ContainsAny(s.text, "\n\t") {
		c.add(s.place, "must be a single line", "")
		return ""
	}
	return c.text(s, "", maxLabel)
}

// choice returns one of a few words.
func choice[T ~string](c *checker, s scalar, fallback T, known ...T) T {
	if !s.usable() {
		return fallback
	}
	if slices.Contains(known, T(s.text)) {
		return T(s.text)
	}
	words := make([]string, len(known))
	for i, k := range known {
		words[i] = string(k)
	}
	c.add(s.place, quote(s.text)+" is unknown", oneOf(s.text, words))
	return fallback
}

// number returns a finite number for which valid holds; the rule says in words which those are.
func (c *checker) number(s scalar, fallback float64, valid func(float64) bool, rule string) float64 {
	if !s.usable() {
		return fallback
	}
	_, err := number{scalar: s}.amount()
	if ambiguous, is := errors.AsType[*tables.Ambiguous](err); is {
		wrong, hint := bothReadings(s.text, ambiguous)
		c.add(s.place, wrong, hint)
		return fallback
	}
	f, ok := parseNumber(s.text)
	if !ok {
		c.add(s.place, quote(s.text)+" is not a number", "it must be "+rule)
		return fallback
	}
	if !valid(f) {
		c.add(s.place, quote(s.text)+" is out of range", "it must be "+rule)
		return fallback
	}
	return f
}

// parseNumber reads a plain decimal number: no hexadecimal, no infinity, no NaN, all of which strconv would accept.
func parseNumber(text string) (float64, bool) {
	if !plainNumber.MatchString(text) {
		return 0, false
	}
	f, err := strconv.ParseFloat(strings.ReplaceAll(text, "_", ""), 64)
	return f, err == nil && !math.IsInf(f, 0)
}

// integer returns a whole number between low and high.
func (c *checker) integer(s scalar, fallback, low, high int) int {
	whole := func(f float64) bool { return f == math.Trunc(f) && f >= float64(low) && f <= float64(high) }
	return int(c.number(s, float64(fallback), whole, fmt.Sprintf("a whole number from %d to %d", low, high)))
}

// truth reads true or false.
func (c *checker) truth(s scalar, fallback bool) bool {
	switch {
	case !s.usable():
		return fallback
	case s.text == "true", s.text == "false":
		return s.text == "true"
	}
	c.add(s.place, quote(s.text)+" is neither true nor false", "")
	return fallback
}

// duration returns a duration of at least minimum.
func (c *checker) duration(s scalar, fallback, minimum time.Duration) time.Duration {
	if !s.usable() {
		return fallback
	}
	d, err := model.ParseDuration(s.text)
	if err != nil {
		c.add(s.place, quote(s.text)+" is not a duration", "write it like 30s, 5m, 24h or 7d")
		return fallback
	}
	if time.Duration(d) < minimum {
		c.add(s.place, quote(s.text)+" is too short", "it must be at least "+model.Duration(minimum).String())
		return fallback
	}
	return time.Duration(d)
}

// path returns the path of a file, relative to the configuration's folder. The file may come to be later; a folder in
// its place will not go away by itself.
func (c *checker) path(s scalar) string {
	if !s.usable() {
		return ""
	}
	path := s.text
	if unexpanded(path) {
		c.add(s.place, quote(path)+" is not a path: variables and ~ are not expanded", "write the path itself")
		return ""
	}
	if !filepath.IsAbs(path) {
		path = filepath.Join(c.folder, path)
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		c.add(s.place, quote(s.text)+" is a directory", "name a file")
	}
	return path
}

// unexpanded reports whether a path looks as if a shell were to fill something in.
func unexpanded(path string) bool {
	return strings.Contains(path, "${") || strings.Contains(path, "$(") || strings.HasPrefix(path, "$") ||
		strings.HasPrefix(path, "~/")
}

// content returns what a file holds that belongs to the configuration, and makes it part of its hash.
func (c *checker) content(s scalar, limit int64) (path string, data []byte, ok bool) {
	if !s.usable() {
		return "", nil, false
	}
	path = s.text
	if !filepath.IsAbs(path) {
		path = filepath.Join(c.folder, path)
	}
	if slices.Contains(c.files, path) {
		c.add(s.place, quote(s.text)+" is named twice", "name it once")
		return path, nil, false
	}
	c.files = append(c.files, path)
	data, err := readRegular(path, limit+1)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		c.add(s.place, quote(s.text)+" does not exist", "paths are relative to the folder of this file")
	case errors.Is(err, errNotRegular):
		c.add(s.place, quote(s.text)+" is not a regular file", "")
	case err != nil:
		c.add(s.place, quote(s.text)+" cannot be read", "check its permissions")
	case int64(len(data)) > limit:
		c.add(s.place, fmt.Sprintf("%s is larger than %d bytes", quote(s.text), limit), "")
	default:
		fmt.Fprintf(c.sum, "file %d\n", len(data))
		_, _ = c.sum.Write(data) // a hash never fails
		return path, data, true
	}
	return path, nil, false
}

// secret returns the reference under <key>_file or <key>_env, and reports both and neither.
func (c *checker) secret(parent place, key string, file, env scalar) Secret {
	switch {
	case file.set() && env.set():
		c.add(env.place, "cannot be combined with "+key+"_file", "keep one of them")
	case !file.set() && !env.set():
		c.lacks(parent, "needs "+key+"_file or "+key+"_env", "")
	case file.usable() && unexpanded(file.text):
		c.add(file.place, "is not a path: variables and ~ are not expanded",
			"write the path itself, or the name of a variable under "+key+"_env")
	case file.usable() && secretShaped(file.text):
		c.add(file.place, "looks like the secret itself", "name the file that holds it")
	case file.usable():
		return SecretFile(c.path(file))
	case env.usable() && !variableName.MatchString(env.text):
		c.add(env.place, "is not the name of an environment variable", "write the name only, such as CRM_TOKEN")
	case env.usable():
		return SecretEnv(env.text)
	}
	return Secret{}
}

// distinct reports items of a list that are there twice.
func (c *checker) distinct(items []scalar) {
	seen := map[string]bool{}
	for _, item := range items {
		if item.usable() && seen[item.text] {
			c.add(item.place, quote(item.text)+" is listed twice", "keep one of them")
		}
		seen[item.text] = true
	}
}
