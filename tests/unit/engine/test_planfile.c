// SPDX-License-Identifier: MIT
#include "engine/planfile.h"

#include "engine/saved.h"

#define CANARY "canary-that-nobody-may-read"

// Some of everything: created, changed, replaced, destroyed, checked, with a handler.
static void plan_all(struct scene *scene)
{
    scene_add(scene, "cloud.thing", "changed", NULL,
              "{\"size\": 1, \"labels\": {\"a\": \"one\"}, \"price\": \"4 EUR\"}");
    scene_add(scene, "cloud.thing", "replaced", NULL, "{\"zone\": \"x\"}");
    scene_add(scene, "cloud.thing", "gone", NULL, "{\"size\": 9}");
    scene_add_host(scene);
    scene_add(scene, "secret", "key", NULL, "{\"length\": 32}");
    scene_add(scene, "file", "/a", "host/app",
              "{\"content\": \"" CANARY "\", \"notify\": \"reload caddy\"}");
    scene_run(scene);
    scene_restart(scene);
    scene_add(scene, "cloud.thing", "changed", NULL,
              "{\"size\": 2, \"labels\": {\"a\": \"two\"}, \"price\": \"6 EUR\"}");
    scene_add(scene, "cloud.thing", "replaced", NULL, "{\"zone\": \"y\"}");
    scene_add(scene, "cloud.thing", "new", NULL,
              "{\"password\": {\"$reference\": [\"secret/key\", \"value\", \"secret\"]},"
              " \"link\": {\"$reference\": \"cloud.thing/replaced.ip\"}}");
    scene_add_host(scene);
    scene_add(scene, "secret", "key", NULL, "{\"length\": 32}");
    scene_add(scene, "file", "/a", "host/app",
              "{\"content\": \"" CANARY " again\", \"notify\": \"reload caddy\"}");
    scene_add(scene, "check.ok", "all", NULL, "{\"url\": \"http://a\"}");
    scene_plan(scene);
}

static const struct change *find(const struct planfile *file, const char *address)
{
    for (size_t i = 0; i < file->change_count; i++)
        if (strcmp(file->changes[i].change->address, address) == 0)
            return file->changes[i].change;
    fail_msg("%s was not kept", address);
    return NULL;
}

static void what_is_read_is_what_was_written(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    plan_all(scene);
    struct planfile file = saved_of(scene, true);
    const char *bytes = saved_text(scene, &file);
    struct planfile read = saved_read(scene, bytes);
    assert_string_equal(saved_text(scene, &read), bytes);
    assert_string_equal(read.who, "anna@laptop");
    assert_int_equal(read.serial, 7);
    assert_int_equal(read.plan->add_count, scene->plan->add_count);
    assert_int_equal(read.plan->destroy_count, scene->plan->destroy_count);
    assert_int_equal(read.plan->cost_after.units, 6 * MONEY_UNIT);
    assert_int_equal(find(&read, "cloud.thing/changed")->action, CHANGE_UPDATE);
    assert_int_equal(find(&read, "cloud.thing/replaced")->action, CHANGE_REPLACE);
    assert_int_equal(find(&read, "cloud.thing/gone")->action, CHANGE_DELETE);
    assert_int_equal(find(&read, "check.ok/all")->action, CHANGE_CHECK);
    assert_int_equal(read.plan->handler_count, 1);
    assert_string_equal(read.plan->handlers[0].name, "reload caddy");
    assert_int_equal(read.plan->handlers[0].cause_count, 1);
    assert_false(plan_is_empty(read.plan));
    assert_true(planfile_is_sealed(&read, scene->engine.vault));
    // What stays as it is needs no line.
    assert_null(strstr(bytes, "cloud.thing/web"));
    scene_free(scene);
}

