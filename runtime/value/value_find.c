// SPDX-License-Identifier: MIT
//
// Looking things up in values: keys by bisection, since maps are sorted.
#include "value/value.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static int compare_key(const void *key, const void *entry)
{
    return strcmp(key, ((const struct value_entry *) entry)->key);
}

const struct value *value_find(const struct value *map, const char *key)
{
    const struct value_entry *entry;

    if (!map || map->kind != VALUE_MAP || !map->map.count) {
        return NULL;
    }
    entry = bsearch(key, map->map.entries, map->map.count, sizeof *entry, compare_key);
    return entry ? entry->value : NULL;
}

static const struct value *find_item(const struct value *list, const char *index,
                                     size_t length)
{
    size_t number = 0;

    for (size_t i = 0; i < length; i++) {
        if (index[i] < '0' || index[i] > '9' || number > INT_MAX) {
            return NULL;
        }
        number = number * 10 + (size_t) (index[i] - '0');
    }
    return length && number < list->list.count ? list->list.items[number] : NULL;
}

static const struct value *find_segment(const struct value *map, const char *segment,
                                        size_t length)
{
    size_t first = 0;
    size_t last = map->map.count;

    while (first < last) {
        size_t middle = first + (last - first) / 2;
        const struct value_entry *entry = &map->map.entries[middle];
        int order = strncmp(segment, entry->key, length);
        if (order == 0 && entry->key[length] == '\0') {
            return entry->value;
        }
        if (order > 0) {
            first = middle + 1;
        } else {
            last = middle; // a longer key with this beginning sorts behind it
        }
    }
    return NULL;
}

const struct value *value_find_path(const struct value *value, const char *path)
{
    while (value && *path) {
        size_t length = strcspn(path, ".");
        if (value->kind == VALUE_MAP) {
            value = find_segment(value, path, length);
        } else if (value->kind == VALUE_LIST) {
            value = find_item(value, path, length);
        } else {
            return NULL;
        }
        path += length;
        path += *path == '.';
    }
    return value;
}

const char *value_find_text(const struct value *map, const char *key,
                            const char *fallback)
{
    const struct value *value = value_find(map, key);

    return value && value->kind == VALUE_STRING ? value->string.bytes : fallback;
}

// Whether the number is whole and fits; then `integer` is it.
static bool whole_number(double number, int64_t *integer)
{
    if (!(number >= -0x1p63 && number < 0x1p63) || number != trunc(number)) {
        return false;
    }
    *integer = (int64_t) number;
    return true;
}

int64_t value_find_integer(const struct value *map, const char *key, int64_t fallback)
{
    const struct value *value = value_find(map, key);
    int64_t integer;

    if (value && value->kind == VALUE_INTEGER) {
        return value->integer;
    }
    if (value && value->kind == VALUE_NUMBER && whole_number(value->number, &integer)) {
        return integer;
    }
    return fallback;
}

bool value_find_bool(const struct value *map, const char *key, bool fallback)
{
    const struct value *value = value_find(map, key);

    return value && value->kind == VALUE_BOOL ? value->boolean : fallback;
}
