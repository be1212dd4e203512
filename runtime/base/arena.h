// SPDX-License-Identifier: MIT
//
// An arena: memory that lives and dies together. Nobody frees one node of it.
// Every arena is wiped before its memory is given back, since any value may hold
// a secret. Running out of memory, or over the ceiling, ends the process.
#pragma once

#include <stdarg.h>
#include <stddef.h>

struct arena_block;

struct arena {
    struct arena_block *newest;
    size_t used;
    size_t ceiling;
};

// A ceiling of 0 means ARENA_CEILING.
#define ARENA_CEILING ((size_t) 4 << 30)

void arena_init(struct arena *arena, size_t ceiling);
void arena_clear(struct arena *arena);

// Zeroed, aligned for any type.
void *arena_alloc(struct arena *arena, size_t size);

// Copies `length` bytes and ends them with NUL.
char *arena_copy(struct arena *arena, const char *bytes, size_t length);

// A copy of a C string; NULL stays NULL.
char *arena_text(struct arena *arena, const char *text);
// The same of a list with NULL behind its last.
const char *const *arena_texts(struct arena *arena, const char *const *texts);

char *arena_format(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
char *arena_vformat(struct arena *arena, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));