static void an_undo_and_a_destroy_say_what_they_are(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    const struct undo_loss lost[] = {{"cloud.thing/a", "its address"}};
    plan_all(scene);
    struct planfile file = saved_of(scene, true);
    file.playbook = NULL;
    file.losses = lost;
    file.loss_count = 1;
    scene->plan->undoes = 4;
    struct planfile read = saved_read(scene, saved_text(scene, &file));
    assert_null(read.playbook);
    assert_int_equal(read.plan->undoes, 4);
    assert_false(read.plan->is_destroy);
    assert_int_equal(read.loss_count, 1);
    assert_string_equal(read.losses[0].what, "its address");
    scene->plan->undoes = 0;
    scene->plan->is_destroy = true;
    read = saved_read(scene, saved_text(scene, &file));
    assert_true(read.plan->is_destroy);
    // Any other plan is of a playbook.
    scene->plan->is_destroy = false;
    const char *bytes = saved_text(scene, &file);
    assert_false(planfile_decode(&scene->arena, bytes, strlen(bytes), &read,
                                 &scene->fault));
    assert_non_null(strstr(scene->fault.why, "what the plan is for"));
    scene_free(scene);
}

static bool holds(const char *bytes, const char *secret, size_t length)
{
    char hex[512] = "";
    for (size_t i = 0; i < length && i < 200; i++)
        snprintf(hex + 2 * i, 3, "%02x", (unsigned char) secret[i]);
    return strstr(bytes, secret) != NULL || strstr(bytes, hex) != NULL;
}

static void nothing_secret_and_no_content_is_kept(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    const struct value *secret = NULL;
    plan_all(scene);
    struct planfile file = saved_of(scene, true);
    const char *bytes = saved_text(scene, &file);
    assert_true(secret_load(scene->engine.database, scene->engine.vault, &scene->arena,
                            "secret/key", &secret, &scene->fault));
    assert_non_null(secret);
    const struct change *new = scene_change(scene, "cloud.thing/new");
    assert_true(value_equal(value_find(new->wanted, "password"), secret));
    assert_false(holds(bytes, secret->secret.bytes, secret->secret.length));
    assert_false(holds(bytes, CANARY, strlen(CANARY)));
    assert_non_null(strstr(bytes, "{\"$content\":33}"));
    // A digest that anybody could make would let them try out what it stands for.
    struct planfile plain = saved_of(scene, false);
    size_t compared = 0;
    for (size_t i = 0; i < plain.change_count; i++)
        for (size_t k = 0; k < plain.changes[i].change->field_count; k++) {
            const char *digest = plain.changes[i].fields[k].after;
            if (plain.changes[i].change->fields[k].secret)
                assert_null(digest);
            compared += digest != NULL;
            assert_true(digest == NULL || strstr(bytes, digest) == NULL);
        }
    assert_true(compared >= 4);
    scene_free(scene);
}

static void expect_refused(struct scene *scene, const char *bytes, size_t length)
{
    struct planfile file;
    fault_clear(&scene->fault);
    assert_false(planfile_decode(&scene->arena, bytes, length, &file, &scene->fault));
    assert_true(fault_is_set(&scene->fault));
    assert_true(scene->fault.next[0] != '\0');
}

static void what_is_cut_or_changed_is_refused(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    scene_add(scene, "cloud.thing", "a", NULL, "{\"size\": 1}");
    scene_plan(scene);
    struct planfile file = saved_of(scene, true);
    const char *bytes = saved_text(scene, &file);
    size_t length = strlen(bytes);
    for (size_t i = 0; i + 1 < length; i++)
        expect_refused(scene, bytes, i);
    char *changed = arena_copy(&scene->arena, bytes, length);
    // Beyond the checksum stands the seal, which only the key can tell.
    size_t sealed = (size_t) (strstr(bytes, "\"seal\"") - bytes);
    for (size_t i = 0; i < sealed; i++) {
        changed[i] ^= 1;
        expect_refused(scene, changed, length);
        changed[i] ^= 1;
    }
    struct planfile read = saved_read(scene, changed);
    assert_true(planfile_is_sealed(&read, scene->engine.vault));
    changed[sealed + 10] ^= 1;
    read = saved_read(scene, changed);
    assert_false(planfile_is_sealed(&read, scene->engine.vault));
    scene_free(scene);
}

static void the_version_is_looked_at_first(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, true);
    const char *newer = "{\"pipster\":\"9.0\",\"pipster_plan\":2}\nwhatever\n";
    expect_refused(scene, newer, strlen(newer));
    assert_string_equal(scene->fault.what, "the plan was made by a newer pipster");
    expect_refused(scene, "PK\x03\x04", 4);
    assert_string_equal(scene->fault.what, "this is no plan of pipster's");
    assert_int_equal(scene->fault.kind, FAULT_USAGE);
    expect_refused(scene, "", 0);
    scene_free(scene);
}

