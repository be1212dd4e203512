# SPDX-License-Identifier: MIT
#
# The test targets. Unit tests: tests/unit/LAYER/test_STEM.c, one cmocka program each, linked
# with its layer and those below.

unit_names  = $(patsubst tests/unit/$(1)/%.c,%,$(wildcard tests/unit/$(1)/test_$(if $(TEST),$(TEST),*).c))
unit_programs = $(foreach name,$(call unit_names,$(1)),$(BUILD)/unit/$(1)/$(name))

define unit_rule
$(BUILD)/unit/$(1)/%: tests/unit/$(1)/%.c $(call archives,$(below_$(1))) $(if $(filter script command,$(1)),$(BUILD)/obj/stdlib.o)
	@mkdir -p $$(@D)
	@echo "  LD $$@"
	@$$(CC) $$(CPPFLAGS) -Itests/unit $$(ALL_CFLAGS) -MF $$@.d -o $$@ $$< $$(filter %.o,$$^) $(call archives,$(below_$(1))) -lcmocka $$(LDLIBS)

.PHONY: unit-$(1) sanitize-$(1)
unit-$(1): $(call unit_programs,$(1))
	@for program in $$^; do timeout 300 $$$$program || { echo "$$$$program failed"; exit 1; }; done
sanitize-$(1):
	+@$(MAKE) --no-print-directory BUILD=$(BUILD)/sanitize SANITIZE="-fsanitize=address,undefined -fno-sanitize-recover=all" \
	  CFLAGS="-O1 -g" unit-$(1)
endef
$(foreach layer,$(LAYERS),$(eval $(call unit_rule,$(layer))))

unit: $(foreach layer,$(LAYERS),unit-$(layer))

sanitize: packages-check ## the unit tests under ASan and UBSan
	+@$(MAKE) --no-print-directory BUILD=$(BUILD)/sanitize \
	  SANITIZE="-fsanitize=address,undefined -fno-sanitize-recover=all" CFLAGS="-O1 -g" unit

.PHONY: packages-check packages-lab types style clang-build unit
packages-check:
	@tests/packages build check
packages-lab:
	@tests/packages build check lab browser

types: packages-check ## resource types against the stand-in, in memory
	@lua5.4 tests/types/run.lua

style: packages-check ## layers, names, lengths; luacheck
	@lua5.4 tests/style/layers.lua
	@luacheck -q stdlib playbooks tests/types tests/style

clang-build: packages-check ## the same sources, warning-free under clang
	+@$(MAKE) --no-print-directory BUILD=$(BUILD)/clang CC=$(CLANG) CFLAGS=-O0 $(BUILD)/clang/pipster

lint: style ## the layer check, luacheck, clang-tidy
	@tests/style/tidy

format: packages-check ## clang-format over the C files that differ from HEAD
	@git diff --name-only --diff-filter=d HEAD -- '*.c' '*.h' | xargs -r clang-format -i

# Fuzzers: tests/fuzz/LAYER/fuzz_STEM.c, clang's libFuzzer, each linked like a unit test of
# its layer. Corpora and what was found are kept in $(BUILD)/fuzz. With a seed they take
# the same way each time, so that one commit has one verdict; 0 is another way each time.
FUZZ_SECONDS ?= 15
FUZZ_SEED ?= 1
fuzz_names = $(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/*/fuzz_*.c))

define fuzz_rule
$(BUILD)/fuzzers/$(1)/%: tests/fuzz/$(1)/%.c $(call archives,$(below_$(1)))
	@mkdir -p $$(@D)
	@echo "  LD $$@"
	@$$(CC) $$(CPPFLAGS) $$(ALL_CFLAGS) -fsanitize=fuzzer -MF $$@.d -o $$@ $$< \
	  $(call archives,$(below_$(1))) $$(LDLIBS)
endef
$(foreach layer,$(LAYERS),$(eval $(call fuzz_rule,$(layer))))

.PHONY: fuzzers
fuzzers: $(addprefix $(BUILD)/fuzzers/,$(fuzz_names))

fuzz: packages-check ## every fuzzer for FUZZ_SECONDS (15); with -j several at once
	+@$(MAKE) --no-print-directory BUILD=$(BUILD)/fuzz CC=$(CLANG) CFLAGS="-O1 -g" \
	  SANITIZE="-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all" fuzzers
	+@$(MAKE) --no-print-directory $(addprefix fuzz-,$(fuzz_names))

.PHONY: $(addprefix fuzz-,$(fuzz_names))
$(addprefix fuzz-,$(fuzz_names)): fuzz-%:
	@mkdir -p $(BUILD)/fuzz/corpus/$*
	@echo "fuzzing $* for $(FUZZ_SECONDS) s"
	@$(BUILD)/fuzz/fuzzers/$* -max_total_time=$(FUZZ_SECONDS) -seed=$(FUZZ_SEED) -rss_limit_mb=2048 -verbosity=0 \
	  -artifact_prefix=$(BUILD)/fuzz/corpus/$*- $(BUILD)/fuzz/corpus/$*

# One command, all suites that need no root file system; the last line counts them.
check: packages-check all ## build and pass the tests that need no real hosts
	@tests/check $(BUILD)

check-lab: packages-lab all ## the tests with real hosts: phase 1 from nothing, drift, faults
	@tests/check-lab $(BUILD)

full: export PIPSTER_TEST_SEED := $(shell date +%s)
full: check check-lab sanitize lint ## all of it, the fresh machine, fuzzers for ten minutes each
	@tests/packages bench
	@tests/bench/instructions $(BUILD)
	@tests/lab/fresh-machine $(BUILD)
	@tests/lab/next-debian $(BUILD)
	+@$(MAKE) --no-print-directory -j$(shell nproc) fuzz FUZZ_SECONDS=600 FUZZ_SEED=0
	+@$(MAKE) --no-print-directory crash faults bench

faults: packages-check all ## every call to the API meets every fault: state right, nothing done twice
	@tests/faults/matrix $(BUILD)

crash: packages-lab all ## killed before and after every commit and call: the next run converges
	@tests/crash/all $(BUILD)

bench: all ## how long start-up, phase 1 and plans take; writes docs/BENCH.md
	@tests/packages build bench lab
	@tests/bench/run $(BUILD)

demo: packages-demo all ## from a bare machine to HTTPS, in the local lab
	@tests/demo $(BUILD)
.PHONY: packages-demo
packages-demo:
	@tests/packages build lab

# Drives real hosts for tests/lab/driver, without the rest of pipster.
$(BUILD)/lab/lab_drive: tests/lab/lab_drive.c $(call archives,$(below_lab))
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -o $@ $< $(call archives,$(below_lab)) $(LDLIBS)

# What tests/lab/audit looks through: a recorder of execve, a relay that counts.
$(BUILD)/lab/execs $(BUILD)/lab/bursts: $(BUILD)/lab/%: tests/lab/%.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -o $@ $<

# A far network for tests/bench/hosts.bash.
$(BUILD)/bench/delay: tests/bench/delay.c
	@mkdir -p $(@D)
	@$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -o $@ $< $(LDLIBS)

# The engine over the world in memory, for timings and for counts of instructions.
$(BUILD)/bench/engine: tests/bench/engine.c $(call archives,$(below_engine))
	@mkdir -p $(@D)
	@echo "  LD $@"
	@$(CC) $(CPPFLAGS) -Itests/unit $(ALL_CFLAGS) -o $@ $< $(call archives,$(below_engine)) -lcmocka $(LDLIBS)
