# Targets for people: make help.
GO         ?= go
BIN        := bin/sales_exporter
VERSION    := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
REVISION   := $(shell git rev-parse --verify -q HEAD 2>/dev/null || echo unknown)
VERSIONPKG := github.com/prometheus/common/version
LDFLAGS    := -X $(VERSIONPKG).Version=$(VERSION) -X $(VERSIONPKG).Revision=$(REVISION)
LINT       := $(GO) tool -modfile=tools/golangci-lint/go.mod golangci-lint

.DEFAULT_GOAL := help

.PHONY: help
help: ## Show this help
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: run
run: build ## Run with two simulated CRM accounts: numbers on http://localhost:10574/metrics in seconds
	$(BIN) --config.file=config.example.yaml

.PHONY: build
build: ## Build bin/sales_exporter
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '$(LDFLAGS)' -o $(BIN) ./cmd/sales_exporter

.PHONY: test
test: ## Vet, and test everything with the race detector
	$(GO) vet ./...
	$(GO) test -race -timeout 20m ./...

.PHONY: lint
lint: ## Lint with the pinned golangci-lint
	$(LINT) run ./...

.PHONY: bench
bench: ## Run the benchmarks that docs/performance.md quotes
	$(GO) test -run '^$$' -bench . -benchmem ./internal/kpi ./internal/expose ./internal/mirror/...

.PHONY: docs
docs: ## Regenerate docs/metrics.md from the catalogue
	$(GO) run ./cmd/sales_exporter metrics > docs/metrics.md
