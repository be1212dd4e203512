// SPDX-License-Identifier: MIT
//
// A growing array of pointers on the heap. It does not own what it points to.
#pragma once

#include <stddef.h>

struct array {
    void **items;
    size_t count;
    size_t capacity;
};

void array_init(struct array *array);
void array_clear(struct array *array);
void array_add(struct array *array, void *item);
void array_insert(struct array *array, size_t index, void *item);
void array_remove(struct array *array, size_t index);
