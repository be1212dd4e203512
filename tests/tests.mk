# SPDX-License-Identifier: MIT
#
# The test targets. Unit tests: tests/unit/LAYER/test_STEM.c, one cmocka program each, linked
# with its layer and those below.

unit_names  = $(patsubst tests/unit/$(1)/%.c,%,$(wildcard tests/unit/$(1)/test_$(if $(TEST),$(TEST),*).c))
unit_programs = $(foreach name,$(call unit_names,$(1)),$(BUILD)/unit/$(1)/$(name))

define unit_rule
$(BUILD)/unit/$(1)/%: tests/unit/$(1)/%.c $(call archives,$(below_$(1))) $(if $(filter script command,$(1)),$(BUILD)/obj/stdlib.o)
	@mkdir -p $$(@D)
	$$(CC) $$(CPPFLAGS) -Itests/unit $$(ALL_CFLAGS) -MF $$@.d -o $$@ $$< $$(filter %.o,$$^) $(call archives,$(below_$(1))) -lcmocka $$(LDLIBS)

.PHONY: unit-$(1) sanitize-$(1)
unit-$(1): $(call unit_programs,$(1))
	@for program in $$^; do $$$$program || exit 1; done
sanitize-$(1):
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/sanitize SANITIZE="-fsanitize=address,undefined -fno-sanitize-recover=all" \
	  CFLAGS="-O1 -g" unit-$(1)
endef
$(foreach layer,$(LAYERS),$(eval $(call unit_rule,$(layer))))

unit: $(foreach layer,$(LAYERS),unit-$(layer))
