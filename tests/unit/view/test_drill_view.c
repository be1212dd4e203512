// SPDX-License-Identifier: MIT
#include "printed.h"

#include "value/json.h"
#include "view/drill_view.h"

static void print(const char *json)
{
    const struct value *found = NULL;
    struct fault fault;
    assert_true(json_read(&arena, json, strlen(json), &found, &fault));
    drill_view_print(&terminal, "app", found);
}

static void test_one_that_passed(void **state)
{
    (void) state;
    print("{\"name\":\"shop\",\"passed\":true,\"file\":\"shop-1.dump.age\","
          "\"seconds\":90,\"bytes\":9035111,\"rows\":20000}");
    expect("  ✓ app:backup.postgres/shop  shop-1.dump.age\n"
           "    restored in 1.5 minutes, 9035111 bytes, 20000 rows by its check query\n");
}

static void test_one_that_was_refused(void **state)
{
    (void) state;
    print("{\"name\":\"shop\",\"passed\":false,\"file\":\"shop-2.dump.age\","
          "\"why\":\"it cannot be read\",\"last_good\":\"shop-1.dump.age\"}");
    print("{\"name\":\"other\",\"passed\":false}");
    expect("  ✗ app:backup.postgres/shop  shop-2.dump.age refused\n"
           "    why: it cannot be read\n    last good: shop-1.dump.age\n");
    expect("    why: nothing was said\n    last good: none\n");
}

static void test_one_that_could_not_be_done(void **state)
{
    (void) state;
    print("{\"name\":\"shop\",\"passed\":false,\"tried\":false,"
          "\"why\":\"the database cannot be reached\"}");
    expect("  ✗ app:backup.postgres/shop  could not be done\n"
           "    why: the database cannot be reached\n");
    assert_null(strstr(printed, "last good"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_one_that_passed, begin, end),
        cmocka_unit_test_setup_teardown(test_one_that_was_refused, begin, end),
        cmocka_unit_test_setup_teardown(test_one_that_could_not_be_done, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
