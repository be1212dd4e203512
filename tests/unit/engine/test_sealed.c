// SPDX-License-Identifier: MIT
#include "engine/sealed.h"

#include "engine/scene.h"

#define FILE_WITH_IT                                                                     \
    "{\"content\": {\"$template\": [\"key=\","                                           \
    " {\"$reference\": [\"secret/key\", \"value\", \"secret\"]}]}}"

static struct scene *open_scene(const char *secret)
{
    struct scene *scene = scene_new(1, false);
    scene->fake.revealed = "the-first-value";
    scene_add_host(scene);
    scene_add(scene, "secret", "key", NULL, secret);
    scene_add(scene, "file", "/env", "host/app", FILE_WITH_IT);
    return scene;
}

static const char *sealed_text(struct scene *scene)
{
    const struct value *secret = NULL;
    assert_true(secret_load(scene->engine.database, scene->engine.vault, &scene->arena,
                            "secret/key", &secret, &scene->fault));
    return secret != NULL ? secret->secret.bytes : NULL;
}

static void ask_for_rotation(struct scene *scene)
{
    struct transaction *asking = transaction_new(scene->engine.database);
    state_set_setting(asking, sealed_rotation_key(&scene->arena, "secret/key"), "now");
    assert_true(transaction_commit(asking, &scene->fault));
}

static void another_value_is_a_rotation(void **state)
{
    (void) state;
    struct scene *scene = open_scene("{\"env\": \"KEY\"}");
    scene_plan(scene);
    scene_expect(scene, "secret/key", CHANGE_CREATE, "not there yet: from env KEY");
    assert_true(scene_try_apply(scene));
    assert_string_equal(sealed_text(scene), "the-first-value");
    scene_expect_empty(scene);
    scene->fake.revealed = "the-second-value";
    scene_plan(scene);
    scene_expect(scene, "secret/key", CHANGE_UPDATE, "value differs (secret)");
    scene_expect(scene, "app:file/env", CHANGE_UPDATE, "content differs");
    assert_int_equal(scene_change(scene, "app:file/env")->verdict, VERDICT_WILL);
    assert_true(scene_change(scene, "secret/key")->fields[0].secret);
    assert_string_equal(sealed_text(scene), "the-first-value");
    // What was planned is what is sealed, whatever the source says by now.
    scene->fake.revealed = "the-third-value";
    assert_true(scene_try_apply(scene));
    assert_string_equal(sealed_text(scene), "the-second-value");
    scene->fake.revealed = "the-second-value";
    scene_expect_empty(scene);
    scene_free(scene);
}

static void a_source_that_fails_stops_the_plan(void **state)
{
    (void) state;
    struct scene *scene = open_scene("{\"env\": \"KEY\"}");
    scene->fake.revealed = NULL;
    assert_false(scene_try_plan(scene));
    assert_string_equal(scene->fault.what, "secret/key cannot be had as scripted");
    scene->fake.revealed = "short";
    assert_false(scene_try_plan(scene));
    assert_non_null(strstr(scene->fault.why, "it has 5 characters"));
    scene_free(scene);
}

static void a_command_runs_in_a_run_only(void **state)
{
    (void) state;
    struct scene *scene = open_scene("{\"command\": [\"op\"]}");
    scene_plan(scene);
    assert_int_equal(fake_count(&scene->fake, "reveal secret/key"), 0);
    assert_true(scene_try_apply(scene));
    assert_int_equal(fake_count(&scene->fake, "reveal secret/key"), 1);
    scene_plan(scene);
    const struct change *change = scene_change(scene, "secret/key");
    assert_int_equal(change->verdict, VERDICT_MAY);
    assert_non_null(strstr(change->because, "not said to be safe"));
    assert_int_equal(scene_change(scene, "app:file/env")->verdict, VERDICT_MAY);
    // It tells the same: nothing is changed.
    assert_true(scene_try_apply(scene));
    assert_int_equal(fake_count(&scene->fake, "update app:file/env"), 0);
    assert_int_equal(scene->result.done_count, 0);
    // It tells another.
    scene->fake.revealed = "the-second-value";
    scene_run(scene);
    assert_int_equal(fake_count(&scene->fake, "update app:file/env"), 1);
    assert_string_equal(sealed_text(scene), "the-second-value");
    // It fails: what needs it is not begun, what was sealed stays.
    scene->fake.revealed = NULL;
    scene_plan(scene);
    assert_false(scene_try_apply(scene));
    assert_int_equal(scene->result.failed_count, 1);
    assert_string_equal(sealed_text(scene), "the-second-value");
    scene_free(scene);
}

static void a_safe_command_runs_in_a_plan(void **state)
{
    (void) state;
    struct scene *scene = open_scene("{\"command\": [\"op\"], \"safe\": true}");
    scene_run(scene);
    assert_int_equal(fake_count(&scene->fake, "reveal secret/key"), 1);
    scene_expect_empty(scene);
    scene_free(scene);
}

static void a_rotation_keeps_the_old_until_the_new_is_sealed(void **state)
{
    (void) state;
    struct scene *scene = open_scene("{\"length\": 20}");
    scene_run(scene);
    char *old = arena_text(&scene->arena, sealed_text(scene));
    ask_for_rotation(scene);
    scene_plan(scene);
    scene_expect(scene, "secret/key", CHANGE_UPDATE, "rotation asked for");
    assert_int_equal(scene_change(scene, "secret/key")->verdict, VERDICT_WILL);
    assert_int_equal(scene_change(scene, "app:file/env")->action, CHANGE_UPDATE);
    assert_string_equal(sealed_text(scene), old);
    // The new one is sealed, and what needs it fails: the next run goes on from there.
    fake_script(&scene->fake, "app:file/env", FAKE_FAIL);
    assert_false(scene_try_apply(scene));
    char *new = arena_text(&scene->arena, sealed_text(scene));
    assert_string_not_equal(new, old);
    assert_int_equal(strlen(new), 20);
    fake_script(&scene->fake, "app:file/env", FAKE_FINE);
    scene_plan(scene);
    scene_expect(scene, "secret/key", CHANGE_NONE, "nothing differs");
    scene_expect(scene, "app:file/env", CHANGE_UPDATE, "content differs");
    assert_true(scene_try_apply(scene));
    assert_string_equal(sealed_text(scene), new);
    scene_expect_empty(scene);
    scene_free(scene);
}

