// SPDX-License-Identifier: MIT
//
// A plot as SVG: lines over months, a panel for each unit, one below the other, with the
// same months; marks at a month go through all of them and are explained below. It
// carries its own style, light and dark, and stands alone or within a page.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

#define PLOT_UNKNOWN INT64_MIN // a gap in the line

struct plot_line {
    const char *name;
    const int64_t *values; // 10^-8, one for each of the plot's labels
};

struct plot_panel {
    const char *title;
    const char *unit; // "€", "%"; "" for none
    const struct plot_line *lines;
    size_t count; // PLOT_LINES at most
};

#define PLOT_LINES 4
#define PLOT_MARKS 40 // more are left out

struct plot_mark {
    size_t at; // of the labels
    const char *text;
};

struct plot {
    const char *id; // its own within a page: letters, digits and hyphens
    const char *title;
    const char *description; // in words, for those who do not see it
    const char *const *labels;
    size_t count;
    const struct plot_panel *panels;
    size_t panel_count;
    const struct plot_mark *marks; // in the order of their months
    size_t mark_count;
};

void plot_write(struct text *out, const struct plot *plot);
