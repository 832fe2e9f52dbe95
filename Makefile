# Targets for people: make help.
GO         ?= go
BIN        := bin/sales_exporter
VERSION    := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
REVISION   := $(shell git rev-parse --verify -q HEAD 2>/dev/null || echo unknown)
VERSIONPKG := github.com/prometheus/common/version
BRANCH     := $(shell git rev-parse --verify -q --abbrev-ref HEAD 2>/dev/null || echo unknown)
# The date of the commit, so that a build can be repeated byte for byte.
BUILDDATE  := $(shell TZ=UTC git show -s --date=format-local:%Y%m%d-%H:%M:%S --format=%cd HEAD 2>/dev/null || echo unknown)
BUILDUSER  ?= make
LDFLAGS    := -X $(VERSIONPKG).Version=$(VERSION) -X $(VERSIONPKG).Revision=$(REVISION) \
	-X $(VERSIONPKG).Branch=$(BRANCH) -X $(VERSIONPKG).BuildUser=$(BUILDUSER) -X $(VERSIONPKG).BuildDate=$(BUILDDATE)
LINT       := $(GO) tool -modfile=tools/golangci-lint/go.mod golangci-lint

.DEFAULT_GOAL := help

.PHONY: help
help: ## Show this help
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: run
run: build ## Run with two simulated CRM accounts: numbers on http://localhost:10574/metrics, seconds after the build
	$(BIN) --config.file=config.example.yaml

.PHONY: build
build: ## Build bin/sales_exporter
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '$(LDFLAGS)' -o $(BIN) ./cmd/sales_exporter

# Tests of internal/app that have a long form.
LONG := ^(TestKill|TestBackfillEqualsOnce|TestWidening|TestReplacing)$$

# The time-outs are for machines that have other things to do, too.
.PHONY: test
test: ## Vet and test with the race detector (needs gcc or clang), which runs the short form of the long suites
	$(GO) vet ./...
	$(GO) test -race -timeout 60m ./...

# Comparisons with the oracle, histories of mirrors, processes that are killed: without the race detector they are long.
.PHONY: test-long
test-long: ## Run the long form of the suites that have one, without the race detector
	$(GO) test -timeout 60m ./internal/kpi ./internal/mirror/...
	$(GO) test -timeout 60m -run '$(LONG)' ./internal/app

# Adds a kind of record, a stream and others to copies of the project, which Go's cache of test results does not see.
.PHONY: shape-check
shape-check: ## Prove that the lists are all that has to be changed to add to the program
	cd tools/shape && $(GO) vet ./... && $(GO) test -count=1 -timeout 30m ./...

.PHONY: lint
lint: ## Lint with the pinned golangci-lint
	$(LINT) run ./...

# Both are recorded: BASELINE is the run that docs/performance.md shows as "before", BENCH_RUN the one that it shows and
# that bench-check compares with. DuckDB, a peer of "make bench", needs gcc or clang.
BASELINE  := testdata/baseline-4774868.json
BENCH_RUN := testdata/latest.json

.PHONY: bench
bench: ## Measure the exporter beside its peers and write docs/performance.md (half an hour)
	cd bench && $(GO) run . --before=$(BASELINE) --out=$(BENCH_RUN) --docs=../docs/performance.md

.PHONY: bench-check
bench-check: ## Check that no ratio to a peer is less than half as good as in the recorded run
	cd bench && CGO_ENABLED=0 $(GO) vet ./... && CGO_ENABLED=0 $(GO) test ./...
	cd bench && CGO_ENABLED=0 $(GO) run . --check=$(BENCH_RUN) --huge=0 --duckdb=false --rounds=2

.PHONY: docs
docs: ## Regenerate docs/metrics.md and docs/records.md from the catalogue and the declared kinds
	$(GO) run ./cmd/sales_exporter metrics > docs/metrics.md
	$(GO) run ./cmd/sales_exporter mirror kinds > docs/records.md

# --- Boards, rules and routing. Their tests read files outside their modules, which Go's cache of test results does not
# see: hence -count=1.

BIN_DIR      := bin
PROMTOOL     := $(BIN_DIR)/promtool
PROMETHEUS   := $(BIN_DIR)/prometheus
AMTOOL       := $(BIN_DIR)/amtool
SERVERS      := $(PROMETHEUS) $(PROMTOOL) $(BIN_DIR)/alertmanager $(AMTOOL)
STACK        := cd tools/boards && exec $(CURDIR)/$(BIN_DIR)/stack
STACK_FLAGS  := --bin=$(CURDIR)/$(BIN_DIR) --config=$(CURDIR)/config.example.yaml

$(PROMETHEUS) $(PROMTOOL) &: tools/prometheus/go.mod
	CGO_ENABLED=0 $(GO) build -modfile=tools/prometheus/go.mod -tags remove_all_sd -trimpath -o $(BIN_DIR)/ \
		github.com/prometheus/prometheus/cmd/prometheus github.com/prometheus/prometheus/cmd/promtool

$(BIN_DIR)/alertmanager $(AMTOOL) &: tools/alertmanager/go.mod tools/alertmanager/build.sh
	GO=$(GO) tools/alertmanager/build.sh $(BIN_DIR)

.PHONY: tools
tools: $(SERVERS) ## Build the pinned Prometheus, Alertmanager and their tools

.PHONY: dashboards
dashboards: build ## Regenerate dashboards/ from the catalogue
	$(BIN) dashboards --out dashboards

