// SPDX-License-Identifier: MIT
//
// The lab's own memory, shared by lab.c and inside.c only.
#pragma once

#include "base/arena.h"
#include "base/array.h"
#include "lab/lab.h"

struct notice {
    int64_t id;
    const char *what; // a literal
};

struct lab {
    struct arena arena;
    struct lab_settings settings;
    const char *directory;
    struct driver *driver;
    struct loop *loop; // while attached
    struct loop_timer *timer;
    struct array firewalls; // of inside.c
    struct array notices;   // struct notice
    int64_t restart_at_ms;  // servers that ended are not started again before
    int64_t restart_pause_ms;
};
