// SPDX-License-Identifier: MIT
//
// A restore drill as a person reads it.
#pragma once

#include "value/value.h"
#include "view/terminal.h"

// found: name, passed, file, seconds, bytes, rows; or why, last_good.
void drill_view_print(struct terminal *terminal, const char *host,
                      const struct value *found);
