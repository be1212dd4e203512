// SPDX-License-Identifier: MIT
#include "view/baseline_view.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "view/json_view.h"
#include "view/time_view.h"

char *baseline_view_figure(double value, char buffer[BASELINE_VIEW_SIZE])
{
    double size = fabs(value);
    snprintf(buffer, BASELINE_VIEW_SIZE, size >= 100 ? "%.0f" : "%.3g", value);
    return buffer;
}

#define UNIT_COLUMNS 11

// Of one name: the newest, and the one before or NULL.
struct pair {
    const struct record_measurement *now, *before;
};

static bool texts_equal(const char *left, const char *right)
{
    return strcmp(left, right) == 0;
}

static struct pair take_pair(const struct record_measurements *measured, size_t *at)
{
    const struct record_measurement *rows = measured->rows;
    struct pair pair = {&rows[(*at)++], NULL};
    while (*at < measured->count && texts_equal(rows[*at].address, pair.now->address) &&
           texts_equal(rows[*at].name, pair.now->name)) {
        pair.before = pair.before != NULL ? pair.before : &rows[*at];
        (*at)++;
    }
    return pair;
}

// Per cent, of which two digits say enough; of nothing no change has a number.
static bool find_change(const struct pair *pair, double *change)
{
    if (pair->before == NULL || pair->before->value == 0)
        return false;
    double share = (pair->now->value - pair->before->value) / fabs(pair->before->value);
    *change = round(share * 10000) / 100;
    return true;
}

static void print_when(const struct terminal *terminal, const struct pair *pair)
{
    char ago[TIME_VIEW_SIZE];
    terminal_print(terminal, TERMINAL_BOLD, "%s", pair->now->address);
    terminal_print(terminal, TERMINAL_DIM, "  %s",
                   time_view_ago(pair->now->at_ms, clock_now_ms(), ago));
    if (pair->before != NULL)
        terminal_print(terminal, TERMINAL_DIM, ", the time before %s",
                       time_view_ago(pair->before->at_ms, clock_now_ms(), ago));
    terminal_print(terminal, TERMINAL_PLAIN, "\n");
}

static void print_pair(const struct terminal *terminal, const struct pair *pair)
{
    char now[BASELINE_VIEW_SIZE], before[BASELINE_VIEW_SIZE] = "";
    double change = 0;
    const char *unit = pair->now->unit != NULL ? pair->now->unit : "";
    if (pair->before != NULL)
        baseline_view_figure(pair->before->value, before);
    terminal_print(terminal, TERMINAL_PLAIN, "  %-14s %10s %s", pair->now->name,
                   baseline_view_figure(pair->now->value, now), unit);
    if (pair->before != NULL)
        terminal_print(terminal, TERMINAL_DIM, "%*s",
                       UNIT_COLUMNS + 10 - (int) terminal_columns(unit), before);
    if (find_change(pair, &change))
        terminal_print(terminal, change == 0 ? TERMINAL_DIM : TERMINAL_PLAIN,
                       "  %+.0f %%", change);
    terminal_print(terminal, TERMINAL_PLAIN, "\n");
}

void baseline_view_print(const struct terminal *terminal,
                         const struct record_measurements *measured)
{
    const char *address = "";
    for (size_t at = 0; at < measured->count;) {
        const struct pair pair = take_pair(measured, &at);
        if (!texts_equal(address, pair.now->address))
            print_when(terminal, &pair);
        address = pair.now->address;
        print_pair(terminal, &pair);
    }
}

static const struct value *time_value(struct arena *arena, int64_t at_ms)
{
    char when[CLOCK_TEXT_SIZE];
    return value_text(arena, clock_format(at_ms, when));
}

void baseline_view_json(FILE *stream, const struct record_measurements *measured)
{
    for (size_t at = 0; at < measured->count;) {
        const struct pair pair = take_pair(measured, &at);
        const struct record_measurement *now = pair.now, *before = pair.before;
        struct arena arena;
        double change = 0;
        arena_init(&arena, 0);
        bool changed = find_change(&pair, &change);
        const struct value_entry entries[] = {
            {"address", value_text(&arena, now->address)},
            {"name", value_text(&arena, now->name)},
            {"unit", now->unit != NULL ? value_text(&arena, now->unit) : NULL},
            {"value", value_number(&arena, now->value)},
            {"at", time_value(&arena, now->at_ms)},
            {"run", value_integer(&arena, now->run)},
            {"before", before != NULL ? value_number(&arena, before->value) : NULL},
            {"before_at", before != NULL ? time_value(&arena, before->at_ms) : NULL},
            {"before_run", before != NULL ? value_integer(&arena, before->run) : NULL},
            {"change_percent", changed ? value_number(&arena, change) : NULL},
        };
        json_view_line(stream, "baseline",
                       value_map(&arena, entries, sizeof entries / sizeof *entries));
        arena_clear(&arena);
    }
}
