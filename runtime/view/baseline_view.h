// SPDX-License-Identifier: MIT
//
// What checks measured the last time, beside the time before.
#pragma once

#include "value/record.h"
#include "view/terminal.h"

// The newest two of each name, by address and name (measurement_load_newest).
void baseline_view_print(const struct terminal *terminal,
                         const struct record_measurements *measured);
// A line "baseline" of each name.
void baseline_view_json(FILE *stream, const struct record_measurements *measured);

#define BASELINE_VIEW_SIZE 40
// "12.5", "140", "0.004"; returns `buffer`.
char *baseline_view_figure(double value, char buffer[BASELINE_VIEW_SIZE]);
