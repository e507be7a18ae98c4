# Everything that a change has to pass, each step by its name; `make test` runs
# them all, here and in CI alike. Long fuzzing and soaks stand behind `make soak`.

GO      ?= go
FUZZ    ?= 1s
SOAK    ?= 10m
SHELL   := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c

.PHONY: test needs format vet staticcheck tidy own unit fuzz soak bench update

test: needs format vet staticcheck tidy own unit fuzz
	@echo "make test: every step passed"

# What the tests need beside Go: a C compiler for the race detector, PostgreSQL,
# Redis and Chromium. Finds them, or installs them with apt where it may.
needs:
	@scripts/needs

format:
	@list="$$(git ls-files '*.go' | grep -v /testdata/)"; \
	files="$$(gofmt -l $$list)"; \
	if [ -n "$$files" ]; then echo "not formatted (run gofmt -w):"; echo "$$files"; exit 1; fi

vet:
	$(GO) vet ./...

staticcheck:
	$(GO) tool staticcheck ./...

# go.mod and go.sum are as `go mod tidy` would leave them.
tidy:
	$(GO) mod tidy -diff

# Merlon's own check of Merlon's source, templates and repository. What is
# knowingly otherwise carries its reason in the code.
own:
	$(GO) run ./cmd/merlon check --tag source --tag repository --fail-level warning .

# The layout test, the examples, the generated files and the end-to-end tests in
# Chromium are tests like any other.
unit:
	@scripts/unit $(GO)

# Each fuzz target for a moment: enough to find what broke, not what hides.
fuzz:
	@scripts/fuzz $(FUZZ)

soak:
	@scripts/fuzz $(SOAK)
	MERLON_STRESS=50000 $(GO) test -race -count=1 -timeout 3h -run '^TestStress$$' ./store/...
	$(GO) test -race -shuffle=on -count=20 -timeout 3h ./...

bench:
	$(GO) test -run '^$$' -bench . -benchmem ./...

# Writes the generated files anew.
update:
	@scripts/update