static void what_was_set_before_is_taken(void **state)
{
    (void) state;
    struct scene *scene = open_scene("{\"length\": 20}");
    struct transaction *setting = transaction_new(scene->engine.database);
    secret_put(setting, scene->engine.vault,
               value_secret(&scene->arena, "secret/key", "given by hand", 13), "set");
    assert_true(transaction_commit(setting, &scene->fault));
    scene_plan(scene);
    assert_int_equal(scene_change(scene, "secret/key")->action, CHANGE_NONE);
    assert_true(scene_try_apply(scene));
    assert_string_equal(sealed_text(scene), "given by hand");
    scene_expect_empty(scene);
    // It is ours: no longer declared, it goes.
    scene_restart(scene);
    scene_add_host(scene);
    scene_plan(scene);
    scene_expect(scene, "secret/key", CHANGE_DELETE, "not declared any more");
    assert_true(scene_try_apply(scene));
    assert_null(sealed_text(scene));
    scene_free(scene);
}

static void one_that_is_overdue_is_in_every_plan(void **state)
{
    (void) state;
    setenv("SOURCE_DATE_EPOCH", "1700000000", 1);
    struct scene *scene = open_scene("{\"length\": 20, \"rotate_every\": \"90d\"}");
    scene_run(scene);
    setenv("SOURCE_DATE_EPOCH", "1707776000", 1); // 90 days
    scene_expect_empty(scene);
    assert_int_equal(scene->plan->warning_count, 0);
    setenv("SOURCE_DATE_EPOCH", "1708467200", 1); // 98 days
    for (int i = 0; i < 2; i++) {
        scene_expect_empty(scene);
        assert_int_equal(scene->plan->warning_count, 1);
        assert_string_equal(scene->plan->warnings[0],
                            "secret/key is 98 days old and is to be rotated every 90d: "
                            "pipster secrets rotate key");
    }
    ask_for_rotation(scene);
    scene_run(scene);
    assert_int_equal(scene->plan->warning_count, 0);
    scene_expect_empty(scene);
    assert_int_equal(scene->plan->warning_count, 0);
    unsetenv("SOURCE_DATE_EPOCH");
    scene_free(scene);
}

static void what_is_declared_is_remembered(void **state)
{
    (void) state;
    struct scene *scene = open_scene("{\"length\": 20}");
    scene_run(scene);
    scene_restart(scene);
    scene_add_host(scene);
    scene_add(scene, "secret", "key", NULL, "{\"length\": 20, \"rotate_every\": \"1y\"}");
    scene_add(scene, "file", "/env", "host/app", FILE_WITH_IT);
    scene_expect_empty(scene);
    assert_true(scene_try_apply(scene));
    struct state_rows rows;
    assert_true(state_load(scene->engine.database, &scene->arena, &rows, &scene->fault));
    const struct record *record = state_find(&rows, "secret/key");
    assert_string_equal(value_find_text(record->wanted, "rotate_every", ""), "1y");
    scene_free(scene);
}

static void sources_have_names(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, true);
    static const char *const cases[][2] = {
        {"{\"length\": 9}", "generated"},
        {"{\"env\": \"KEY\"}", "env KEY"},
        {"{\"command\": [\"op\", \"read\"]}", "command op"}};
    for (size_t i = 0; i < 3; i++)
        assert_string_equal(sealed_source(&scene->arena, scene_value(scene, cases[i][0])),
                            cases[i][1]);
    scene_free(scene);
}

// Of a key made here others may know the public half, before and after it is there.
static void a_key_tells_its_public_half(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    scene_add_host(scene);
    scene_add(scene, "secret", "key", NULL, "{\"kind\": \"ssh\"}");
    scene_add(scene, "file", "/pub", "host/app",
              "{\"content\": {\"$reference\": [\"secret/key\", \"public_key\"]}}");
    scene_run(scene);
    assert_memory_equal(sealed_text(scene), "-----BEGIN OPENSSH", 18);
    scene_expect_empty(scene);
    const struct change *change = scene_change(scene, "app:file/pub");
    const char *text = value_find_text(change->wanted, "content", "");
    assert_memory_equal(text, "ssh-ed25519 AAAA", 16);
    assert_string_equal(text, value_find_text(scene_change(scene, "secret/key")->found,
                                              "public_key", ""));
    scene_free(scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(another_value_is_a_rotation),
        cmocka_unit_test(a_source_that_fails_stops_the_plan),
        cmocka_unit_test(a_command_runs_in_a_run_only),
        cmocka_unit_test(a_safe_command_runs_in_a_plan),
        cmocka_unit_test(a_rotation_keeps_the_old_until_the_new_is_sealed),
        cmocka_unit_test(what_was_set_before_is_taken),
        cmocka_unit_test(one_that_is_overdue_is_in_every_plan),
        cmocka_unit_test(what_is_declared_is_remembered),
        cmocka_unit_test(sources_have_names),
        cmocka_unit_test(a_key_tells_its_public_half),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
