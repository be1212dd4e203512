// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/linked.h"

#include <ctype.h>
#include <string.h>

static void names_each_with_a_number(void **state)
{
    static const char *const names[] = {"libcurl ", "libssh2 ", "libuv ", "c-ares ",
                                        "libmicrohttpd "};
    struct text text;
    (void) state;
    text_init(&text, 0);
    linked_list_versions(&text);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *at = strstr(text.bytes, names[i]);
        assert_non_null(at);
        assert_true(isdigit((unsigned char) at[strlen(names[i])]));
    }
    text_clear(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(names_each_with_a_number)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
