// SPDX-License-Identifier: MIT
//
// An axis with round ticks: 1, 2 or 5 times a power of ten, three to six of them.
#pragma once

#include <stdint.h>

struct plot_axis {
    int64_t low, high; // 10^-8; what is drawn lies between them
    int64_t step;      // from one tick to the next
};

// Holds `least` and `most`, and zero.
void plot_axis_fit(int64_t least, int64_t most, struct plot_axis *axis);

// How far `value` is from the low end, where the whole axis is `length` long.
int plot_axis_place(const struct plot_axis *axis, int64_t value, int length);

#define PLOT_AXIS_TEXT_SIZE 48
// "2,000", "0.5": a tick or a value, with as many decimals as it has, at most two.
char *plot_axis_format(int64_t value, char buffer[PLOT_AXIS_TEXT_SIZE]);
