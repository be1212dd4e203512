// SPDX-License-Identifier: MIT
#include "view/history_view.h"

#include "base/clock.h"
#include "view/json_view.h"
#include "view/step_view.h"

static const struct value *text_or_null(struct arena *arena, const char *text)
{
    return text != NULL ? value_text(arena, text) : NULL;
}

static const struct value *time_or_null(struct arena *arena, int64_t unix_ms)
{
    char when[CLOCK_TEXT_SIZE];
    return unix_ms > 0 ? value_text(arena, clock_format(unix_ms, when)) : NULL;
}

static void print_run(FILE *stream, const struct record_run *run)
{
    struct arena arena;
    arena_init(&arena, 0);
    const struct value_entry entries[] = {
        {"run", value_integer(&arena, run->id)},
        {"verb", value_text(&arena, run->verb)},
        {"playbook", text_or_null(&arena, run->playbook)},
        {"who", text_or_null(&arena, run->who)},
        {"outcome", value_text(&arena, run->outcome)},
        {"begun_at", time_or_null(&arena, run->begun_at_ms)},
        {"ended_at", time_or_null(&arena, run->ended_at_ms)},
        {"cost_before", text_or_null(&arena, run->cost_before)},
        {"cost_after", text_or_null(&arena, run->cost_after)},
        {"summary", run->summary},
        {"plan", text_or_null(&arena, run->plan)},
        {"options", run->options},
    };
    json_view_line(stream, "run",
                   value_map(&arena, entries, sizeof entries / sizeof *entries));
    arena_clear(&arena);
}

static const struct value *shown(struct arena *arena, const struct step_field *field,
                                 const struct value *value)
{
    if (value == NULL)
        return value_null();
    return field->secret ? value_text(arena, "(secret)") : value;
}

static const struct value *fields_of(struct arena *arena, const struct record_step *step)
{
    size_t count = 0;
    const struct step_field *fields = step_view_fields(arena, step, &count);
    const struct value **items = arena_alloc(arena, (count + 1) * sizeof *items);
    for (size_t i = 0; i < count; i++) {
        const struct value_entry entries[] = {
            {"name", value_text(arena, fields[i].name)},
            {"before", shown(arena, &fields[i], fields[i].before)},
            {"after", shown(arena, &fields[i], fields[i].after)},
        };
        items[i] = value_map(arena, entries, 3);
    }
    return count > 0 ? value_list(arena, items, count) : NULL;
}

static void print_step(FILE *stream, const struct record_step *step)
{
    struct arena arena;
    arena_init(&arena, 0);
    const struct value_entry entries[] = {
        {"run", value_integer(&arena, step->run)},
        {"address", value_text(&arena, step->address)},
        {"resource_type", value_text(&arena, step->type)},
        {"host", text_or_null(&arena, step->host)},
        {"action", value_text(&arena, step->action)},
        {"outcome", value_text(&arena, step_view_outcome(step->outcome))},
        {"failure", text_or_null(&arena, step->failure)},
        {"begun_at", time_or_null(&arena, step->begun_at_ms)},
        {"ms", step->ended_at_ms > 0
                   ? value_integer(&arena, step->ended_at_ms - step->begun_at_ms)
                   : NULL},
        {"fields", fields_of(&arena, step)},
        {"price", text_or_null(&arena, step->price)},
    };
    json_view_line(stream, "step",
                   value_map(&arena, entries, sizeof entries / sizeof *entries));
    arena_clear(&arena);
}

static void print_owed(FILE *stream, const struct record_handler *handler)
{
    struct arena arena;
    arena_init(&arena, 0);
    const struct value_entry entries[] = {
        {"host", value_text(&arena, handler->host)},
        {"name", value_text(&arena, handler->name)},
        {"cause", value_text(&arena, handler->cause)},
        {"run", value_integer(&arena, handler->run)},
    };
    json_view_line(stream, "owed_handler", value_map(&arena, entries, 4));
    arena_clear(&arena);
}

static void print_measured(FILE *stream, const struct record_measurement *measured)
{
    struct arena arena;
    arena_init(&arena, 0);
    const struct value_entry entries[] = {
        {"run", value_integer(&arena, measured->run)},
        {"address", value_text(&arena, measured->address)},
        {"name", value_text(&arena, measured->name)},
        {"value", value_number(&arena, measured->value)},
        {"unit", text_or_null(&arena, measured->unit)},
        {"at", time_or_null(&arena, measured->at_ms)},
    };
    json_view_line(stream, "measurement",
                   value_map(&arena, entries, sizeof entries / sizeof *entries));
    arena_clear(&arena);
}

void history_view_json_runs(FILE *stream, const struct record_run *runs, size_t count)
{
    for (size_t i = 0; i < count; i++)
        print_run(stream, &runs[i]);
}

void history_view_json_run(FILE *stream, const struct history_run *whole)
{
    print_run(stream, whole->run);
    for (size_t i = 0; i < whole->step_count; i++)
        print_step(stream, &whole->steps[i]);
    for (size_t i = 0; i < whole->owed_count; i++)
        print_owed(stream, &whole->owed[i]);
    for (size_t i = 0; i < whole->measured.count; i++)
        print_measured(stream, &whole->measured.rows[i]);
}