.PHONY: rules
rules: build ## Regenerate alerts/*.rules.yaml from the catalogue
	$(BIN) rules --out alerts

# A scrape of the demo, from a folder of its own: a demo that runs meanwhile holds the mirror of "make run".
$(BIN_DIR)/metrics.txt: build
	rm -rf $(BIN_DIR)/scrape && mkdir -p $(BIN_DIR)/scrape && cp config.example.yaml $(BIN_DIR)/scrape/
	$(BIN) once --config.file=$(BIN_DIR)/scrape/config.example.yaml --log.level=warn > $@

.PHONY: dashboards-lint
dashboards-lint: $(BIN_DIR)/metrics.txt ## Lint boards and rules against a scrape of the demo
	cd tools/boards && $(GO) vet ./... && $(GO) test -count=1 ./...
	cd tools/boards && $(GO) run ./cmd/dashboards-lint --metrics=$(CURDIR)/$(BIN_DIR)/metrics.txt \
		--catalogue=$(CURDIR)/docs/metrics.md --runbooks=$(CURDIR)/docs/runbooks \
		--rules=$(CURDIR)/alerts $(CURDIR)/dashboards

.PHONY: rules-check
rules-check: $(PROMTOOL) ## Check the rules, and test that each alert fires and stays silent when it should
	$(PROMTOOL) check rules --lint=all --lint-fatal alerts/*.rules.yaml
	$(PROMTOOL) test rules alerts/tests/*.yaml

.PHONY: alertmanager-check
alertmanager-check: $(AMTOOL) ## Check the example routing, its templates and where each alert goes
	$(AMTOOL) check-config alerts/alertmanager.example.yaml deploy/alertmanager/alertmanager.yml
	cd tools/alertmanager && $(GO) vet ./... && $(GO) test -count=1 ./...

.PHONY: compose-check
compose-check: $(PROMTOOL) ## Check docker-compose.yml and what it mounts, without Docker
	$(PROMTOOL) check config --syntax-only deploy/prometheus/prometheus.yml
	cd tools/compose && $(GO) vet ./... && $(GO) test -count=1 ./...

# --- The Helm chart

CHART      := charts/sales-exporter
HELM_TOOLS := $(addprefix $(BIN_DIR)/,helm helm-unittest helm-docs kubeconform)
# Helm 3 has to be told its Kubernetes version, or "helm template" takes the cluster for one of 2020.
HELM_KUBERNETES := -X helm.sh/helm/v3/pkg/chartutil.k8sVersionMajor=1 -X helm.sh/helm/v3/pkg/chartutil.k8sVersionMinor=37

$(HELM_TOOLS) &: tools/helm/go.mod
	CGO_ENABLED=0 $(GO) build -modfile=tools/helm/go.mod -trimpath -ldflags '$(HELM_KUBERNETES)' -o $(BIN_DIR)/ \
		helm.sh/helm/v3/cmd/helm \
		github.com/helm-unittest/helm-unittest/cmd/helm-unittest github.com/norwoodj/helm-docs/cmd/helm-docs \
		github.com/yannh/kubeconform/cmd/kubeconform

$(BIN_DIR)/helm4: tools/helm4/go.mod
	CGO_ENABLED=0 $(GO) build -modfile=tools/helm4/go.mod -trimpath -o $@ helm.sh/helm/v4/cmd/helm

.PHONY: chart
chart: $(BIN_DIR)/helm-docs ## Regenerate what the chart holds of rules and boards, its schema and its README
	cd tools/chart && $(GO) run ./cmd/chart-files --chart=$(CURDIR)/$(CHART)
	$(BIN_DIR)/helm-docs --chart-search-root=charts --log-level=warning

# Schemas of the oldest and the newest supported Kubernetes, made from what Kubernetes publishes as a Go module.
$(BIN_DIR)/schemas: $(wildcard tools/chart/kubernetes/*.go tools/chart/cmd/kube-schemas/*.go)
	cd tools/chart && $(GO) run ./cmd/kube-schemas --out=$(CURDIR)/$@
	touch $@

.PHONY: chart-check
chart-check: build $(HELM_TOOLS) $(BIN_DIR)/helm4 $(PROMTOOL) $(BIN_DIR)/schemas ## Check the Helm chart, without a cluster
	cd tools/chart && $(GO) vet ./... && $(GO) test -count=1 ./...

# Built, for "go run" keeps SIGTERM to itself.
.PHONY: $(BIN_DIR)/stack
$(BIN_DIR)/stack:
	cd tools/boards && $(GO) build -o $(CURDIR)/$@ ./cmd/stack

.PHONY: stack
stack: build $(SERVERS) $(BIN_DIR)/stack ## Run the demo with a year of history: no Docker, no Grafana, no web pages
	$(STACK) up $(STACK_FLAGS)

.PHONY: stack-check
stack-check: build $(SERVERS) $(BIN_DIR)/stack ## Start that stack with two replicas and check every query of every board
	$(STACK) check $(STACK_FLAGS) --dump=$(CURDIR)/$(BIN_DIR)/stack.json

.PHONY: previews
previews: $(BIN_DIR)/stack ## Draw docs/previews/ from the stack that runs (needs Chromium; give lines some minutes)
	$(STACK) dump --out=$(CURDIR)/$(BIN_DIR)/stack.json
	cd tools/boards && $(GO) run ./cmd/preview --boards=$(CURDIR)/dashboards \
		--data=$(CURDIR)/$(BIN_DIR)/stack.json --out=$(CURDIR)/docs/previews
