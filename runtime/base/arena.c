// SPDX-License-Identifier: MIT
#include "base/arena.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_SMALLEST ((size_t) 4 << 10)
#define BLOCK_LARGEST  ((size_t) 1 << 20)

struct arena_block {
    struct arena_block *older;
    size_t size;
    size_t used;
    max_align_t bytes[];
};

void arena_init(struct arena *arena, size_t ceiling)
{
    arena->newest = NULL;
    arena->used = 0;
    arena->ceiling = ceiling ? ceiling : ARENA_CEILING;
}

void arena_clear(struct arena *arena)
{
    struct arena_block *block = arena->newest;

    while (block) {
        struct arena_block *older = block->older;
        explicit_bzero(block->bytes, block->used);
        free(block);
        block = older;
    }
    arena->newest = NULL;
    arena->used = 0;
}

static struct arena_block *block_new(size_t size)
{
    struct arena_block *block = calloc(1, sizeof *block + size);

    if (!block) {
        fputs("pipster: out of memory\n", stderr);
        abort();
    }
    block->size = size;
    return block;
}

// A large piece gets a block of its own behind the newest, which stays in use.
static struct arena_block *add_large(struct arena *arena, size_t size)
{
    struct arena_block *block = block_new(size);

    if (arena->newest) {
        block->older = arena->newest->older;
        arena->newest->older = block;
    } else {
        arena->newest = block;
    }
    return block;
}

static struct arena_block *add_small(struct arena *arena, size_t size)
{
    struct arena_block *block = block_new(size);

    block->older = arena->newest;
    arena->newest = block;
    return block;
}

static struct arena_block *room_for(struct arena *arena, size_t size)
{
    struct arena_block *newest = arena->newest;
    size_t next = newest ? newest->size * 2 : BLOCK_SMALLEST;

    if (newest && newest->size - newest->used >= size) {
        return newest;
    }
    if (next > BLOCK_LARGEST) {
        next = BLOCK_LARGEST;
    }
    return size > next / 4 ? add_large(arena, size) : add_small(arena, next);
}

void *arena_alloc(struct arena *arena, size_t size)
{
    const size_t unit = _Alignof(max_align_t);
    struct arena_block *block;
    char *bytes;

    if (size >= arena->ceiling || arena->ceiling - size < unit ||
        arena->used > arena->ceiling - size - unit) {
        fprintf(stderr, "pipster: more than %zu bytes of memory in one arena\n",
                arena->ceiling);
        abort();
    }
    size = size ? (size + unit - 1) / unit * unit : unit;
    block = room_for(arena, size);
    bytes = (char *) block->bytes + block->used;
    block->used += size;
    arena->used += size;
    return bytes;
}

char *arena_copy(struct arena *arena, const char *bytes, size_t length)
{
    char *copy;

    assert(length < SIZE_MAX);
    copy = arena_alloc(arena, length + 1);
    if (length) {
        memcpy(copy, bytes, length);
    }
    return copy;
}

char *arena_text(struct arena *arena, const char *text)
{
    return text ? arena_copy(arena, text, strlen(text)) : NULL;
}

const char *const *arena_texts(struct arena *arena, const char *const *texts)
{
    size_t count = 0;
    const char **copy;

    while (texts && texts[count]) {
        count++;
    }
    copy = arena_alloc(arena, (count + 1) * sizeof *copy);
    for (size_t i = 0; i < count; i++) {
        copy[i] = arena_text(arena, texts[i]);
    }
    return copy;
}

char *arena_format(struct arena *arena, const char *format, ...)
{
    va_list arguments;
    char *text;

    va_start(arguments, format);
    text = arena_vformat(arena, format, arguments);
    va_end(arguments);
    return text;
}

char *arena_vformat(struct arena *arena, const char *format, va_list arguments)
{
    char shortest[256]; // most fit, and are written once
    va_list again;
    char *text;
    int length;

    va_copy(again, arguments);
    length = vsnprintf(shortest, sizeof shortest, format, again);
    va_end(again);
    assert(length >= 0);
    text = arena_alloc(arena, (size_t) length + 1);
    if ((size_t) length < sizeof shortest) {
        memcpy(text, shortest, (size_t) length);
    } else {
        vsnprintf(text, (size_t) length + 1, format, arguments);
    }
    explicit_bzero(shortest, sizeof shortest);
    return text;
}
