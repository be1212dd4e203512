// SPDX-License-Identifier: MIT
//
// From references and templates to values: first what the other resource wants, when it
// is declared and known, else what was found of it, else unknown. A text with a secret in
// it is a secret.
#pragma once

#include "engine/planner.h"

// *resolved holds no reference and no template. The set has passed resource_check.
bool resolve_value(const struct planner *planner, const struct value *value,
                   const struct value **resolved, struct fault *fault) FAULT_CHECKED;
