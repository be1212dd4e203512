// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "view/plot.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "value/money.h"
#include "view/plot_axis.h"

#define EURO(amount) ((int64_t) ((amount) *100) * (MONEY_UNIT / 100))

static const char *const months[] = {"2027-01", "2027-02", "2027-03",
                                     "2027-04", "2027-05", "2027-06"};
static const int64_t revenue[] = {EURO(300), EURO(400),  EURO(600),
                                  EURO(900), EURO(1300), EURO(1800)};
static const int64_t cost[] = {EURO(4.97),  PLOT_UNKNOWN, EURO(27.75),
                               EURO(27.75), EURO(27.75),  EURO(27.75)};
static const struct plot_line incomes[] = {{"revenue", revenue}};
static const struct plot_line costs[] = {{"cost", cost}, {"as it is", cost}};
static const struct plot_panel panels[] = {{"Revenue a month", "€", incomes, 1},
                                           {"Cost a month", "€", costs, 2}};
static const struct plot_mark marks[] = {
    {2, "rule \"grow\" opens: <phase 2> & more"},
    {2, "rule \"second\""},
    {4, "a text that is much too long for its line, for it goes on and on, as texts do "
        "that nobody has shortened"}};

static void draw(const struct plot *plot, struct text *out)
{
    text_init(out, 0);
    plot_write(out, plot);
    assert_false(out->overflow);
}

static size_t count(const char *text, const char *words)
{
    size_t times = 0;
    for (const char *at = text; (at = strstr(at, words)) != NULL; at++)
        times++;
    return times;
}

static struct plot example(void)
{
    return (struct plot){.id = "future",
                         .title = "Cost & revenue",
                         .description = "Six months.",
                         .labels = months,
                         .count = 6,
                         .panels = panels,
                         .panel_count = 2,
                         .marks = marks,
                         .mark_count = 3};
}

static void lines_marks_and_months_are_drawn(void **state)
{
    struct plot plot = example();
    struct text out;
    (void) state;
    draw(&plot, &out);
    const char *svg = out.bytes;
    // Revenue from 300 to 1800 on an axis of 0 to 2,000 that is 150 pixels high.
    assert_non_null(strstr(svg, "d=\"M68 228L192 220L316 205L441 183L565 153L690 115\""));
    assert_non_null(strstr(svg, ">2,000 €</text>"));
    assert_non_null(strstr(svg, ">30 €</text>"));
    // What nobody knows is a gap, and has no dot.
    assert_int_equal(count(svg, "<title>2027-02: revenue 400 €</title>"), 1);
    assert_int_equal(count(svg, "<title>2027-02: cost"), 0);
    assert_int_equal(count(svg, "<title>2027-03: cost 27.75 €</title>"), 1);
    assert_non_null(strstr(svg, "M316 302L441 302"));
    // Two marks of one month stand above each other.
    assert_non_null(strstr(svg, "cx=\"316\" cy=\"44\" r=\"8\""));
    assert_non_null(strstr(svg, "cx=\"316\" cy=\"64\" r=\"8\""));
    assert_non_null(strstr(svg, "cx=\"565\" cy=\"44\" r=\"8\""));
    assert_non_null(strstr(svg,
                           "1  2027-03  rule &quot;grow&quot; opens: &lt;phase 2&gt; "
                           "&amp; more</text>"));
    assert_non_null(strstr(svg, "texts do that nobody ha…</text>"));
    assert_non_null(strstr(svg, "<title id=\"future-title\">Cost &amp; revenue</title>"));
    assert_non_null(strstr(svg, "prefers-color-scheme:dark"));
    assert_null(strstr(svg, "<script"));
    text_clear(&out);
}

static void one_month_and_none_are_drawn_too(void **state)
{
    struct plot plot = example();
    struct text out;
    (void) state;
    plot.mark_count = 0;
    plot.count = 1;
    draw(&plot, &out);
    assert_non_null(strstr(out.bytes, "2027-01"));
    text_clear(&out);
    plot.count = 0;
    draw(&plot, &out);
    assert_non_null(strstr(out.bytes, "</svg>"));
    text_clear(&out);
}

static void more_marks_than_fit_are_left_out(void **state)
{
    struct plot_mark many[PLOT_MARKS + 5];
    struct plot plot = example();
    struct text out;
    (void) state;
    for (size_t i = 0; i < PLOT_MARKS + 5; i++)
        many[i] = (struct plot_mark){i / 8, "rule"};
    plot.marks = many;
    plot.mark_count = PLOT_MARKS + 5;
    draw(&plot, &out);
    assert_int_equal(count(out.bytes, "r=\"8\""), PLOT_MARKS);
    text_clear(&out);
}

static void ticks_are_round(void **state)
{
    static const struct {
        int64_t least, most, low, high, step;
    } cases[] = {
        {0, EURO(27.75), 0, EURO(30), EURO(10)},
        {0, EURO(1800), 0, EURO(2000), EURO(500)},
        {0, EURO(3), 0, EURO(3), EURO(1)},
        {0, EURO(0.04), 0, EURO(0.04), EURO(0.01)},
        {0, 0, 0, EURO(1), EURO(0.2)},
        {EURO(-5), EURO(20), EURO(-5), EURO(20), EURO(5)},
        {EURO(-3), EURO(-1), EURO(-3), 0, EURO(1)},
    };
    (void) state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct plot_axis axis;
        plot_axis_fit(cases[i].least, cases[i].most, &axis);
        assert_int_equal(axis.step, cases[i].step);
        assert_int_equal(axis.low, cases[i].low);
        assert_int_equal(axis.high, cases[i].high);
    }
    struct plot_axis widest;
    plot_axis_fit(INT64_MIN + 1, INT64_MAX, &widest);
    assert_true(widest.high > widest.low && widest.step > 0);
}

static void numbers_are_short(void **state)
{
    char text[PLOT_AXIS_TEXT_SIZE];
    (void) state;
    assert_string_equal(plot_axis_format(EURO(1234567), text), "1,234,567");
    assert_string_equal(plot_axis_format(EURO(-1234.5), text), "-1,234.5");
    assert_string_equal(plot_axis_format(EURO(999), text), "999");
    assert_string_equal(plot_axis_format(EURO(12.34) + 1, text), "12.34");
    assert_string_equal(plot_axis_format(0, text), "0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_marks_and_months_are_drawn),
        cmocka_unit_test(one_month_and_none_are_drawn_too),
        cmocka_unit_test(more_marks_than_fit_are_left_out),
        cmocka_unit_test(ticks_are_round),
        cmocka_unit_test(numbers_are_short),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
