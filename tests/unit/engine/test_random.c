// SPDX-License-Identifier: MIT
//
// Ten thousand random plans: after each the world is as declared, every step came after
// what it needs, and a subset that fails leaves nothing that a second run does not mend.
#include "engine/engine.h"

#include "engine/scene.h"

// The sanitizers look at a tenth of them: they are ten times as slow.
#ifdef __SANITIZE_ADDRESS__
#define SEEDS 50u
#else
#define SEEDS 500u
#endif

static unsigned next_random(unsigned *seed)
{
    *seed = *seed * 1103515245u + 12345u;
    return (*seed >> 16) & 0x7fff;
}

// A world of its own for each seed: things that refer to earlier ones, hosts with files.
static void declare_random(struct scene *scene, unsigned *seed)
{
    size_t hosts = next_random(seed) % 3, things = 1 + next_random(seed) % 8;
    char name[32], host[32], json[256];
    for (size_t i = 0; i < things; i++) {
        snprintf(name, sizeof name, "t%zu", i);
        snprintf(json, sizeof json, "{\"size\": %u, \"zone\": \"%u\"",
                 next_random(seed) % 3, next_random(seed) % 2);
        if (i > 0 && next_random(seed) % 2 == 0)
            snprintf(json + strlen(json), sizeof json - strlen(json),
                     ", \"link\": {\"$reference\": \"cloud.thing/t%zu.ip\"}",
                     (size_t) next_random(seed) % i);
        strcat(json, "}");
        scene_add(scene, "cloud.thing", name, NULL, json);
    }
    for (size_t i = 0; i < hosts; i++) {
        size_t machine = next_random(seed) % things, files = next_random(seed) % 6;
        snprintf(name, sizeof name, "h%zu", i);
        snprintf(host, sizeof host, "host/h%zu", i);
        snprintf(json, sizeof json,
                 "{\"address\": {\"$reference\": \"cloud.thing/t%zu.ip\"},"
                 " \"server_id\": {\"$reference\": \"cloud.thing/t%zu.id\"}}",
                 machine, machine);
        scene_add(scene, "host", name, NULL, json);
        for (size_t k = 0; k < files; k++) {
            snprintf(name, sizeof name, "/f%zu", k);
            snprintf(json, sizeof json,
                     "{\"content\": {\"$template\": [\"%u\","
                     " {\"$reference\": \"cloud.thing/t%zu.ip\"}]}, \"notify\": \"n%u\"}",
                     next_random(seed) % 3, (size_t) next_random(seed) % things,
                     next_random(seed) % 2);
            scene_add(scene, next_random(seed) % 5 == 0 ? "risk" : "file", name, host,
                      json);
        }
    }
    scene_add(scene, "check.ok", "end", NULL, "{}");
}

// Another machine takes what was on the old one with it.
static void lose_hosts(struct scene *scene)
{
    struct fake *fake = &scene->fake;
    for (size_t i = 0; i < scene->plan->change_count; i++) {
        const struct change *change = &scene->plan->changes[i];
        bool on_host = change->host != NULL || strncmp(change->address, "host/", 5) == 0;
        bool may = change->verdict == VERDICT_MAY && change->action == CHANGE_CREATE;
        if (on_host && (may || change->action == CHANGE_FORGET))
            fake_remove(fake, change->address);
    }
}

// Every step came after the steps of all that its plan said it needs.
static void expect_order(struct scene *scene)
{
    static const char *const verbs[] = {"create", "update", "delete", "check"};
    const struct plan *plan = scene->plan;
    long *places = calloc(plan->change_count + 1, sizeof *places);
    for (size_t i = 0; i < plan->change_count; i++) {
        char line[160];
        places[i] = -1;
        for (size_t k = 0; k < 4; k++) {
            snprintf(line, sizeof line, "%s %s", verbs[k], plan->changes[i].address);
            long place = fake_place(&scene->fake, line);
            places[i] = place > places[i] ? place : places[i];
        }
    }
    for (size_t i = 0; i < plan->change_count; i++)
        for (size_t k = 0; k < plan->changes[i].need_count; k++)
            if (places[i] >= 0 && places[i] < places[plan->changes[i].needs[k]])
                fail_msg("%s came before %s", plan->changes[i].address,
                         plan->changes[plan->changes[i].needs[k]].address);
    free(places);
}

static void forget_everything(struct scene *scene)
{
    scene->options.destroy = true;
    scene_run(scene);
    scene->options.destroy = false;
    for (size_t i = 0; i < scene->fake.world.count; i++) {
        const char *address = scene->fake.world.entries[i].key;
        if (strncmp(address, "cloud.", 6) == 0)
            assert_null(scene->fake.world.entries[i].value);
    }
    for (size_t i = 0; i < scene->fake.world.count; i++)
        scene->fake.world.entries[i].value = NULL;
}

