// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/redact.h"
#include "view/secret_view.h"
#include "view/value_view.h"

#include <stdlib.h>
#include <string.h>

static char *shown(const struct secret_view *secret, bool json)
{
    char *text = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&text, &length);
    const struct terminal terminal = {.stream = stream, .width = 80};
    if (json)
        secret_view_json(stream, secret);
    else
        secret_view_print(&terminal, secret);
    fclose(stream);
    return text;
}

static void expect(const struct secret_view *secret, bool json, const char *expected)
{
    char *text = shown(secret, json);
    assert_string_equal(text, expected);
    free(text);
}

#define DAY_MS INT64_C(86400000)

static void says_what_is_known(void **state)
{
    static const char *users[] = {"app:file/etc/env", "app:docker.compose/shop"};
    struct secret_view secret = {
        .name = "db",
        .source = "generated",
        .length = 32,
        .made_at_ms = 1700000000000,
        .age_ms = 97 * DAY_MS,
        .rotate_every = "90d",
        .overdue = true,
        .declared = true,
        .used_by = users,
        .used_by_count = 2,
    };
    (void) state;
    expect(&secret, false,
           "db  generated, 32 bytes, made 2023-11-14, 97 days ago, to be rotated every "
           "90d  overdue\n    app:file/etc/env\n    app:docker.compose/shop\n");
    expect(&secret, true,
           "{\"age_seconds\":8380800,\"declared\":true,\"length\":32,"
           "\"made_at\":\"2023-11-14T22:13:20Z\",\"name\":\"db\",\"overdue\":true,"
           "\"rotate_every\":\"90d\",\"rotation_asked\":false,\"source\":\"generated\","
           "\"type\":\"secret\",\"used_by\":[\"app:file/etc/env\","
           "\"app:docker.compose/shop\"]}\n");
    secret.rotation_asked = true;
    char *text = shown(&secret, false);
    assert_non_null(strstr(text, "  rotated by the next run\n"));
    assert_null(strstr(text, "overdue"));
    free(text);
}

static void says_what_is_not_known(void **state)
{
    const struct secret_view secret = {.name = "db", .source = "set", .length = 9};
    (void) state;
    expect(&secret, false, "db  set, 9 bytes  not declared yet\n");
    expect(&secret, true,
           "{\"declared\":false,\"length\":9,\"name\":\"db\",\"overdue\":false,"
           "\"rotation_asked\":false,\"source\":\"set\",\"type\":\"secret\","
           "\"used_by\":[]}\n");
}

// What the world shows may hold one: it is gone before a text is cut.
static void prints_no_secret(void **state)
{
    char *text = NULL;
    size_t length = 0;
    struct arena arena;
    struct text out;
    (void) state;
    arena_init(&arena, 0);
    text_init(&out, 0);
    redact_add("canary-of-the-view", 18);
    FILE *stream = open_memstream(&text, &length);
    const struct terminal terminal = {.stream = stream, .width = 80};
    terminal_print(&terminal, TERMINAL_PLAIN, "it is %s\n", "canary-of-the-view");
    fclose(stream);
    assert_string_equal(text, "it is (secret)\n");
    free(text);
    char long_text[160];
    memset(long_text, '.', sizeof long_text);
    memcpy(long_text + 50, "canary-of-the-view", 18);
    value_view_write(&out, value_string(&arena, long_text, sizeof long_text));
    assert_null(strstr(out.bytes, "canary"));
    assert_non_null(strstr(out.bytes, "(secret)"));
    text_clear(&out);
    arena_clear(&arena);
    redact_clear();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_what_is_known),
        cmocka_unit_test(says_what_is_not_known),
        cmocka_unit_test(prints_no_secret),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
