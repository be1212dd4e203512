// SPDX-License-Identifier: MIT
//
// Facts that may be old: price lists and the like, kept with the time they were read, in
// a database of their own (cache.db), so that a plan may write them without touching
// state.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/fault.h"

struct cache;

bool cache_open(struct cache **cache, const char *path,
                struct fault *fault) FAULT_CHECKED;
void cache_close(struct cache *cache);
// *text NULL when absent. `read_at_ms` may be NULL.
bool cache_get(struct cache *cache, struct arena *arena, const char *key,
               const char **text, int64_t *read_at_ms, struct fault *fault) FAULT_CHECKED;
bool cache_put(struct cache *cache, const char *key, const char *text,
               struct fault *fault) FAULT_CHECKED;
