#!/usr/bin/env bash
# Builds the pinned Alertmanager and amtool into a directory.
#
# The module on the proxy comes without the web page that the server embeds, so it is built from a copy with an empty one.
# API, routing and notifications are those of the release.
set -euo pipefail
out=$(mkdir -p "$1" && cd "$1" && pwd)
cd "$(dirname "$0")"
go mod download github.com/prometheus/alertmanager
module=$(go list -m -f '{{.Dir}}' github.com/prometheus/alertmanager)
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
cp -r "$module/." "$copy"
chmod -R u+w "$copy"
mkdir -p "$copy/ui/app/dist"
echo '<!doctype html><title>Alertmanager</title><p>Built without its web page: use amtool.' > "$copy/ui/app/dist/index.html"
cd "$copy"
GOFLAGS=-mod=mod CGO_ENABLED=0 go build -trimpath -o "$out" ./cmd/alertmanager ./cmd/amtool
