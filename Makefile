# SPDX-License-Identifier: MIT
#
# pipster: `make help` lists the targets. Everything that is made lies in $(BUILD).

BUILD   ?= build
CC      ?= gcc
CLANG   ?= clang
OPT     ?= -O2 -g
JOBS    ?= $(shell nproc)

VERSION := 0.1.0
WARN    := -Wall -Wextra -Werror
CPPFLAGS += -Iruntime -D_GNU_SOURCE -DPIPSTER_VERSION='"$(VERSION)"'
LIBS    := lua5.4 libcurl libssh2 yajl sqlite3 libuv libsodium libmicrohttpd libcares
CFLAGS  ?= $(OPT)
ALL_CFLAGS = -std=c11 $(WARN) $(CFLAGS) $(SANITIZE) $(shell pkg-config --cflags $(LIBS) 2>/dev/null) -MMD -MP
LDLIBS  = $(shell pkg-config --libs $(LIBS) 2>/dev/null) -lpthread -lm

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
.PHONY: all check check-lab full sanitize lint fuzz crash bench demo install help clean packages unit format

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
EMBEDDED := $(sort $(shell find stdlib playbooks -type f 2>/dev/null))
$(BUILD)/embed: runtime/tools/embed.c
	@mkdir -p $(@D)
	$(CC) -std=c11 $(WARN) -O1 -o $@ $<
$(BUILD)/stdlib.c: $(BUILD)/embed $(EMBEDDED)
	$(BUILD)/embed $(EMBEDDED) > $@.new && mv $@.new $@
$(BUILD)/obj/stdlib.o: $(BUILD)/stdlib.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) -std=c11 $(CFLAGS) $(SANITIZE) -c -o $@ $<

packages: ## install the Debian packages that are missing
	@tests/packages build

install: all ## install the binary to $(PREFIX)/bin
	install -D -m 755 $(BUILD)/pipster $(DESTDIR)$(PREFIX)/bin/pipster
PREFIX ?= /usr/local

clean: ## remove everything that was made
	rm -rf $(BUILD)

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  \1\t\2/' | expand -t 16

-include $(shell find $(BUILD)/obj -name '*.d' 2>/dev/null)
