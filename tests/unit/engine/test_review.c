// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/calendar.h"
#include "engine/review.h"

struct world {
    struct arena arena;
    struct rule_figure figures[2];
    struct rule_input input;
    struct record_answer answer;
    struct record_answers answers;
};

static int64_t at(const char *text)
{
    struct calendar_date date;
    assert_true(calendar_parse(text, &date));
    return calendar_ms(date);
}

static int setup(void **state)
{
    static struct world world;
    world = (struct world){
        .figures = {{.name = "drill_days", .unknown = "no backup was restored"},
                    {.name = "monitors", .is_known = true}},
        .answer = {"restore", "yes", 0, 0},
    };
    arena_init(&world.arena, 0);
    world.input = (struct rule_input){
        .now_ms = at("2026-05-01"), .figures = world.figures, .figure_count = 2};
    *state = &world;
    return 0;
}

static int teardown(void **state)
{
    struct world *world = *state;
    arena_clear(&world->arena);
    return 0;
}

static void answer(struct world *world, const char *value, const char *on,
                   const char *until)
{
    world->answer = (struct record_answer){"restore", value, at(on), at(until)};
    world->answers = (struct record_answers){&world->answer, 1};
}

static void figure(struct world *world, int64_t days)
{
    struct rule_figure *figure = &world->figures[0];
    figure->is_known = true;
    figure->value = figure->lowest = figure->highest = days * MONEY_UNIT;
}

static struct review_found look(struct world *world, const char *when, const char *ask)
{
    struct review_line line;
    struct review_found found;
    struct fault fault = {0};
    struct arena *arena = &world->arena;
    const struct value_entry term = {"drill_days", value_text(arena, when)};
    const struct value_entry entries[] = {
        {"ask", ask != NULL ? value_text(arena, ask) : NULL},
        {"text", value_text(arena, "Test backup restoration")},
        {"when", when[0] != '\0' ? value_map(arena, &term, 1) : NULL},
    };
    assert_true(
        review_read(arena, "restore", value_map(arena, entries, 3), &line, &fault));
    review_look(&line, &world->input, &world->answers, arena, &found);
    return found;
}

static void a_figure_decides_where_it_is_known(void **state)
{
    struct world *world = *state;
    figure(world, 92);
    answer(world, "no", "2026-04-01", "2026-07-01");
    struct review_found found = look(world, "<= 92d", "Was it?");
    assert_int_equal(found.truth, RULE_TRUE);
    assert_null(found.answer);
    assert_null(found.next);
    figure(world, 93);
    answer(world, "yes", "2026-04-01", "2026-07-01");
    assert_int_equal(look(world, "<= 92d", "Was it?").truth, RULE_FALSE);
}

static void what_is_not_known_is_asked(void **state)
{
    struct world *world = *state;
    struct review_found found = look(world, "<= 92d", "Was it?");
    assert_int_equal(found.truth, RULE_UNKNOWN);
    assert_string_equal(found.text, "Was it?");
    assert_string_equal(found.next, "pipster review answer restore \"yes\"");
    found = look(world, "<= 92d", NULL);
    assert_int_equal(found.truth, RULE_UNKNOWN);
    assert_non_null(strstr(found.text, "no backup was restored"));
    assert_null(found.next);
}

static void an_answer_counts_until_its_day(void **state)
{
    struct world *world = *state;
    answer(world, "yes", "2026-02-02", "2026-05-02");
    struct review_found found = look(world, "", "Was it?");
    assert_int_equal(found.truth, RULE_TRUE);
    assert_ptr_equal(found.answer, &world->answer);
    assert_string_equal(found.text,
                        "\"yes\", answered on 2026-02-02, counts until 2026-05-02");
    answer(world, "yes", "2026-02-01", "2026-05-01");
    found = look(world, "", "Was it?");
    assert_int_equal(found.truth, RULE_UNKNOWN);
    assert_null(found.answer);
    assert_string_equal(found.text,
                        "Was it? \"yes\", of 2026-02-01, counted until 2026-05-01");
    assert_non_null(found.next);
}

static void no_is_missed_and_a_text_is_met(void **state)
{
    struct world *world = *state;
    answer(world, "no", "2026-04-01", "2026-07-01");
    assert_int_equal(look(world, "", "Was it?").truth, RULE_FALSE);
    answer(world, "by Anna, two findings", "2026-04-01", "2026-07-01");
    assert_int_equal(look(world, "", "Was it?").truth, RULE_TRUE);
}

static void mistakes_are_named(void **state)
{
    static const struct {
        const char *key, *value, *words;
    } cases[] = {
        {"when", "> 5", "must be a table of comparisons"},
        {"txt", "x", "it takes no \"txt\""},
        {"ask", "", "ask = must be a text"},
        {"optional", "yes", "optional = must be true or false"},
    };
    struct world *world = *state;
    struct arena *arena = &world->arena;
    struct review_line line;
    struct fault fault = {0};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct value_entry entry = {cases[i].key,
                                          value_text(arena, cases[i].value)};
        assert_false(review_read(arena, "x", value_map(arena, &entry, 1), &line, &fault));
        assert_non_null(strstr(fault.what, cases[i].words));
    }
    const struct value_entry text = {"text", value_text(arena, "words")};
    assert_false(review_read(arena, "x", value_map(arena, &text, 1), &line, &fault));
    assert_non_null(strstr(fault.what, "nothing says whether it is so"));
    assert_false(review_read(arena, "review", value_map(arena, &text, 1), &line, &fault));
    assert_non_null(strstr(fault.what, "no line can be called"));
}

static void mistakes_in_figures_are_named(void **state)
{
    static const struct {
        const char *figure, *text, *what, *next;
    } cases[] = {
        {"shar", "< 10%", "there is no figure \"shar\"", "did you mean \"share\"?"},
        {"share", "10%", "is no condition", "write a comparison"},
        {"share", "yes", "is a figure, and no answer", "compare it"},
    };
    struct world *world = *state;
    struct arena *arena = &world->arena;
    struct review_line line;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fault fault = {0};
        const struct value_entry term = {cases[i].figure,
                                         value_text(arena, cases[i].text)};
        const struct value_entry entries[] = {{"text", value_text(arena, "words")},
                                              {"when", value_map(arena, &term, 1)}};
        assert_false(
            review_read(arena, "x", value_map(arena, entries, 2), &line, &fault));
        assert_non_null(strstr(fault.what, cases[i].what));
        assert_non_null(strstr(fault.next, cases[i].next));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_figure_decides_where_it_is_known, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(what_is_not_known_is_asked, setup, teardown),
        cmocka_unit_test_setup_teardown(an_answer_counts_until_its_day, setup, teardown),
        cmocka_unit_test_setup_teardown(no_is_missed_and_a_text_is_met, setup, teardown),
        cmocka_unit_test_setup_teardown(mistakes_are_named, setup, teardown),
        cmocka_unit_test_setup_teardown(mistakes_in_figures_are_named, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
