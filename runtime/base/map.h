// SPDX-License-Identifier: MIT
//
// A hash map from text to pointer that keeps insertion order. Keys are copied where not
// lent, values are borrowed.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

struct map_entry {
    const char *key;
    void *value;
    uint32_t hash;
};

struct map {
    struct map_entry *entries; // in insertion order: walk 0 … count - 1
    size_t count;
    size_t capacity;
    uint32_t *slots;
    size_t slot_count;
    struct arena keys;
};

void map_init(struct map *map);
void map_clear(struct map *map);

// Replaces an older value under the same key.
void map_put(struct map *map, const char *key, void *value);

// Under a key that outlives the map, and is not copied. A value that stands there already
// stays, and is given back; NULL when there is none, and this one was added.
void *map_add_lent(struct map *map, const char *key, void *value);

// NULL when the key is not there.
void *map_find(const struct map *map, const char *key);
bool map_has(const struct map *map, const char *key);
