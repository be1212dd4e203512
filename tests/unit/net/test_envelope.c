// SPDX-License-Identifier: MIT
#include "net/envelope.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

static bool read_text(const char *text, struct envelope *envelope)
{
    // On the heap and without its NUL, so that a step too far is seen.
    size_t length = strlen(text);
    char *bytes = malloc(length ? length : 1);
    memcpy(bytes, text, length);
    bool found = envelope_read(bytes, length, envelope);
    free(bytes);
    return found;
}

static void code_and_message_are_found_in_any_order(void **state)
{
    (void) state;
    struct envelope envelope;
    assert_true(read_text("{\"error\":{\"code\":\"locked\",\"message\":\"is locked\"}}",
                          &envelope));
    assert_string_equal(envelope.code, "locked");
    assert_string_equal(envelope.message, "is locked");
    assert_true(
        read_text(" { \"x\" : [1, {\"error\": {}}, \"]}\"], \"y\": -1.5e3,\n"
                  "\"error\" : { \"details\": {\"code\":\"no\"}, \"message\" : "
                  "\"a \\\"b\\\" \\u00e9 \\ud83d\\ude00\\n\", \"code\" : \"c\" } }",
                  &envelope));
    assert_string_equal(envelope.code, "c");
    assert_string_equal(envelope.message, "a \"b\" é 😀\n");
}

static void what_is_no_envelope_gives_nothing(void **state)
{
    (void) state;
    static const char *const texts[] = {
        "",
        "null",
        "[]",
        "{}",
        "<html>",
        "{\"error\":\"text\"}",
        "{\"error\":{}}",
        "{\"error\":{\"code\":1}}",
        "{\"error\":{\"code\":\"a",
        "{\"error\":{\"code\":\"\\",
        "{\"error\":{\"code\":\"\\u12",
        "{\"error\":{\"code\":\"\\ud83d\\u",
        "{\"a\":}}}",
        "{\"a\":[[[[",
        "{\"a\"",
        "{\"a\":\"\\q\",\"error\":{\"code\":\"x\"}}",
        "{,}",
        "}",
    };
    struct envelope envelope;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        assert_false(read_text(texts[i], &envelope));
        assert_string_equal(envelope.code, "");
    }
}

static void long_texts_are_cut_between_characters(void **state)
{
    (void) state;
    char text[4096] = "{\"error\":{\"code\":\"c\",\"message\":\"";
    for (int i = 0; i < 400; i++)
        strcat(text, "\\u20ac");
    strcat(text, "\"}}");
    struct envelope envelope;
    assert_true(read_text(text, &envelope));
    assert_int_equal(strlen(envelope.message), 1023 / 3 * 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(code_and_message_are_found_in_any_order),
        cmocka_unit_test(what_is_no_envelope_gives_nothing),
        cmocka_unit_test(long_texts_are_cut_between_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
