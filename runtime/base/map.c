// SPDX-License-Identifier: MIT
//
// Open addressing over an array of entries in insertion order: a slot holds an entry's
// index plus one, 0 is empty. Nothing is ever taken out, so there are no tombstones.
#include "base/map.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void map_init(struct map *map)
{
    *map = (struct map){0};
    arena_init(&map->keys, 0);
}

void map_clear(struct map *map)
{
    arena_clear(&map->keys);
    free(map->entries);
    free(map->slots);
    map_init(map);
}

static void *checked(void *memory)
{
    if (!memory) {
        fputs("pipster: out of memory\n", stderr);
        abort();
    }
    return memory;
}

// FNV-1a
static uint32_t hash_of(const char *key)
{
    uint64_t hash = UINT64_C(14695981039346656037);

    for (const unsigned char *byte = (const unsigned char *) key; *byte; byte++) {
        hash = (hash ^ *byte) * UINT64_C(1099511628211);
    }
    return (uint32_t) (hash ^ hash >> 32);
}

// The slot that holds the key, or the empty one where it belongs.
static uint32_t *slot_of(const struct map *map, const char *key, uint32_t hash)
{
    size_t mask = map->slot_count - 1;
    size_t at = hash & mask;

    while (map->slots[at]) {
        const struct map_entry *entry = &map->entries[map->slots[at] - 1];
        if (entry->hash == hash && strcmp(entry->key, key) == 0) {
            break;
        }
        at = (at + 1) & mask;
    }
    return &map->slots[at];
}

// Keeps the slots at most half full.
static void grow(struct map *map)
{
    map->capacity = map->capacity ? map->capacity * 2 : 8;
    map->entries =
        checked(reallocarray(map->entries, map->capacity, sizeof *map->entries));
    map->slot_count = map->capacity * 2;
    free(map->slots);
    map->slots = checked(calloc(map->slot_count, sizeof *map->slots));
    for (size_t i = 0; i < map->count; i++) {
        *slot_of(map, map->entries[i].key, map->entries[i].hash) = (uint32_t) i + 1;
    }
}

static const struct map_entry *entry_of(const struct map *map, const char *key)
{
    size_t found = map->count ? *slot_of(map, key, hash_of(key)) : 0;

    return found ? &map->entries[found - 1] : NULL;
}

// The entry of the key: if it is new, without a value and with the caller's key.
static struct map_entry *entry_for(struct map *map, const char *key)
{
    uint32_t hash = hash_of(key);
    uint32_t *slot;

    if (map->count == map->capacity) {
        grow(map);
    }
    slot = slot_of(map, key, hash);
    if (!*slot) {
        map->entries[map->count++] = (struct map_entry){key, NULL, hash};
        *slot = (uint32_t) map->count;
    }
    return &map->entries[*slot - 1];
}

void map_put(struct map *map, const char *key, void *value)
{
    size_t before = map->count;
    struct map_entry *entry = entry_for(map, key);

    if (map->count > before) {
        entry->key = arena_text(&map->keys, key);
    }
    entry->value = value;
}

void *map_add_lent(struct map *map, const char *key, void *value)
{
    struct map_entry *entry = entry_for(map, key);
    void *first = entry->value;

    if (!first) {
        entry->value = value;
    }
    return first;
}

void *map_find(const struct map *map, const char *key)
{
    const struct map_entry *entry = entry_of(map, key);

    return entry ? entry->value : NULL;
}

bool map_has(const struct map *map, const char *key)
{
    return entry_of(map, key) != NULL;
}
