// SPDX-License-Identifier: MIT
#include "view/history_view.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "value/money.h"
#include "view/baseline_view.h"
#include "view/step_view.h"
#include "view/time_view.h"
#include "view/diff_view.h"
#include "view/value_view.h"

static enum terminal_style style_of(const char *outcome)
{
    if (strcmp(outcome, "done") == 0)
        return TERMINAL_GREEN;
    return strcmp(outcome, "running") == 0 ? TERMINAL_CYAN : TERMINAL_RED;
}

static const char *what_of(struct arena *arena, const struct record_run *run)
{
    return run->playbook != NULL ? arena_format(arena, "%s %s", run->verb, run->playbook)
                                 : run->verb;
}

static void add_count(struct text *text, const struct value *summary, const char *key,
                      const char *words)
{
    int64_t count = value_find_integer(summary, key, 0);
    if (count > 0)
        text_format(text, "%s%" PRId64 " %s", text->length > 0 ? ", " : "", count, words);
}

static void add_counts(struct text *text, const struct value *summary)
{
    int64_t passed = value_find_integer(summary, "checks_passed", 0);
    int64_t checks = passed + value_find_integer(summary, "checks_failed", 0);
    add_count(text, summary, "done", "done");
    add_count(text, summary, "failed", "failed");
    add_count(text, summary, "skipped", "skipped");
    if (checks > 0)
        text_format(text, "%s%" PRId64 " of %" PRId64 " checks passed",
                    text->length > 0 ? ", " : "", passed, checks);
    add_count(text, summary, "checks_warned", "with a warning");
}

// "0.00 → 5.99 €/month", "5.99 €/month", or nothing where nothing costs anything.
static void add_cost(struct text *text, const struct record_run *run)
{
    struct money before, after;
    struct fault ignored;
    char one[MONEY_TEXT_SIZE], other[MONEY_TEXT_SIZE];
    if (run->cost_before == NULL || run->cost_after == NULL ||
        !money_parse_budget(run->cost_before, &before, &ignored) ||
        !money_parse_budget(run->cost_after, &after, &ignored) ||
        (before.units == 0 && after.units == 0))
        return;
    money_format(before, one);
    one[strcspn(one, " ")] = '\0';
    text_format(text, "%s", text->length > 0 ? "; " : "");
    if (before.units != after.units)
        text_format(text, "%s → ", one);
    text_format(text, "%s/month", money_format(after, other));
}

// How it was asked for, as far as it is worth telling.
static void add_notes(struct text *text, const struct record_run *run)
{
    int64_t undoes = value_find_integer(run->options, "undoes", 0);
    const char *reason = value_find_text(run->options, "override", NULL);
    if (undoes > 0)
        text_format(text, "%sundoes run %" PRId64, text->length > 0 ? "; " : "", undoes);
    const struct value *command = value_find_path(run->options, "command.0");
    if (command != NULL && command->kind == VALUE_STRING)
        text_format(text, "%s%s", text->length > 0 ? "; " : "", command->string.bytes);
    if (run->plan != NULL)
        text_format(text, "%splan %s", text->length > 0 ? "; " : "", run->plan);
    if (reason != NULL)
        text_format(text, "%soverride: %s", text->length > 0 ? "; " : "", reason);
}

static void print_run_line(const struct terminal *terminal, struct arena *arena,
                           const struct record_run *run, int width)
{
    char when[TIME_VIEW_SIZE], ago[TIME_VIEW_SIZE];
    struct text text;
    text_init(&text, 0);
    terminal_print(terminal, TERMINAL_BOLD, "%5" PRId64, run->id);
    terminal_print(terminal, TERMINAL_PLAIN, "  %s",
                   time_view_local(run->begun_at_ms, when));
    terminal_print(terminal, TERMINAL_DIM, "  %-15s",
                   time_view_ago(run->begun_at_ms, clock_now_ms(), ago));
    terminal_print(terminal, TERMINAL_PLAIN, "  %-*s", width, what_of(arena, run));
    terminal_print(terminal, style_of(run->outcome), "  %-11s", run->outcome);
    add_counts(&text, run->summary);
    add_cost(&text, run);
    add_notes(&text, run);
    if (text.length > 0)
        terminal_print(terminal, TERMINAL_PLAIN, "  %s", text.bytes);
    if (run->who != NULL)
        terminal_print(terminal, TERMINAL_DIM, "  %s", run->who);
    terminal_print(terminal, TERMINAL_PLAIN, "\n");
    text_clear(&text);
}

void history_view_runs(const struct terminal *terminal, const struct record_run *runs,
                       size_t count)
{
    struct arena arena;
    size_t width = 0;
    arena_init(&arena, 0);
    for (size_t i = 0; i < count; i++) {
        size_t length = strlen(what_of(&arena, &runs[i]));
        width = length > width ? length : width;
    }
    for (size_t i = 0; i < count; i++)
        print_run_line(terminal, &arena, &runs[i], (int) width);
    arena_clear(&arena);
}

