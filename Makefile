# `make` alone lists the targets: every one has its line here, after ##.

PORT ?= 8000
PYTHON := .venv/bin/python
CATALOGUES := $(wildcard src/mainstay/locale/*/LC_MESSAGES/*.po src/mainstay_demo/locale/*/LC_MESSAGES/*.po)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:

.PHONY: help
help: ## List the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | while IFS='|' read -r name words; do \
		printf '  make %-12s %s\n' "$$name" "$$words"; done

.PHONY: setup
setup: .venv/develop.stamp .venv/messages.stamp ## Install what running and testing need, into .venv

.PHONY: demo
demo: .venv/run.stamp .venv/messages.stamp ## Start the demonstration and keep its data (PORT=8000)
	@$(PYTHON) -m mainstay_demo --port $(PORT)

.PHONY: demo-reset
demo-reset: .venv/run.stamp ## Throw the demonstration's data away
	@$(PYTHON) -m mainstay_demo reset

.PHONY: test
test: setup ## Run everything: checks, both databases, a real browser
	@$(PYTHON) -m tools.run_tests

.PHONY: check
check: setup ## Look at style, types and house rules, without running the program
	@$(PYTHON) -m tools.run_tests check

.PHONY: bench
bench: setup ## Measure, and print the figures
	@$(PYTHON) -m benchmarks

.PHONY: drill
drill: setup ## Kill the program at every step, play years, and prove that this finds bugs
	@$(PYTHON) -m drills

.PHONY: live-check
live-check: setup ## Try the payment companies' own test modes, with your keys in the environment
	@$(PYTHON) -m tools.live_check

.PHONY: screens
screens: setup ## Photograph every page of a running demonstration into build/screens (PORT=8000)
	@$(PYTHON) -m tools.screens --port $(PORT)

.PHONY: messages
messages: setup ## Collect the strings to translate into the catalogues
	@$(PYTHON) -m tools.messages extract

.venv/bin/python:
	@sh tools/make_venv.sh .venv

.venv/run.stamp: requirements/run.txt pyproject.toml | .venv/bin/python
	@sh tools/install.sh .venv requirements/run.txt
	@touch $@

.venv/develop.stamp: requirements/develop.txt pyproject.toml | .venv/bin/python
	@sh tools/install.sh .venv requirements/develop.txt
	@touch $@ .venv/run.stamp

.venv/messages.stamp: $(CATALOGUES) tools/messages.py | .venv/run.stamp
	@$(PYTHON) -m tools.messages compile
	@touch $@
