// SPDX-License-Identifier: MIT
//
// All that a lab needs before it starts, and where lab_open finds it.
#pragma once

#include "base/arena.h"
#include "lab/lab.h"

// As lab_prepare.
bool prepare_all(const struct lab_settings *settings, lab_line_fn line, void *context,
                 struct fault *fault) FAULT_CHECKED;

// The folders of the shared root and of the registry's storage ("-" without one).
bool prepare_read(struct arena *arena, const char *directory, const char **root,
                  const char **registry, struct fault *fault) FAULT_CHECKED;
