# The front door. Every target is a few lines that call scripts, cargo and npm.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup run test check dev bench coverage security pictures

help: ## show this
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## install what the other targets need (Debian as root: everything)
	@scripts/setup.sh

run: ## build and start with demo data; prints the address and the sign-in
	@scripts/setup.sh
	@scripts/build.sh
	@exec $${CARGO_TARGET_DIR:-target}/debug/som serve --demo $(ARGS)

test: ## everything CI runs: format, lints, tidy, generated files, Rust, web, browser
	@scripts/setup.sh
	@scripts/test.sh $(ONLY)

check: ## the quick part of it: format, lints, tidy, generated files
	@scripts/setup.sh
	@scripts/test.sh format tidy lint

dev: ## server and web with reload: http://localhost:5173
	@scripts/setup.sh
	@scripts/dev.sh

bench: ## load and scale figures, as ratios to plain SQL (bench/README.md)
	@scripts/setup.sh
	@bench/run.sh $(ARGS)

coverage: ## lines covered by tests, both sides; fails under 80 %
	@scripts/setup.sh
	@scripts/coverage.sh

security: ## checks by tools of others: rules, policies, headers, injection (docs/security/checks.md)
	@scripts/setup.sh
	@scripts/security.sh $(ONLY)

pictures: ## take the README's pictures again (wants ffmpeg)
	@scripts/setup.sh
	@scripts/pictures.sh