// A body with a checksum that holds, however little sense it makes.
static void expect_damaged(struct scene *scene, const char *body, const char *why)
{
    struct text text;
    const struct planfile none = {0};
    text_init(&text, 0);
    text_add(&text, body);
    planfile_encode_end(&text, &none, NULL);
    expect_refused(scene, text.bytes, text.length);
    assert_string_equal(scene->fault.what, "the plan is damaged");
    assert_non_null(strstr(scene->fault.why, why));
    text_clear(&text);
}

#define VERSION "{\"pipster_plan\":1,\"type\":\"version\"}\n"
#define HEAD                                                                             \
    VERSION "{\"type\":\"plan\",\"id\":\"a\",\"environment\":\"e\",\"playbook\":\"p\","  \
            "\"project\":\"p\"}\n"

static void what_makes_no_sense_is_refused(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, true);
    expect_damaged(scene, VERSION, "something is missing");
    expect_damaged(scene, HEAD, "something is missing");
    expect_damaged(scene, VERSION "{\"type\":\"plan\"}\n", "does not say what");
    expect_damaged(scene, HEAD "{\"type\":\"summary\"}\n", "cost");
    expect_damaged(scene, HEAD "{\"type\":\"else\"}\n", "of no kind");
    expect_damaged(scene, HEAD "[]\n", "cut off");
    expect_damaged(scene, HEAD "{\"type\":\"change\"}\n", "what is changed");
    expect_damaged(scene,
                   HEAD "{\"type\":\"change\",\"address\":\"a\",\"resource_type\":\"t\","
                        "\"reason\":\"r\",\"action\":\"explode\"}\n",
                   "no such action");
    expect_damaged(scene,
                   HEAD "{\"type\":\"handler\",\"host\":\"h\",\"name\":\"n\","
                        "\"causes\":[\"x\"]}\n",
                   "a cause that is not in the plan");
    scene_free(scene);
}

static void a_file_is_private_and_replaces_plans_only(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    struct stat status;
    struct planfile read;
    const char *path = scene_path(scene, "a.plan");
    scene_add(scene, "cloud.thing", "a", NULL, "{\"size\": 1}");
    scene_plan(scene);
    struct planfile file = saved_of(scene, true);
    for (int i = 0; i < 2; i++)
        assert_true(planfile_write(path, &file, scene->engine.vault, &scene->fault));
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_true(planfile_read(&scene->arena, path, &read, &scene->fault));
    assert_int_equal(read.change_count, 1);
    FILE *playbook = fopen(scene_path(scene, "playbook.lua"), "w");
    assert_non_null(playbook);
    fputs("-- precious\n", playbook);
    fclose(playbook);
    const char *other[] = {scene_path(scene, "playbook.lua"), scene->folder,
                           scene_path(scene, "nowhere/a.plan")};
    for (size_t i = 0; i < 3; i++)
        assert_false(planfile_write(other[i], &file, scene->engine.vault, &scene->fault));
    assert_int_equal(stat(other[0], &status), 0);
    assert_int_equal(status.st_size, strlen("-- precious\n"));
    assert_false(planfile_read(&scene->arena, other[2], &read, &scene->fault));
    assert_false(planfile_read(&scene->arena, scene->folder, &read, &scene->fault));
    scene_free(scene);
}

static void the_same_world_gives_the_same_file(void **state)
{
    (void) state;
    const char *bytes[2];
    struct scene *scene = scene_new(1, false);
    plan_all(scene);
    for (int i = 0; i < 2; i++) {
        struct planfile file = saved_of(scene, true);
        bytes[i] = saved_text(scene, &file);
        scene_plan(scene);
    }
    assert_string_equal(bytes[0], bytes[1]);
    scene_free(scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_read_is_what_was_written),
        cmocka_unit_test(an_undo_and_a_destroy_say_what_they_are),
        cmocka_unit_test(nothing_secret_and_no_content_is_kept),
        cmocka_unit_test(what_is_cut_or_changed_is_refused),
        cmocka_unit_test(the_version_is_looked_at_first),
        cmocka_unit_test(what_makes_no_sense_is_refused),
        cmocka_unit_test(a_file_is_private_and_replaces_plans_only),
        cmocka_unit_test(the_same_world_gives_the_same_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
