// SPDX-License-Identifier: MIT
#include "script/cells.h"

#include <stdlib.h>
#include <string.h>

#define BLOCK_SIZE ((size_t) 32 << 10)

struct cell {
    struct cell *next;
};

struct cells_block {
    struct cells_block *older;
    max_align_t bytes[];
};

static size_t index_of(size_t size)
{
    return (size - 1) / CELL_UNIT;
}

void cells_clear(struct cells *cells)
{
    struct cells_block *block = cells->newest;
    while (block != NULL) {
        struct cells_block *older = block->older;
        free(block);
        block = older;
    }
    *cells = (struct cells){0};
}

// What is left of the block before is too small for this, and is left.
static void *take_fresh(struct cells *cells, size_t size)
{
    if (cells->fresh_size < size) {
        struct cells_block *block = malloc(sizeof *block + BLOCK_SIZE);
        if (block == NULL)
            return NULL;
        block->older = cells->newest;
        cells->newest = block;
        cells->fresh = (char *) block->bytes;
        cells->fresh_size = BLOCK_SIZE;
    }
    void *memory = cells->fresh;
    cells->fresh += size;
    cells->fresh_size -= size;
    return memory;
}

void *cells_take(struct cells *cells, size_t size)
{
    size_t index = index_of(size);
    struct cell *cell = cells->given_back[index];
    if (cell == NULL)
        return take_fresh(cells, (index + 1) * CELL_UNIT);
    cells->given_back[index] = cell->next;
    return cell;
}

void cells_give_back(struct cells *cells, void *memory, size_t size)
{
    size_t index = index_of(size);
    struct cell *cell = memory;
    explicit_bzero(memory, size);
    cell->next = cells->given_back[index];
    cells->given_back[index] = cell;
}
