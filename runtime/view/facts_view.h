// SPDX-License-Identifier: MIT
//
// What `pipster facts` found on a host, a line each.
#pragma once

#include "value/value.h"
#include "view/terminal.h"

void facts_view_print(const struct terminal *terminal, const char *name,
                      const struct value *facts);
