// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "view/drift_view.h"

#include "view/printed.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static void drift_is_told_thing_by_thing(void **state)
{
    (void) state;
    struct drift_item items[] = {
        {.address = "a/a",
         .field = "size",
         .before = value_integer(&arena, 1),
         .after = value_integer(&arena, 2),
         .id = "11"},
        {.address = "a/a",
         .field = "key",
         .before = value_text(&arena, "canary-before"),
         .after = value_text(&arena, "canary-after"),
         .secret = true,
         .id = "22"},
        {.address = "b/b", .id = "33"},
    };
    struct drift_gap gap = {.address = "host/app", .why = "it does not answer"};
    const struct drift drift = {
        .items = items, .item_count = 3, .gaps = &gap, .gap_count = 1, .judged_count = 9};
    const int64_t since[] = {0, INT64_C(1795253700000), 0};
    const struct drift_told told = {.drift = &drift, .since = since};
    drift_view_print(&terminal, &told);
    expect("  ~ a/a  changed outside\n      size           1 → 2\n"
           "      key            (secret) → (secret)  (known since 2026-11-21 09:35)\n"
           "  - b/b  deleted outside\n"
           "  ? host/app  not known: it does not answer\n"
           "\nDrift: 3 differences, 2 of them not told before.\n");
    drift_view_json(terminal.stream, &told);
    expect("{\"address\":\"b/b\",\"id\":\"33\",\"kind\":\"deleted\",\"new\":true,");
    expect("{\"changed\":2,\"deleted\":1,\"gaps\":1,\"judged\":9,\"new\":2,");
    assert_null(strstr(printed, "canary"));
}

static void only_new_leaves_out_what_is_known(void **state)
{
    (void) state;
    struct drift_item item = {.address = "b/b", .id = "33"};
    const struct drift drift = {.items = &item, .item_count = 1, .judged_count = 1};
    const int64_t since[] = {5};
    const struct drift_told told = {.drift = &drift, .since = since, .only_new = true};
    size_t fresh = 9;
    assert_int_equal(drift_view_count(&told, &fresh), 0);
    assert_int_equal(fresh, 0);
    drift_view_print(&terminal, &told);
    fflush(terminal.stream);
    assert_string_equal(printed, "No new drift: 1 difference is known already.\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(drift_is_told_thing_by_thing, begin, end),
        cmocka_unit_test_setup_teardown(only_new_leaves_out_what_is_known, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
