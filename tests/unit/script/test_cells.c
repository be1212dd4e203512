// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "script/cells.h"

#include <stdbool.h>
#include <string.h>

enum { MOST = CELL_UNIT * CELL_SIZES, ROUNDS = 2000 };

static bool holds_only(const unsigned char *bytes, size_t size, unsigned char byte)
{
    for (size_t i = 0; i < size; i++)
        if (bytes[i] != byte)
            return false;
    return true;
}

// Every size, many at once: none lies over another.
static void pieces_are_apart(void **state)
{
    static unsigned char *pieces[ROUNDS];
    struct cells cells = {0};
    (void) state;
    for (size_t i = 0; i < ROUNDS; i++) {
        pieces[i] = cells_take(&cells, i % MOST + 1);
        assert_non_null(pieces[i]);
        assert_int_equal((uintptr_t) pieces[i] % CELL_UNIT, 0);
        memset(pieces[i], (int) (i % 251), i % MOST + 1);
    }
    for (size_t i = 0; i < ROUNDS; i++)
        assert_true(holds_only(pieces[i], i % MOST + 1, (unsigned char) (i % 251)));
    cells_clear(&cells);
    assert_null(cells.newest);
}

static void what_was_given_back_is_wiped_and_taken_again(void **state)
{
    struct cells cells = {0};
    unsigned char *piece = cells_take(&cells, 100), *again;
    (void) state;
    memset(piece, 'S', 100);
    cells_give_back(&cells, piece, 100);
    // But for what links it to the next one.
    assert_true(holds_only(piece + sizeof(void *), 100 - sizeof(void *), 0));
    again = cells_take(&cells, 97);
    assert_ptr_equal(again, piece);
    assert_ptr_not_equal(cells_take(&cells, 97), piece);
    cells_clear(&cells);
}

static void sizes_have_lists_of_their_own(void **state)
{
    struct cells cells = {0};
    void *small = cells_take(&cells, 1), *large = cells_take(&cells, MOST);
    (void) state;
    cells_give_back(&cells, small, 1);
    cells_give_back(&cells, large, MOST);
    assert_ptr_equal(cells_take(&cells, MOST), large);
    assert_ptr_equal(cells_take(&cells, CELL_UNIT), small);
    cells_clear(&cells);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_are_apart),
        cmocka_unit_test(what_was_given_back_is_wiped_and_taken_again),
        cmocka_unit_test(sizes_have_lists_of_their_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
