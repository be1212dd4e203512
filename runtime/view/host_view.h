// SPDX-License-Identifier: MIT
//
// What hosts print, each line with the name of its host: "web1| line". On a terminal
// control characters are shown harmless; what goes into a file or a pipe goes as it came,
// secrets apart.
#pragma once

#include "base/fault.h"
#include "view/terminal.h"

struct host_view {
    const struct terminal *out, *err;
    bool bare; // one host alone: without its name
    int width; // of the longest name
};

void host_view_init(struct host_view *view, const struct terminal *out,
                    const struct terminal *err);
// Call it for each name before the first line.
void host_view_widen(struct host_view *view, const char *name);

void host_view_line(const struct host_view *view, const char *name, const char *bytes,
                    size_t length);
// All of its stderr, line by line.
void host_view_errors(const struct host_view *view, const char *name, const char *bytes,
                      size_t length);
// In our own words, on stderr.
void host_view_note(const struct host_view *view, const char *name, const char *words);
void host_view_fault(const struct host_view *view, const char *name,
                     const struct fault *fault);
