// SPDX-License-Identifier: MIT
//
// Memory with a life of its own; the process ends when there is none.
#pragma once

#include <stddef.h>

void *heap_new(size_t size); // zeroed, given back with free()
void *heap_resize(void *memory, size_t size);
// path + suffix
char *heap_join(const char *path, const char *suffix);
