// SPDX-License-Identifier: MIT
//
// A resource type as people read it, and as a line of JSON for editors and generators.
#pragma once

#include <stdio.h>

#include "engine/schema.h"

void type_view_print(FILE *stream, const struct schema *schema);
// Its name and what it is for: a line of the list.
void type_view_print_name(FILE *stream, const struct schema *schema);
// One line "type": name, doc, link, example, on_host, attributes (of each: name, kind,
// of, required, computed, fixed, secret, one_of, default, doc).
void type_view_json(FILE *stream, const struct schema *schema);
