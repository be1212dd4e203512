// SPDX-License-Identifier: MIT
//
// A stream that people read: colour and width where it is a terminal, plain lines
// elsewhere. NO_COLOR, CLICOLOR_FORCE, FORCE_COLOR, TERM and COLUMNS are respected.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum terminal_style {
    TERMINAL_PLAIN,
    TERMINAL_BOLD,
    TERMINAL_DIM,
    TERMINAL_GREEN,
    TERMINAL_YELLOW,
    TERMINAL_RED,
    TERMINAL_CYAN,
};

struct terminal {
    FILE *stream;
    bool colour;
    bool live; // lines may be rewritten
    int width;
};

// `colour_allowed` false: --no-color.
void terminal_init(struct terminal *terminal, FILE *stream, bool colour_allowed);

// Prints in a style and returns to plain. Control characters in what is printed come out
// as \x1b and the like, so that nothing the world says can drive the terminal; secrets
// come out as (secret).
void terminal_print(const struct terminal *terminal, enum terminal_style style,
                    const char *format, ...) __attribute__((format(printf, 3, 4)));

// Columns that UTF-8 text takes, as far as width 1 holds.
size_t terminal_columns(const char *text);
