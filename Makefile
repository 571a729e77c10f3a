# The work is done by cargo and trunk; this file says in which order.
# `make` alone lists what there is.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help run test bench fuzz tools build release fuzz-api frontend fmt lint clean

# What deploy/local/install.sh puts there comes before what the machine has.
tools := $(CURDIR)/target/tools
export PATH := $(tools)/bin:$(tools)/node_modules/.bin:$(tools)/debian/usr/bin:$(tools)/debian/usr/sbin:$(PATH)

target := $(or $(CARGO_TARGET_DIR),target)

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Start Venti on this machine, with Prometheus, node-exporter and logs; Ctrl-C ends it
	@deploy/local/install.sh run
	@$(MAKE) --no-print-directory build
	@exec $(target)/release/venti-local

test: tools lint frontend ## Check everything: format, lints, licences, tests, the bundle, the browser
	cargo test --workspace --lib --bins --test it
	cargo test --package venti-server --features embed --test it embedded
	cargo test --workspace --doc
	cargo test --workspace --test browser
	@fuzz/run.sh 15

fuzz: tools ## Feed made-up bytes to the parsers for ten minutes each
	@fuzz/run.sh 600

bench: tools build ## Measure: bytes that a browser loads, drawing, the proxy, alerting, memory of an idle server, Lethe, templates, rules
	@deploy/local/install.sh bench
	@deploy/local/precompress.sh dist
	@$(MAKE) --no-print-directory --directory e2e/bench
	cargo bench --package venti-server --bench proxy --bench alerting
	@data=$$(mktemp -d) && trap 'rm -rf "$$data"' EXIT && \
	  echo "resident memory of an idle server: $$($(target)/release/venti-local --memory --data "$$data")"
	cargo bench --package lethe --package venti-template --package venti-alert

tools: ## Install what building and testing need
	@deploy/local/install.sh test

build: frontend ## Build the frontend, the server and its local runner, optimized
	cargo build --release --package venti-server --package venti-local

release: tools frontend ## Build venti-server as one static program with the frontend inside
	@deploy/local/release.sh $(target)

fuzz-api: tools frontend ## Send the server what its own description allows, and see that it never fails
	cargo build --package venti-server
	@deploy/local/fuzz-api.sh $(target)

# wasm-opt and its patience with each build are spared when nothing has changed.
frontend: dist/index.html.gz ## Build the frontend into dist/, and compress it

dist/index.html.gz: $(shell find Cargo.* Trunk.toml build.rs index.html deploy/local/split.sh src style public chart lethe model panel -type f)
	trunk build --offline --release
	deploy/local/precompress.sh dist

fmt: ## Format all code
	cargo fmt --all

lint: ## Check format, lints for host and browser, documentation and licences
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
	cargo clippy --package venti --target wasm32-unknown-unknown -- -D warnings
	RUSTDOCFLAGS='-D warnings' cargo doc --workspace --no-deps --quiet
	cargo deny --log-level error check licenses bans sources

clean: ## Remove everything that was built; data/ stays
	cargo clean
	rm -rf dist target
