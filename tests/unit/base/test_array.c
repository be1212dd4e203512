// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/array.h"

static int things[100];

static void keeps_order(void **state)
{
    struct array array;

    (void) state;
    array_init(&array);
    for (int i = 0; i < 100; i++) {
        array_add(&array, &things[i]);
    }
    assert_int_equal(array.count, 100);
    for (int i = 0; i < 100; i++) {
        assert_ptr_equal(array.items[i], &things[i]);
    }
    array_clear(&array);
    assert_int_equal(array.count, 0);
    array_clear(&array);
}

static void inserts_and_removes_anywhere(void **state)
{
    struct array array;

    (void) state;
    array_init(&array);
    array_insert(&array, 0, &things[1]);
    array_insert(&array, 0, &things[0]);
    array_insert(&array, 2, &things[3]);
    array_insert(&array, 2, &things[2]);
    for (int i = 0; i < 4; i++) {
        assert_ptr_equal(array.items[i], &things[i]);
    }
    array_remove(&array, 1);
    assert_ptr_equal(array.items[1], &things[2]);
    array_remove(&array, 2);
    array_remove(&array, 0);
    assert_int_equal(array.count, 1);
    assert_ptr_equal(array.items[0], &things[2]);
    array_remove(&array, 0);
    assert_int_equal(array.count, 0);
    array_clear(&array);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_order),
        cmocka_unit_test(inserts_and_removes_anywhere),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
