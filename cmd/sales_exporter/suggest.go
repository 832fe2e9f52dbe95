package main

import (
	"slices"
	"strings"

	"github.com/alecthomas/kingpin/v2"

	"github.com/sales-exporter/sales_exporter/internal/spelling"
)

// didYouMean names the flag or the command that the unknown word of an error may stand for, "" where the error is about
// something else or none is near.
func didYouMean(err error, args []string, model *kingpin.ApplicationModel) string {
	var flags, commands []string
	for _, f := range model.Flags {
		flags = append(flags, f.Name)
	}
	for _, c := range model.Commands {
		commands = append(commands, c.Name)
		for _, f := range c.Flags {
			flags = append(flags, f.Name)
		}
	}
	for _, arg := range args {
		if word, _, _ := strings.Cut(arg, "="); !strings.Contains(err.Error(), word) {
			continue
		}
		if name, isFlag := strings.CutPrefix(arg, "--"); isFlag {
			name, _, _ = strings.Cut(name, "=")
			if !slices.Contains(flags, name) {
				return question("--", nearFlag(name, flags))
			}
			continue
		}
		if slices.Contains(commands, arg) {
			continue
		}
		return question("", first(spelling.Near(arg, commands, 1)))
	}
	return ""
}

// nearFlag finds a flag by another spelling or by its beginning, such as --config for --config.file.
func nearFlag(name string, flags []string) string {
	for _, flag := range flags {
		if strings.HasPrefix(flag, name+".") {
			return flag
		}
	}
	return first(spelling.Near(name, flags, 1))
}

func first(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return names[0]
}

func question(before, name string) string {
	if name == "" {
		return ""
	}
	return "; did you mean " + before + name + "?"
}
