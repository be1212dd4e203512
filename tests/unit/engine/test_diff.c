// SPDX-License-Identifier: MIT
#include "engine/diff.h"

#include "engine/scene.h"

struct compared {
    struct arena arena;
    struct diff diff;
    const struct value *wanted, *found, *recorded;
};

static const struct value *parse(struct arena *arena, const char *json)
{
    const struct value *value = NULL;
    struct fault fault;
    if (json != NULL && !json_read(arena, json, strlen(json), &value, &fault))
        fail_msg("%s", json);
    return value;
}

static void compare(struct compared *compared, const char *wanted, const char *found)
{
    arena_init(&compared->arena, 0);
    compared->wanted = parse(&compared->arena, wanted);
    compared->found = parse(&compared->arena, found);
    diff_compare(&compared->arena, NULL, fake_schema(NULL, "cloud.thing"),
                 compared->wanted, compared->found, compared->recorded, &compared->diff);
}

static void expect(const char *wanted, const char *found, const char *reason)
{
    struct compared compared = {0};
    compare(&compared, wanted, found);
    const char *said = diff_reason(&compared.arena, &compared.diff);
    if (strcmp(said, reason) != 0)
        fail_msg("%s beside %s: \"%s\", expected \"%s\"", wanted, found, said, reason);
    arena_clear(&compared.arena);
}

static void kinds_compare_their_way(void **state)
{
    (void) state;
    const char *same = "nothing differs";
    expect("{\"size\": 1}", "{\"size\": 1, \"colour\": \"red\"}", same);
    expect("{\"size\": 1}", "{\"size\": 2}", "size differs");
    expect("{\"size\": 1}", "{}", "size differs");
    expect("{\"parts\": [\"a\", \"b\"]}", "{\"parts\": [\"b\", \"a\", \"a\"]}", same);
    expect("{\"parts\": [\"a\"]}", "{\"parts\": [\"b\"]}", "parts differs");
    expect("{\"order\": [\"a\", \"b\"]}", "{\"order\": [\"b\", \"a\"]}", "order differs");
    expect("{\"parts\": []}", "{\"parts\": {}}", same);
    expect("{\"parts\": []}", "{}", same);
    expect("{\"labels\": {}}", "{\"labels\": {\"a\": \"b\"}}", "labels differs");
    expect("{\"labels\": {\"a\": 1}}", "{\"labels\": {\"a\": 1.0}}", same);
    expect("{\"labels\": {\"a\": {}}}", "{\"labels\": {}}", "labels differs");
    expect("{\"labels\": {\"a\": {}}}", "{\"labels\": {\"a\": [], \"b\": []}}", same);
    expect("{\"type\": [\"x\", \"y\"]}", "{\"type\": \"y\"}", same);
    expect("{\"type\": [\"x\", \"y\"]}", "{\"type\": \"z\"}", "type differs");
    expect("{\"type\": \"y\"}", "{\"type\": \"y\"}", same);
    expect("{\"size\": 1, \"colour\": \"red\"}", "{}", "colour and size differ");
    expect("{\"size\": 1, \"colour\": \"red\", \"type\": \"x\"}", "{}",
           "colour, size and 1 more differ");
    expect("{\"price\": \"1 EUR\"}", "{\"price\": \"2 EUR\"}", same); // local
}

static void birth_is_a_note(void **state)
{
    (void) state;
    struct compared compared = {0};
    compare(&compared, "{\"image\": \"debian-13\"}", "{\"image\": \"debian-12\"}");
    assert_int_equal(compared.diff.field_count, 0);
    assert_int_equal(compared.diff.birth_count, 1);
    assert_non_null(strstr(compared.diff.notes[0], "\"debian-12\" at birth"));
    arena_clear(&compared.arena);
}

static void fixed_replaces(void **state)
{
    (void) state;
    struct compared compared = {0};
    compare(&compared, "{\"zone\": \"a\"}", "{\"zone\": \"b\"}");
    assert_true(compared.diff.must_replace);
    assert_true(compared.diff.fields[0].forces_replacement);
    arena_clear(&compared.arena);
}

static void unknown_may_differ(void **state)
{
    (void) state;
    struct compared compared = {0};
    compare(&compared, "{\"labels\": {\"ip\": {\"$unknown\": \"cloud.thing/b.ip\"}}}",
            "{\"labels\": {\"ip\": \"1\"}}");
    assert_false(compared.diff.differs);
    assert_int_equal(compared.diff.field_count, 1);
    assert_string_equal(compared.diff.because, "depends on cloud.thing/b.ip");
    arena_clear(&compared.arena);
    // What is known of a list may differ already.
    compare(&compared,
            "{\"labels\": {\"ip\": {\"$unknown\": \"cloud.thing/b.ip\"}, \"x\": \"1\"}}",
            "{\"labels\": {\"ip\": \"1\", \"x\": \"2\"}}");
    assert_true(compared.diff.differs);
    arena_clear(&compared.arena);
}

static void secrets_compare_by_digest(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    const struct vault *vault = scene->engine.vault;
    struct arena *arena = &scene->arena;
    const struct value *secret = value_secret(arena, "secret/a", "hunter2", 7);
    const struct value *other = value_secret(arena, "secret/a", "hunter3", 7);
    struct text text;
    struct diff diff;
    text_init(&text, 0);
    json_write(&text, value_with(arena, value_map(arena, NULL, 0), "password", secret),
               vault_write_digest, scene->engine.vault);
    assert_null(strstr(text.bytes, "hunter2"));
    const struct value *recorded = scene_value(scene, text.bytes);
    const struct value *empty = value_map(arena, NULL, 0);
    const struct schema *schema = fake_schema(NULL, "cloud.thing");
    diff_compare(arena, vault, schema, value_with(arena, empty, "password", secret),
                 empty, recorded, &diff);
    assert_int_equal(diff.field_count, 0);
    diff_compare(arena, vault, schema, value_with(arena, empty, "password", other), empty,
                 recorded, &diff);
    assert_int_equal(diff.field_count, 1);
    assert_true(diff.fields[0].secret);
    diff_compare(arena, vault, schema, value_with(arena, empty, "password", other), empty,
                 NULL, &diff);
    assert_int_equal(diff.field_count, 1);
    text_clear(&text);
    scene_free(scene);
}

static void hashes_of_contents(void **state)
{
    (void) state;
    // printf hello | sha256sum
    expect("{\"colour\": \"hello\"}",
           "{\"colour\": \"sha256:"
           "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824\"}",
           "nothing differs");
    expect("{\"colour\": \"hallo\"}",
           "{\"colour\": \"sha256:"
           "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824\"}",
           "colour differs");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kinds_compare_their_way),
        cmocka_unit_test(birth_is_a_note),
        cmocka_unit_test(fixed_replaces),
        cmocka_unit_test(unknown_may_differ),
        cmocka_unit_test(secrets_compare_by_digest),
        cmocka_unit_test(hashes_of_contents),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
