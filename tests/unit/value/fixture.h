// SPDX-License-Identifier: MIT
//
// What the tests of values share: one arena, new for each test.
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"

static struct arena arena;

static int begin(void **state)
{
    (void) state;
    arena_init(&arena, 0);
    return 0;
}

static int end(void **state)
{
    (void) state;
    arena_clear(&arena);
    return 0;
}
