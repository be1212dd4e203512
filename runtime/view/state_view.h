// SPDX-License-Identifier: MIT
//
// One recorded resource, for `show` and `state`.
#pragma once

#include "value/record.h"
#include "view/terminal.h"

void state_view_print(const struct terminal *terminal, const struct record *record);
// One line of JSON; secrets are labels and digests.
void state_view_json(FILE *stream, const struct record *record);
