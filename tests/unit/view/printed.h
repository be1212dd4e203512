// SPDX-License-Identifier: MIT
//
// What a view printed, in a time zone and at a moment that stay the same.
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "view/terminal.h"

static struct arena arena;
static char *printed;
static size_t printed_length;
static struct terminal terminal;

static inline int begin(void **state)
{
    (void) state;
    setenv("TZ", "UTC", 1);
    setenv("SOURCE_DATE_EPOCH", "1795254000", 1);
    tzset();
    arena_init(&arena, 0);
    terminal = (struct terminal){.stream = open_memstream(&printed, &printed_length),
                                 .width = 100};
    return 0;
}

static inline int end(void **state)
{
    (void) state;
    fclose(terminal.stream);
    free(printed);
    arena_clear(&arena);
    return 0;
}

static inline void expect(const char *text)
{
    fflush(terminal.stream);
    if (strstr(printed, text) == NULL)
        fail_msg("\"%s\" is not in:\n%s", text, printed);
}