static void print_list(const struct terminal *terminal, const struct value *options,
                       const char *name)
{
    const struct value *list = value_find(options, name);
    for (size_t i = 0; list != NULL && list->kind == VALUE_LIST && i < list->list.count;
         i++)
        if (list->list.items[i]->kind == VALUE_STRING)
            terminal_print(terminal, TERMINAL_DIM, "%s%s", i > 0 ? ", " : "",
                           list->list.items[i]->string.bytes);
}

static void print_options(const struct terminal *terminal, const struct value *options)
{
    static const char *const names[] = {"only", "except", "allow_destroy", "hosts",
                                        "command"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (value_find(options, names[i]) == NULL)
            continue;
        terminal_print(terminal, TERMINAL_DIM, "  %s: ", names[i]);
        print_list(terminal, options, names[i]);
        terminal_print(terminal, TERMINAL_PLAIN, "\n");
    }
}

static void print_head(const struct terminal *terminal, const struct record_run *run)
{
    char when[TIME_VIEW_SIZE], ago[TIME_VIEW_SIZE], span[TIME_VIEW_SIZE];
    struct text text;
    text_init(&text, 0);
    terminal_print(terminal, TERMINAL_BOLD, "Run %" PRId64, run->id);
    terminal_print(terminal, TERMINAL_PLAIN, ": %s%s%s%s%s\n", run->verb,
                   run->playbook != NULL ? " of " : "",
                   run->playbook != NULL ? run->playbook : "",
                   run->who != NULL ? " by " : "", run->who != NULL ? run->who : "");
    terminal_print(terminal, TERMINAL_DIM, "  %s (%s)",
                   time_view_local(run->begun_at_ms, when),
                   time_view_ago(run->begun_at_ms, clock_now_ms(), ago));
    if (run->ended_at_ms > 0)
        terminal_print(terminal, TERMINAL_DIM, ", for %s",
                       time_view_span(run->ended_at_ms - run->begun_at_ms, span));
    terminal_print(terminal, style_of(run->outcome), ": %s\n", run->outcome);
    add_counts(&text, run->summary);
    add_cost(&text, run);
    add_notes(&text, run);
    if (text.length > 0)
        terminal_print(terminal, TERMINAL_PLAIN, "  %s\n", text.bytes);
    print_options(terminal, run->options);
    text_clear(&text);
}

static void print_field(const struct terminal *terminal, const struct step_field *field,
                        bool creates)
{
    struct text text;
    text_init(&text, 0);
    bool block = !field->secret && value_view_is_block(field->after);
    if (block) {
        const char *before =
            value_view_is_block(field->before) ? field->before->string.bytes : "";
        diff_view_write(&text, before, field->after->string.bytes, 8);
        terminal_print(terminal, TERMINAL_PLAIN, "      %s\n%s", field->name, text.bytes);
        text_clear(&text);
        return;
    }
    text_format(&text, "      %-14s ", field->name);
    if (!creates) {
        if (field->secret && field->before != NULL)
            text_add(&text, "(secret)");
        else
            value_view_write(&text, field->before);
        text_add(&text, " → ");
    }
    if (field->secret && field->after != NULL)
        text_add(&text, "(secret)");
    else
        value_view_write(&text, field->after);
    terminal_print(terminal, TERMINAL_PLAIN, "%s\n", text.bytes);
    text_clear(&text);
}

static void print_step(const struct terminal *terminal, struct arena *arena,
                       const struct record_step *step)
{
    enum terminal_style style;
    char span[TIME_VIEW_SIZE];
    size_t count = 0;
    const char *sign = step_view_sign(step->action, &style);
    bool done = step->outcome == RECORD_DONE;
    terminal_print(terminal, style, "%s %s", sign, step->address);
    terminal_print(terminal, done ? TERMINAL_DIM : TERMINAL_RED, "  %s",
                   step_view_outcome(step->outcome));
    if (step->ended_at_ms - step->begun_at_ms >= 100)
        terminal_print(terminal, TERMINAL_DIM, " in %s",
                       time_view_span(step->ended_at_ms - step->begun_at_ms, span));
    terminal_print(terminal, TERMINAL_PLAIN, "\n");
    if (step->failure != NULL)
        terminal_print(terminal, TERMINAL_RED, "      %s\n", step->failure);
    const struct step_field *fields = step_view_fields(arena, step, &count);
    for (size_t i = 0; i < count; i++)
        print_field(terminal, &fields[i], step->before == NULL);
}

static const struct value *item_of(const struct value *summary, const char *name,
                                   size_t index)
{
    const struct value *list = value_find(summary, name);
    bool there = list != NULL && list->kind == VALUE_LIST && index < list->list.count;
    return there ? list->list.items[index] : NULL;
}

