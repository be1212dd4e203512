// SPDX-License-Identifier: MIT
//
// One writing process per environment: an OS lock on a file beside the database, held for
// the life of the process, so that a killed holder never leaves it behind. The file says
// who: pid, verb, since when.
#pragma once

#include <stdbool.h>

#include "base/fault.h"

struct lock;

// FAULT_LOCKED names the holder, its verb and since when.
bool lock_take(struct lock **lock, const char *path, const char *verb,
               struct fault *fault) FAULT_CHECKED;
void lock_release(struct lock *lock);
// Whether another process holds it, without taking it even for a moment.
bool lock_is_held(const char *path);
