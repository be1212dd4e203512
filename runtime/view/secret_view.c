// SPDX-License-Identifier: MIT
#include "view/secret_view.h"

#include "base/clock.h"
#include "base/duration.h"
#include "base/redact.h"
#include "value/json.h"

#define DATE_LENGTH 10

static void print_age(const struct terminal *terminal, const struct secret_view *secret)
{
    char when[CLOCK_TEXT_SIZE], age[DURATION_TEXT_SIZE];
    if (secret->made_at_ms > 0)
        terminal_print(terminal, TERMINAL_DIM, ", made %.*s, %s ago", DATE_LENGTH,
                       clock_format(secret->made_at_ms, when),
                       duration_format(secret->age_ms, age));
    if (secret->rotate_every)
        terminal_print(terminal, TERMINAL_DIM, ", to be rotated every %s",
                       secret->rotate_every);
}

void secret_view_print(const struct terminal *terminal, const struct secret_view *secret)
{
    terminal_print(terminal, TERMINAL_BOLD, "%s", secret->name);
    terminal_print(terminal, TERMINAL_PLAIN, "  %s, %zu bytes", secret->source,
                   secret->length);
    print_age(terminal, secret);
    if (secret->rotation_asked)
        terminal_print(terminal, TERMINAL_CYAN, "  rotated by the next run");
    else if (secret->overdue)
        terminal_print(terminal, TERMINAL_YELLOW, "  overdue");
    if (!secret->declared)
        terminal_print(terminal, TERMINAL_YELLOW, "  not declared yet");
    terminal_print(terminal, TERMINAL_PLAIN, "\n");
    for (size_t i = 0; i < secret->used_by_count; i++)
        terminal_print(terminal, TERMINAL_PLAIN, "    %s\n", secret->used_by[i]);
}

static const struct value *texts(struct arena *arena, const char **items, size_t count)
{
    const struct value **values = arena_alloc(arena, (count + 1) * sizeof *values);
    for (size_t i = 0; i < count; i++)
        values[i] = value_text(arena, items[i]);
    return value_list(arena, values, count);
}

void secret_view_json(FILE *stream, const struct secret_view *secret)
{
    struct arena arena;
    struct text out;
    char when[CLOCK_TEXT_SIZE];
    arena_init(&arena, 0);
    text_init(&out, 0);
    bool known = secret->made_at_ms > 0;
    struct value_entry entries[] = {
        {"type", value_text(&arena, "secret")},
        {"name", value_text(&arena, secret->name)},
        {"source", value_text(&arena, secret->source)},
        {"length", value_integer(&arena, (int64_t) secret->length)},
        {"made_at",
         known ? value_text(&arena, clock_format(secret->made_at_ms, when)) : NULL},
        {"age_seconds", known ? value_integer(&arena, secret->age_ms / 1000) : NULL},
        {"rotate_every",
         secret->rotate_every ? value_text(&arena, secret->rotate_every) : NULL},
        {"overdue", value_bool(secret->overdue)},
        {"rotation_asked", value_bool(secret->rotation_asked)},
        {"declared", value_bool(secret->declared)},
        {"used_by", texts(&arena, secret->used_by, secret->used_by_count)},
    };
    json_write(&out, value_map(&arena, entries, sizeof entries / sizeof *entries), NULL,
               NULL);
    text_add_char(&out, '\n');
    redact_write(stream, out.bytes, out.length);
    text_clear(&out);
    arena_clear(&arena);
}
