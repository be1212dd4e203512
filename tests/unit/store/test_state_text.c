// SPDX-License-Identifier: MIT
#include "store/state_text.h"

#include "store/fixture.h"

#define HEAD "{\"pipster_state\":1,\"project_id\":\"0123456789abcdef\",\"resources\":"

static const char *const needs[] = {"secret/key", "host/app"};

static struct state_text example(struct arena *arena)
{
    const struct value_entry wanted[] = {
        {"content", value_reference(arena, "secret/key", "value", true)},
        {"mode", value_text(arena, "0600")}};
    const struct value_entry digest[] = {{"$secret", value_text(arena, "secret/key")},
                                         {"digest", value_text(arena, "ab12")}};
    const struct value_entry attributes[] = {{"content", value_map(arena, digest, 2)}};
    const struct value *ignored = value_text(arena, "owner");
    const struct value *unit = value_text(arena, "nginx");
    struct record *rows = arena_alloc(arena, 2 * sizeof *rows);
    rows[0] = (struct record){.address = "app:file/etc/key",
                              .type = "file",
                              .host = "host/app",
                              .playbook = "playbooks/p.lua",
                              .incarnation = "42/abc",
                              .stage = "late",
                              .ignore = value_list(arena, &ignored, 1),
                              .restarts = value_list(arena, &unit, 1),
                              .reloads = value_list(arena, &ignored, 1),
                              .phase = 3,
                              .created_by_us = true,
                              .protect = true,
                              .wanted = value_map(arena, wanted, 2),
                              .attributes = value_map(arena, attributes, 1),
                              .needs = needs,
                              .need_count = 2,
                              .changed_at_ms = 987654321};
    rows[1] = (struct record){.address = "hetzner.server/app", .type = "hetzner.server"};
    static const struct record_measurement measured[] = {
        {0, "check.load/b", "p95_ms", 12.5, "ms", 1790000000123},
        {0, "check.load/b", "share", 3, NULL, 1790000000123}};
    return (struct state_text){.project_id = "0123456789abcdef",
                               .tip = "playbooks/scale.lua",
                               .tip_base = "playbooks/p.lua",
                               .rows = {rows, 2},
                               .measured = {measured, 2}};
}

static void what_is_written_is_read(void **state)
{
    struct fixture *fixture = *state;
    struct state_text written = example(&fixture->arena), read;
    struct text text, again;
    text_init(&text, 0);
    text_init(&again, 0);
    state_text_write(&text, &written);
    assert_null(strstr(text.bytes, "987654321"));
    fixture_expect(fixture, state_text_read(&fixture->arena, text.bytes, text.length,
                                            &read, &fixture->fault));
    assert_string_equal(read.tip, "playbooks/scale.lua");
    assert_string_equal(read.tip_base, "playbooks/p.lua");
    assert_int_equal(read.rows.count, 2);
    const struct record *file = &read.rows.rows[0];
    assert_string_equal(file->host, "host/app");
    assert_string_equal(file->incarnation, "42/abc");
    assert_string_equal(file->stage, "late");
    assert_true(value_equal(file->ignore, written.rows.rows[0].ignore));
    assert_true(value_equal(file->restarts, written.rows.rows[0].restarts));
    assert_true(value_equal(file->reloads, written.rows.rows[0].reloads));
    assert_int_equal(file->phase, 3);
    assert_true(file->created_by_us && file->protect);
    assert_int_equal(file->need_count, 2);
    assert_string_equal(file->needs[0], "secret/key");
    assert_true(value_equal(file->wanted, written.rows.rows[0].wanted));
    assert_true(value_equal(file->attributes, written.rows.rows[0].attributes));
    assert_int_equal(read.measured.count, 2);
    assert_true(read.measured.rows[0].value == 12.5 && read.measured.rows[1].value == 3);
    assert_int_equal(read.measured.rows[0].at_ms, 1790000000123);
    assert_null(read.measured.rows[1].unit);
    state_text_write(&again, &read);
    assert_string_equal(text.bytes, again.bytes);
    text_clear(&again);
    text_clear(&text);
}

static void what_does_not_fit_is_refused(void **state)
{
    struct fixture *fixture = *state;
    static const struct {
        const char *text, *words;
    } cases[] = {
        {"[]", "no map"},
        {"{\"resources\":[]}", "pipster_state"},
        {"{\"pipster_state\":3}", "version 3"},
        {"{\"pipster_state\":1,\"project_id\":\"../../x\",\"resources\":[]}", "hex"},
        {HEAD "7}", "resources"},
        {HEAD "[7]}", "a row must be a map"},
        {HEAD "[{}]}", "its address and its type"},
        {HEAD "[{\"address\":\"host/app\",\"type\":\"file\"}]}", "its type"},
        {HEAD "[{\"address\":\"app:file/x\",\"type\":\"file\"}]}", "its host"},
        {HEAD "[{\"address\":\"nothing\",\"type\":\"nothing\"}]}", "address is none"},
        {HEAD "[{\"address\":\"host/app\",\"type\":\"host\",\"colour\":1}]}", "colour"},
        {HEAD "[{\"address\":\"host/app\",\"type\":\"host\",\"phase\":-1}]}", "phase"},
        {HEAD "[{\"address\":\"host/app\",\"type\":\"host\",\"needs\":[1]}]}", "needs"},
        {HEAD "[{\"address\":\"host/app\",\"type\":\"host\"},"
              "{\"address\":\"host/app\",\"type\":\"host\"}]}",
         "twice"},
        {HEAD "[],\"measurements\":7}", "no list"},
        {HEAD "[],\"measurements\":[{\"address\":\"a\",\"name\":\"n\","
              "\"value\":\"7\",\"at_ms\":5}]}",
         "a measurement"},
        {HEAD "[],\"prices\":[]}", "must be a map"},
        {HEAD "[],\"prices\":{\"host/app\":7}}", "must be a text"},
        {HEAD "[],\"answers\":[{\"name\":\"soc2\"}]}", "\"value\" is missing"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct state_text read;
        assert_false(state_text_read(&fixture->arena, cases[i].text,
                                     strlen(cases[i].text), &read, &fixture->fault));
        if (!strstr(fixture->fault.why, cases[i].words))
            fail_msg("%s: %s", cases[i].text, fixture->fault.why);
        assert_true(fixture->fault.next[0] != '\0');
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(what_is_written_is_read),
        fixture_test(what_does_not_fit_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
