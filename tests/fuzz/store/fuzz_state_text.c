// SPDX-License-Identifier: MIT
//
// What is read as an exported state is written in one form only: reading that again gives
// the same rows and the same bytes.
#include "store/state_text.h"

#include "value/json.h"

#include <stdlib.h>
#include <string.h>

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void check_rows(const struct state_rows *rows)
{
    for (size_t i = 0; i < rows->count; i++) {
        require(rows->rows[i].address && rows->rows[i].type);
        require(i == 0 || strcmp(rows->rows[i - 1].address, rows->rows[i].address) < 0);
    }
}

// What is not refused can be stored: its money is that of a currency.
static void try_business(struct arena *arena, const char *bytes, size_t length)
{
    struct state_business business = {0};
    struct fault ignored = {0};
    const struct value *document;
    const char *where = NULL, *why = NULL;
    if (!json_read(arena, bytes, length, &document, &ignored))
        return;
    if (!state_business_read(arena, document, &business, &where, &why)) {
        require(where != NULL && why != NULL);
        return;
    }
    for (size_t i = 0; i < business.revenues.count; i++) {
        const struct record_revenue *row = &business.revenues.rows[i];
        require(strlen(row->gross.currency) == 3 && row->cautious.units >= 0);
    }
    state_business_lists(arena, &business);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct arena arena;
    struct state_text state, again;
    struct fault fault = {0};
    struct text first, second;
    arena_init(&arena, 0);
    text_init(&first, 0);
    text_init(&second, 0);
    if (state_text_read(&arena, (const char *) bytes, length, &state, &fault)) {
        check_rows(&state.rows);
        state_text_write(&first, &state);
        // What stands for something else may take more levels than may be read.
        if (state_text_read(&arena, first.bytes, first.length, &again, &fault)) {
            state_text_write(&second, &again);
            require(first.length == second.length &&
                    memcmp(first.bytes, second.bytes, first.length) == 0);
        } else {
            require(strstr(fault.why, "levels") != NULL);
        }
    } else {
        require(fault_is_set(&fault) && fault.what[0]);
    }
    try_business(&arena, (const char *) bytes, length);
    text_clear(&second);
    text_clear(&first);
    arena_clear(&arena);
    return 0;
}
