// SPDX-License-Identifier: MIT
//
// Small pieces of memory in a few sizes, each with a list of free ones: what a Lua state
// takes and gives back by the hundred thousand. What is given back is wiped; all of it
// goes back to the system at the end, in cells_clear.
#pragma once

#include <stddef.h>

enum { CELL_UNIT = 16, CELL_SIZES = 16 };

#ifdef __SANITIZE_ADDRESS__
#define CELL_LARGEST ((size_t) 0) // the sanitizer watches each piece by itself
#else
#define CELL_LARGEST ((size_t) CELL_UNIT * CELL_SIZES)
#endif

struct cell;
struct cells_block;

struct cells {
    struct cell *given_back[CELL_SIZES];
    char *fresh; // in the newest block
    size_t fresh_size;
    struct cells_block *newest;
};

// All zero is empty.
void cells_clear(struct cells *cells);

// `size` is 1 to CELL_LARGEST, and the same when it is given back. NULL: out of memory.
void *cells_take(struct cells *cells, size_t size);
void cells_give_back(struct cells *cells, void *memory, size_t size);
