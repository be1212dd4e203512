// SPDX-License-Identifier: MIT
#include "printed.h"

#include "value/value.h"
#include "view/type_view.h"

static void test_what_each_attribute_takes(void **state)
{
    (void) state;
    static const char *const choices[] = {"no", "password", "nopasswd"};
    const struct schema_attribute attributes[] = {
        {.name = "address",
         .kind = SCHEMA_STRING,
         .required = true,
         .fixed = true,
         .doc = "its place"},
        {.name = "groups",
         .kind = SCHEMA_SET,
         .fallback = value_list(&arena, NULL, 0),
         .doc = "where it is in"},
        {.name = "id", .kind = SCHEMA_INTEGER, .computed = true, .doc = "its number"},
        {.name = "sudo",
         .kind = SCHEMA_STRING,
         .one_of = choices,
         .one_of_count = 3,
         .fallback = value_text(&arena, "no"),
         .doc = "whether it may"},
        {.name = "within", .kind = SCHEMA_INTEGER, .fallback = value_integer(&arena, 5)},
        {.name = "any", .kind = SCHEMA_ANY, .doc = "what you like"},
    };
    const struct schema schema = {.type = "thing",
                                  .doc = "A thing.",
                                  .link = "https://example.com",
                                  .example = "thing \"one\" { }",
                                  .attributes = attributes,
                                  .attribute_count =
                                      sizeof attributes / sizeof *attributes};
    type_view_print(terminal.stream, &schema);
    expect("thing: A thing.\n"
           "https://example.com\n"
           "\n"
           "  address            string   required  its place (a change replaces)\n"
           "  groups             set                where it is in\n"
           "  id                 integer  computed  its number\n"
           "  sudo               string             whether it may; one of \"no\", "
           "\"password\", \"nopasswd\"; default \"no\"\n"
           "  within             integer            default 5\n"
           "  any                any                what you like\n"
           "\n"
           "thing \"one\" { }\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_what_each_attribute_takes, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