static void random_graphs_converge(void **state)
{
    (void) state;
    size_t plans = 0;
    for (unsigned seed = 1; seed <= SEEDS; seed++) {
        struct scene *scene = scene_new(seed, false);
        unsigned random = seed * 7919;
        for (int round = 0; round < 20; round++) {
            scene_restart(scene);
            declare_random(scene, &random);
            scene_plan(scene);
            lose_hosts(scene);
            text_reset(&scene->fake.log);
            if (!scene_try_apply(scene))
                fail_msg("seed %u round %d: %s: %s", seed, round, scene->fault.what,
                         scene->fault.why);
            expect_order(scene);
            scene_expect_empty(scene);
            plans++;
            if (round % 5 == 4)
                forget_everything(scene);
        }
        scene_free(scene);
    }
    assert_int_equal(plans, SEEDS * 20);
}

// The world and the state as text, to be held against another's.
static const char *describe(struct scene *scene)
{
    struct text text;
    struct state_rows rows;
    text_init(&text, 0);
    assert_true(state_load(scene->engine.database, &scene->arena, &rows, &scene->fault));
    for (size_t i = 0; i < scene->set.count; i++) {
        const char *address = scene->set.items[i].address;
        const struct value *there = fake_find(&scene->fake, address);
        const struct record *row = state_find(&rows, address);
        if (there == NULL && row == NULL)
            continue; // a check
        text_format(&text, "%s: %s; %s; %s\n", address,
                    there != NULL ? json_text(&scene->arena, there) : "absent",
                    row != NULL ? json_text(&scene->arena, row->wanted) : "no row",
                    row != NULL ? json_text(&scene->arena, row->attributes) : "");
    }
    text_format(&text, "%zu rows\n", rows.count);
    const char *taken = arena_text(&scene->arena, text.bytes);
    text_clear(&text);
    return taken;
}

// The same declarations as `scene`, with nothing in their way.
static const char *describe_undisturbed(unsigned seed, unsigned random)
{
    struct scene *scene = scene_new(seed + 1000000, false);
    static char kept[1 << 18];
    scene->fake.stable_ids = true;
    declare_random(scene, &random);
    scene_run(scene);
    scene_expect_empty(scene);
    const char *text = describe(scene);
    assert_true(strlen(text) < sizeof kept);
    strcpy(kept, text);
    scene_free(scene);
    return kept;
}

// Setting up a host is done again as a whole when it was cut off; all else is made once.
static void expect_made_once(struct scene *scene, const char *when)
{
    for (size_t i = 0; i < scene->set.count; i++) {
        char line[160];
        snprintf(line, sizeof line, "create %s", scene->set.items[i].address);
        if (!scene->set.items[i].schema->is_host && fake_count(&scene->fake, line) > 1)
            fail_msg("%s: twice: %s", when, line);
    }
}

static void random_faults_converge(void **state)
{
    (void) state;
    size_t failed = 0;
    for (unsigned seed = 1; seed <= SEEDS * 3 / 5; seed++) {
        struct scene *scene = scene_new(seed, false);
        unsigned random = seed * 104729;
        const char *undisturbed = describe_undisturbed(seed, random);
        scene->fake.stable_ids = true;
        declare_random(scene, &random);
        for (size_t i = 0; i < scene->set.count; i++)
            if (next_random(&random) % 4 == 0)
                fake_script(&scene->fake, scene->set.items[i].address,
                            1 + next_random(&random) % 3);
        scene_plan(scene);
        failed += !scene_try_apply(scene);
        for (size_t i = 0; i < scene->set.count; i++)
            fake_script(&scene->fake, scene->set.items[i].address, FAKE_FINE);
        scene_run(scene);
        scene_expect_empty(scene);
        expect_made_once(scene, "after faults");
        assert_string_equal(describe(scene), undisturbed);
        scene_free(scene);
    }
    assert_true(failed > SEEDS * 3 / 10); // most of them were disturbed
}

// What is left out now is done by the next run, which ends as one run would have ended.
static void random_parts_converge(void **state)
{
    (void) state;
    size_t skipped = 0;
    for (unsigned seed = 1; seed <= SEEDS * 2 / 5; seed++) {
        struct scene *scene = scene_new(seed, false);
        unsigned random = seed * 15485863;
        const char *undisturbed = describe_undisturbed(seed, random);
        const char *except[3];
        scene->fake.stable_ids = true;
        declare_random(scene, &random);
        for (size_t i = 0; i < 3; i++)
            except[i] = scene->set.items[next_random(&random) % scene->set.count].address;
        scene->options.except = except;
        scene->options.except_count = 3;
        scene_run(scene);
        skipped += scene->plan->skipped_count;
        scene->options.except_count = 0;
        scene_run(scene);
        scene_expect_empty(scene);
        expect_made_once(scene, "in parts");
        assert_string_equal(describe(scene), undisturbed);
        scene_free(scene);
    }
    assert_true(skipped > SEEDS * 4 / 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_graphs_converge),
        cmocka_unit_test(random_faults_converge),
        cmocka_unit_test(random_parts_converge),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
