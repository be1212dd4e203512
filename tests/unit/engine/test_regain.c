// SPDX-License-Identifier: MIT
#include "engine/regain.h"

#include "engine/scene.h"

static const struct value *secret(struct arena *arena, const char *name)
{
    return value_reference(arena, arena_format(arena, "secret/%s", name), "value", true);
}

struct lay {
    const char *what;
    const struct value *parts[6];
    size_t count;
    const char *text;
    bool fits;
    const char *a, *b; // of secret/a and secret/b
};

static void check(struct scene *scene, const struct lay *lay)
{
    struct map found;
    map_init(&found);
    const struct value *pattern =
        lay->count == 1 ? lay->parts[0]
                        : value_template(&scene->arena, lay->parts, lay->count);
    if (regain_match(scene->plan, pattern, lay->text, &found) != lay->fits)
        fail_msg("%s", lay->what);
    const char *names[] = {"secret/a", "secret/b"}, *wanted[] = {lay->a, lay->b};
    for (size_t i = 0; lay->fits && i < 2; i++) {
        const struct value *value = map_find(&found, names[i]);
        if (wanted[i] == NULL)
            assert_null(value);
        else
            assert_string_equal(value->secret.bytes, wanted[i]);
    }
    map_clear(&found);
}

static void what_is_declared_is_laid_over_what_stands_there(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, true);
    struct arena *arena = &scene->arena;
    const struct value *a = secret(arena, "a"), *b = secret(arena, "b");
    const struct value *eq = value_text(arena, "A="), *line = value_text(arena, "\n"),
                       *and = value_text(arena, "\nB="), *x = value_text(arena, "x"),
                       *other = value_reference(arena, "thing/none", "id", false);
    const struct lay lays[] = {
        {"all of it", {a}, 1, "abc123", true, "abc123", NULL},
        {"nothing there", {a}, 1, "", false, NULL, NULL},
        {"in a text", {eq, a, line}, 3, "A=abc\n", true, "abc", NULL},
        {"two of them", {eq, a, and, b, line}, 5, "A=1\nB=2\n", true, "1", "2"},
        {"the last stands at the end", {a, x}, 2, "axbx", true, "axb", NULL},
        {"twice the same", {a, and, a}, 3, "q\nB=q", true, "q", NULL},
        {"twice, and not the same", {a, and, a}, 3, "q\nB=r", false, NULL, NULL},
        {"nothing between them", {a, b}, 2, "abc", false, NULL, NULL},
        {"another text", {eq, a, line}, 3, "C=abc\n", false, NULL, NULL},
        {"more than that", {eq, a, and}, 3, "A=abc\nB=rest", false, NULL, NULL},
        {"no secret", {eq}, 1, "A=", true, NULL, NULL},
        {"something unknown", {a, x, other}, 3, "axb", false, NULL, NULL},
    };
    assert_true(
        engine_plan(&scene->engine, &scene->set, NULL, &scene->plan, &scene->fault));
    for (size_t i = 0; i < sizeof lays / sizeof *lays; i++)
        check(scene, &lays[i]);
    scene_free(scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_declared_is_laid_over_what_stands_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
