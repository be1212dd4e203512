# SPDX-License-Identifier: MIT
#
# pipster: `make help` lists the targets. Everything that is made lies in $(BUILD).

BUILD   ?= build
ifeq ($(origin CC),default)
CC      := gcc
endif
CLANG   ?= clang
OPT     ?= -O2 -g
JOBS    ?= $(shell nproc)

VERSION := 0.1.0
WARN    := -Wall -Wextra -Werror
CPPFLAGS += -Iruntime -D_GNU_SOURCE -DPIPSTER_VERSION='"$(VERSION)"'
LIBS    := lua5.4 yajl sqlite3 libuv libsodium libcares
# Loaded at their first call (runtime/net/late.h): only their headers are wanted here.
LATE    := libcurl libssh2 libmicrohttpd
ifneq ($(SANITIZE),)
LIBS    += $(LATE) # what comes late ends LeakSanitizer while it looks
endif
CFLAGS  ?= $(OPT)
# Asked for when first needed, once: before that the packages may not be there.
LIBS_CFLAGS = $(eval LIBS_CFLAGS := $$(shell pkg-config --cflags $(LIBS) $(LATE)))$(LIBS_CFLAGS)
LIBS_LDLIBS = $(eval LIBS_LDLIBS := $$(shell pkg-config --libs $(LIBS)))$(LIBS_LDLIBS)
ALL_CFLAGS = -std=c11 $(WARN) $(CFLAGS) $(SANITIZE) $(LIBS_CFLAGS) -MMD -MP
LDLIBS  = $(LIBS_LDLIBS) -lpthread -lm

# The layers, from bottom to top; each archive may use only what stands before it.
LAYERS  := base value store net engine script lab view command
layer_objects = $(patsubst %.c,$(BUILD)/obj/%.o,$(wildcard runtime/$(1)/*.c))
archives = $(foreach layer,$(1),$(BUILD)/lib$(layer).a)

# What a layer's unit tests are linked with, in link order.
below_base    := base
below_value   := value base
below_store   := store value base
below_net     := net base
below_engine  := engine store value base
below_script  := script engine net store value base
below_lab     := lab net value base
below_view    := view engine store value base
below_command := command view lab script engine net store value base

.DEFAULT_GOAL := all
.PHONY: all check check-lab full sanitize lint fuzz crash faults bench demo install help clean packages unit format

all: packages ## build build/pipster
	@$(MAKE) --no-print-directory -j$(JOBS) $(BUILD)/pipster

include tests/tests.mk

$(BUILD)/pipster: $(BUILD)/obj/runtime/main.o $(BUILD)/obj/stdlib.o $(call archives,$(below_command))
	@echo "  LD $@"
	@$(CC) $(SANITIZE) $(LDFLAGS) -o $@ $^ $(LDLIBS)

define layer_rule
$(BUILD)/lib$(1).a: $(call layer_objects,$(1))
	@rm -f $$@
	@ar rcs $$@ $$^
endef
$(foreach layer,$(LAYERS),$(eval $(call layer_rule,$(layer))))

$(BUILD)/obj/%.o: %.c
	@mkdir -p $(@D)
	@echo "  CC $<"
	@$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -c -o $@ $<

# stdlib and playbooks go into the binary whole, under their own paths.
EMBEDDED := $(sort $(shell find stdlib playbooks examples/pipster-app -type f 2>/dev/null))
$(BUILD)/embed: runtime/tools/embed.c
	@mkdir -p $(@D)
	@$(CC) -std=c11 $(WARN) -O1 -o $@ $<
$(BUILD)/stdlib.c: $(BUILD)/embed $(EMBEDDED)
	@echo "  EMBED stdlib playbooks examples/pipster-app"
	@$(BUILD)/embed $(EMBEDDED) > $@.new && mv $@.new $@
$(BUILD)/obj/stdlib.o: $(BUILD)/stdlib.c
	@mkdir -p $(@D)
	@echo "  CC $<"
	@$(CC) $(CPPFLAGS) -std=c11 $(CFLAGS) $(SANITIZE) -c -o $@ $<

packages: ## install the Debian packages that building needs
	@tests/packages build

PREFIX ?= /usr/local
install: all ## install the binary into $(PREFIX)/bin (as root, or by sudo)
	@tests/as-root "installing into $(DESTDIR)$(PREFIX)/bin" $(DESTDIR)$(PREFIX)/bin \
	  install -D -m 755 $(BUILD)/pipster $(DESTDIR)$(PREFIX)/bin/pipster
	@echo "installed $(DESTDIR)$(PREFIX)/bin/pipster"

# What tests made as root is root's.
clean: ## remove everything that was made
	@tests/as-root "removing what root made in $(BUILD)" $(BUILD) rm -rf --one-file-system $(BUILD)

# In the order in which they are wanted.
TARGETS := demo all install check check-lab full sanitize lint fuzz crash faults bench packages clean help
help: ## list the targets
	@echo "pipster $(VERSION): make TARGET"
	@for target in $(TARGETS); do \
	  sed -nE "s/^$$target:.*## (.*)/  $$target\t\1/p" Makefile tests/tests.mk; done | expand -t 14

-include $(shell find $(BUILD)/obj $(BUILD)/unit -name '*.d' 2>/dev/null)
