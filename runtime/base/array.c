// SPDX-License-Identifier: MIT
#include "base/array.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void array_init(struct array *array)
{
    array->items = NULL;
    array->count = 0;
    array->capacity = 0;
}

void array_clear(struct array *array)
{
    free(array->items);
    array_init(array);
}

static void grow(struct array *array)
{
    size_t capacity = array->capacity ? array->capacity * 2 : 8;
    void **items = NULL;

    if (capacity <= SIZE_MAX / sizeof *items) {
        items = realloc(array->items, capacity * sizeof *items);
    }
    if (!items) {
        fputs("pipster: out of memory\n", stderr);
        abort();
    }
    array->items = items;
    array->capacity = capacity;
}

void array_add(struct array *array, void *item)
{
    array_insert(array, array->count, item);
}

void array_insert(struct array *array, size_t index, void *item)
{
    void **place;

    assert(index <= array->count);
    if (array->count == array->capacity) {
        grow(array);
    }
    place = array->items + index;
    memmove(place + 1, place, (array->count - index) * sizeof *place);
    *place = item;
    array->count++;
}

void array_remove(struct array *array, size_t index)
{
    void **place;

    assert(index < array->count);
    place = array->items + index;
    array->count--;
    memmove(place, place + 1, (array->count - index) * sizeof *place);
}
