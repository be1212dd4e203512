// SPDX-License-Identifier: MIT
//
// The stand-ins of the vendors as the daemon starts them, and the variables by which
// clients find them.
#pragma once

#include "base/text.h"
#include "lab/driver.h"
#include "value/value.h"

// One map for each vendor: name, address to listen at, path below which its API is, and a
// fresh token; a key too where the token is but its secret half.
const struct value *lab_stand_ins_wanted(struct arena *arena, enum driver_kind driver);
// NAME=value lines of those that serve; ports: by name.
void lab_stand_ins_add_environment(const struct value *wanted, const struct value *ports,
                                   struct text *out);
