// SPDX-License-Identifier: MIT
#include "store/heap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *heap_new(size_t size)
{
    void *memory = calloc(1, size);
    if (!memory)
        abort();
    return memory;
}

void *heap_resize(void *memory, size_t size)
{
    void *resized = realloc(memory, size);
    if (!resized)
        abort();
    return resized;
}

char *heap_join(const char *path, const char *suffix)
{
    size_t length = strlen(path), room = length + strlen(suffix) + 1;
    char *joined = heap_new(room);
    snprintf(joined, room, "%s%s", path, suffix);
    return joined;
}
