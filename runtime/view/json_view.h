// SPDX-License-Identifier: MIT
//
// The same plan and run as JSON lines: the first is {"type":"version",…}; readers ignore
// types and keys they do not know; a minor version adds, a major one breaks. Secrets are
// {"$secret": label}, what is not known yet {"$unknown": "address.path"}.
#pragma once

#include <stdio.h>

#include "engine/engine.h"

#define JSON_VIEW_VERSION "1.0"

void json_view_version(FILE *stream);
// One line of this type with the entries of a map.
void json_view_line(FILE *stream, const char *type, const struct value *map);
// Before each round of a run but the first.
void json_view_round(FILE *stream, size_t round);
// One "planned_change" a change, "deferred_stage" a stage, "handler" a handler, then
// "change_summary" and "cost".
void json_view_plan(FILE *stream, const struct plan *plan);
// "apply_start", "apply_progress", "apply_complete", "apply_errored" as engine.watch.
struct engine_watch json_view_watch(FILE *stream);
void json_view_result(FILE *stream, const struct engine_result *result, int64_t ms);
// "diagnostic" with what, where, why, next, and the exit word.
void json_view_fault(FILE *stream, const struct fault *fault);
void json_view_outputs(FILE *stream, const struct resource_output *outputs, size_t count);
