// SPDX-License-Identifier: MIT
#include "value/fixture.h"

#include "value/json.h"

#include <string.h>

static const struct value *read_text(const char *bytes)
{
    const struct value *value = NULL;
    struct fault fault;

    assert_true(json_read(&arena, bytes, strlen(bytes), &value, &fault));
    return value;
}

static void writes_canonically(void **state)
{
    static const char *const same[] = {
        "null",
        "true",
        "[]",
        "{}",
        "[1,-2,0.1,1e+300,5e-324,1.5]",
        "\"a\\\"\\\\/\\n\\u0001€\"",
        "{\"a\":[{\"b\":{}}],\"z\":\"\"}",
        "0.30000000000000004",
        "1.7976931348623157e+308",
        "-9223372036854775808",
        "9.223372036854776e+18",
        "\"\\u0000\\b\\f\\r\\t\x7F\"",
    };

    (void) state;
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        assert_string_equal(json_text(&arena, read_text(same[i])), same[i]);
    }
    assert_string_equal(json_text(&arena, read_text("{ \"b\":1.0, \"a\":1e1 }")),
                        "{\"a\":10,\"b\":1}");
    assert_string_equal(json_text(&arena, NULL), "null");
}

static void writes_equal_values_alike(void **state)
{
    (void) state;
    assert_string_equal(json_text(&arena, value_number(&arena, 0x1p62)),
                        json_text(&arena, value_integer(&arena, INT64_C(1) << 62)));
    assert_string_equal(json_text(&arena, value_number(&arena, -0.0)), "0");
    assert_string_equal(json_text(&arena, value_number(&arena, 1.0 / 0.0)), "null");
    assert_string_equal(json_text(&arena, value_string(&arena,
                                                       "a\xFF"
                                                       "b\xE2\x82",
                                                       5)),
                        "\"a\xEF\xBF\xBD"
                        "b\xEF\xBF\xBD\xEF\xBF\xBD\"");
}

static void pointer_round_trip(const struct value *value, const char *json)
{
    const struct value *back;

    assert_string_equal(json_text(&arena, value), json);
    back = read_text(json);
    assert_int_equal(back->kind, value->kind);
    assert_string_equal(back->reference.address, value->reference.address);
    assert_string_equal(back->reference.path, value->reference.path);
    assert_int_equal(back->reference.secret, value->reference.secret);
}

static void keeps_what_is_not_known(void **state)
{
    (void) state;
    pointer_round_trip(
        value_unknown(&arena, "hetzner.server/app", "public_net.0.ip", false),
        "{\"$unknown\":\"hetzner.server/app.public_net.0.ip\"}");
    pointer_round_trip(value_reference(&arena, "hetzner.server/app", "ipv4", false),
                       "{\"$reference\":\"hetzner.server/app.ipv4\"}");
    pointer_round_trip(value_unknown(&arena, "host/app", "", false),
                       "{\"$unknown\":\"host/app\"}");
    pointer_round_trip(value_reference(&arena, "app:file/etc/a.conf", "mode", false),
                       "{\"$reference\":[\"app:file/etc/a.conf\",\"mode\"]}");
    pointer_round_trip(value_unknown(&arena, "app:file/etc/a.conf", "", false),
                       "{\"$unknown\":[\"app:file/etc/a.conf\",\"\"]}");
    pointer_round_trip(value_reference(&arena, "app:docker.engine", "version", false),
                       "{\"$reference\":[\"app:docker.engine\",\"version\"]}");
    pointer_round_trip(value_reference(&arena, "secret/jwt", "value", true),
                       "{\"$reference\":[\"secret/jwt\",\"value\",\"secret\"]}");
    assert_int_equal(
        read_text("{\"$template\":[\"http://\",{\"$reference\":\"a/b.ip\"}]}")
            ->list.items[1]
            ->kind,
        VALUE_REFERENCE);
}

static void leaves_other_shapes_alone(void **state)
{
    static const char *const maps[] = {
        "{\"$unknown\":1}",
        "{\"$unknown\":[\"a\"]}",
        "{\"$reference\":[\"a\",\"b\",\"c\"]}",
        "{\"$reference\":[\"a\",1]}",
        "{\"$template\":\"x\"}",
        "{\"$secret\":{\"digest\":\"x\"}}",
        "{\"$other\":\"a/b.c\"}",
        "{\"$unknown\":\"a/b.c\",\"x\":1}",
        "{\"$unknown\":\"a\\u0000b\"}",
    };

    (void) state;
    for (size_t i = 0; i < sizeof maps / sizeof *maps; i++) {
        assert_int_equal(read_text(maps[i])->kind, VALUE_MAP);
        assert_string_equal(json_text(&arena, read_text(maps[i])), maps[i]);
    }
}

static void write_digest(void *context, struct text *out, const struct value *secret)
{
    text_format(out, "{\"$digest\":\"%s%zu\"}", (const char *) context,
                secret->secret.length);
}

static void writes_no_secret(void **state)
{
    const struct value *secret = value_secret(&arena, "secret/jwt", "hush", 4);
    const struct value *list = value_list(&arena, &secret, 1);
    const struct value *back;
    struct text out;

    (void) state;
    assert_string_equal(json_text(&arena, list), "[{\"$secret\":\"secret/jwt\"}]");
    back = read_text("{\"$secret\":\"secret/jwt\"}");
    assert_int_equal(back->kind, VALUE_UNKNOWN);
    assert_string_equal(back->reference.address, "secret/jwt");
    assert_true(value_has_secret(back));
    text_init(&out, 0);
    json_write(&out, list, write_digest, "k");
    assert_string_equal(out.bytes, "[{\"$digest\":\"k4\"}]");
    text_clear(&out);
}

static void writes_for_people(void **state)
{
    struct text out;

    (void) state;
    text_init(&out, 0);
    json_write_pretty(&out, read_text("{\"a\":[1,{\"b\":null}],\"c\":[],\"d\":{},"
                                      "\"e\":{\"$template\":[\"x\"]}}"));
    assert_string_equal(out.bytes, "{\n"
                                   "  \"a\": [\n"
                                   "    1,\n"
                                   "    {\n"
                                   "      \"b\": null\n"
                                   "    }\n"
                                   "  ],\n"
                                   "  \"c\": [],\n"
                                   "  \"d\": {},\n"
                                   "  \"e\": {\"$template\":[\"x\"]}\n"
                                   "}");
    text_clear(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_canonically),
        cmocka_unit_test(writes_equal_values_alike),
        cmocka_unit_test(keeps_what_is_not_known),
        cmocka_unit_test(leaves_other_shapes_alone),
        cmocka_unit_test(writes_no_secret),
        cmocka_unit_test(writes_for_people),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
