package main

import (
	"runtime/debug"
	"time"

	"github.com/prometheus/common/version"
)

// completeVersion fills in what the linker was not told, as in a "go install", from what Go notes of the build.
func completeVersion() {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return
	}
	if version.Version == "" {
		version.Version = info.Main.Version
	}
	for _, setting := range info.Settings {
		if setting.Key != "vcs.time" || version.BuildDate != "" {
			continue
		}
		if at, err := time.Parse(time.RFC3339, setting.Value); err == nil {
			version.BuildDate = at.UTC().Format("20060102-15:04:05")
		}
	}
}