static void print_warnings(const struct terminal *terminal, const struct value *check)
{
    const struct value *warning;
    for (size_t i = 0; (warning = item_of(check, "warnings", i)) != NULL; i++)
        if (warning->kind == VALUE_STRING)
            terminal_print(terminal, TERMINAL_YELLOW, "      %s\n",
                           warning->string.bytes);
}

static bool is_same_figure(const struct record_measurement *one,
                           const struct record_measurement *other)
{
    return strcmp(one->address, other->address) == 0 &&
           strcmp(one->name, other->name) == 0;
}

static void print_figure(const struct terminal *terminal,
                         const struct record_measurement *row)
{
    char figure[BASELINE_VIEW_SIZE];
    terminal_print(terminal, TERMINAL_DIM, "%s%s%s",
                   baseline_view_figure(row->value, figure), row->unit != NULL ? " " : "",
                   row->unit != NULL ? row->unit : "");
}

// What was sampled often is one line: how often, from what to what, and the newest.
static void print_sampled(const struct terminal *terminal,
                          const struct record_measurements *measured, size_t first)
{
    const struct record_measurement *rows = measured->rows, *row = &rows[first];
    const struct record_measurement *low = row, *high = row, *last = row;
    char figure[BASELINE_VIEW_SIZE];
    size_t count = 0;
    for (size_t i = first; i < measured->count; i++) {
        if (!is_same_figure(&rows[i], row))
            continue;
        low = rows[i].value < low->value ? &rows[i] : low;
        high = rows[i].value > high->value ? &rows[i] : high;
        last = rows[i].at_ms >= last->at_ms ? &rows[i] : last;
        count++;
    }
    terminal_print(terminal, TERMINAL_DIM, "      %s ", row->name);
    if (count > 1) {
        terminal_print(terminal, TERMINAL_DIM, "%zu times, %s to ", count,
                       baseline_view_figure(low->value, figure));
        print_figure(terminal, high);
        terminal_print(terminal, TERMINAL_DIM, ", last ");
    }
    print_figure(terminal, last);
    terminal_print(terminal, TERMINAL_DIM, "\n");
}

static void print_measured(const struct terminal *terminal,
                           const struct history_run *whole, const char *address)
{
    const struct record_measurement *rows = whole->measured.rows;
    for (size_t i = 0; i < whole->measured.count; i++) {
        if (strcmp(rows[i].address, address) != 0)
            continue;
        size_t earlier = i;
        while (earlier > 0 && !is_same_figure(&rows[earlier - 1], &rows[i]))
            earlier--;
        if (earlier == 0)
            print_sampled(terminal, &whole->measured, i);
    }
}

static const char *passed_words(struct arena *arena, const struct value *check)
{
    const char *note = value_find_text(check, "note", NULL);
    return note != NULL ? arena_format(arena, "passed, %s", note) : "passed";
}

static void print_ends(const struct terminal *terminal, struct arena *arena,
                       const struct history_run *whole)
{
    const struct value *summary = whole->run->summary, *item;
    for (size_t i = 0; (item = item_of(summary, "handlers", i)) != NULL; i++) {
        bool ran = value_find_bool(item, "ran", false);
        terminal_print(terminal, TERMINAL_YELLOW, "  ! %s on %s",
                       value_find_text(item, "name", ""),
                       value_find_text(item, "host", ""));
        terminal_print(terminal, ran ? TERMINAL_DIM : TERMINAL_RED, "  %s\n",
                       ran ? "ran" : "failed");
    }
    for (size_t i = 0; i < whole->owed_count; i++)
        terminal_print(terminal, TERMINAL_RED, "  ! %s on %s  still owed\n",
                       whole->owed[i].name, whole->owed[i].host);
    for (size_t i = 0; (item = item_of(summary, "checks", i)) != NULL; i++) {
        bool passed = value_find_bool(item, "passed", false);
        terminal_print(terminal, TERMINAL_CYAN, "  ? %s",
                       value_find_text(item, "address", ""));
        terminal_print(terminal, passed ? TERMINAL_DIM : TERMINAL_RED, "  %s\n",
                       passed ? passed_words(arena, item)
                              : value_find_text(item, "failure", "failed"));
        print_warnings(terminal, item);
        print_measured(terminal, whole, value_find_text(item, "address", ""));
    }
}

void history_view_run(const struct terminal *terminal, const struct history_run *whole)
{
    struct arena arena;
    arena_init(&arena, 0);
    print_head(terminal, whole->run);
    terminal_print(terminal, TERMINAL_PLAIN, "\n");
    for (size_t i = 0; i < whole->step_count; i++)
        print_step(terminal, &arena, &whole->steps[i]);
    print_ends(terminal, &arena, whole);
    arena_clear(&arena);
}
