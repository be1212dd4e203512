// SPDX-License-Identifier: MIT
#include "view/drift_view.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "view/json_view.h"
#include "view/step_view.h"
#include "view/time_view.h"
#include "view/diff_view.h"
#include "view/value_view.h"

static bool is_told(const struct drift_told *told, size_t index)
{
    return !told->only_new || told->since[index] == 0;
}

size_t drift_view_count(const struct drift_told *told, size_t *new_count)
{
    size_t count = 0;
    *new_count = 0;
    for (size_t i = 0; i < told->drift->item_count; i++) {
        count += is_told(told, i);
        *new_count += told->since[i] == 0;
    }
    return count;
}

static void write_side(struct text *text, struct arena *arena,
                       const struct drift_item *item, const struct value *value)
{
    if (item->secret && value != NULL)
        text_add(text, "(secret)");
    else
        value_view_write(text, step_view_hide(arena, value));
}

static void print_since(const struct terminal *terminal, int64_t since)
{
    char when[TIME_VIEW_SIZE];
    if (since > 0)
        terminal_print(terminal, TERMINAL_DIM, "  (known since %s)",
                       time_view_local(since, when));
    terminal_print(terminal, TERMINAL_PLAIN, "\n");
}

static void print_field(const struct terminal *terminal, struct arena *arena,
                        const struct drift_item *item, int64_t since)
{
    struct text text;
    text_init(&text, 0);
    bool block = !item->secret && value_view_is_block(item->after);
    if (block) {
        bool both = value_view_is_block(item->before);
        diff_view_write(&text, both ? item->before->string.bytes : "",
                        item->after->string.bytes, 8);
        terminal_print(terminal, TERMINAL_PLAIN, "      %s", item->field);
        print_since(terminal, since);
        terminal_print(terminal, TERMINAL_PLAIN, "%s", text.bytes);
    } else {
        write_side(&text, arena, item, item->before);
        text_add(&text, " → ");
        write_side(&text, arena, item, item->after);
        terminal_print(terminal, TERMINAL_PLAIN, "      %-14s %s", item->field,
                       text.bytes);
        print_since(terminal, since);
    }
    text_clear(&text);
}

static void print_items(const struct terminal *terminal, const struct drift_told *told)
{
    struct arena arena;
    const char *last = "";
    arena_init(&arena, 0);
    for (size_t i = 0; i < told->drift->item_count; i++) {
        const struct drift_item *item = &told->drift->items[i];
        if (!is_told(told, i))
            continue;
        if (item->field == NULL) {
            terminal_print(terminal, TERMINAL_RED, "  - %s", item->address);
            terminal_print(terminal, TERMINAL_DIM, "  deleted outside");
            print_since(terminal, told->since[i]);
            continue;
        }
        if (strcmp(last, item->address) != 0) {
            terminal_print(terminal, TERMINAL_YELLOW, "  ~ %s", item->address);
            terminal_print(terminal, TERMINAL_DIM, "  changed outside\n");
        }
        last = item->address;
        print_field(terminal, &arena, item, told->since[i]);
    }
    arena_clear(&arena);
}

void drift_view_print(const struct terminal *terminal, const struct drift_told *told)
{
    const struct drift *drift = told->drift;
    size_t fresh = 0, count = drift_view_count(told, &fresh);
    print_items(terminal, told);
    for (size_t i = 0; i < drift->gap_count; i++) {
        terminal_print(terminal, TERMINAL_RED, "  ? %s", drift->gaps[i].address);
        terminal_print(terminal, TERMINAL_PLAIN, "  not known: %s\n", drift->gaps[i].why);
    }
    if (count + drift->gap_count > 0)
        terminal_print(terminal, TERMINAL_PLAIN, "\n");
    if (count > 0)
        terminal_print(terminal, TERMINAL_BOLD,
                       "Drift: %zu difference%s, %zu of them not told before.\n", count,
                       count == 1 ? "" : "s", fresh);
    else if (drift->item_count > 0)
        terminal_print(terminal, TERMINAL_GREEN,
                       "No new drift: %zu difference%s known already.\n",
                       drift->item_count, drift->item_count == 1 ? " is" : "s are");
    else
        terminal_print(terminal, TERMINAL_GREEN, "No drift in %zu thing%s.\n",
                       drift->judged_count, drift->judged_count == 1 ? "" : "s");
}

static const struct value *side(struct arena *arena, const struct drift_item *item,
                                const struct value *value)
{
    if (item->secret && value != NULL)
        return value_text(arena, "(secret)");
    return step_view_hide(arena, value != NULL ? value : value_null());
}

static void print_json_item(FILE *stream, const struct drift_item *item, int64_t since)
{
    struct arena arena;
    char when[CLOCK_TEXT_SIZE];
    arena_init(&arena, 0);
    bool changed = item->field != NULL;
    const struct value_entry entries[] = {
        {"address", value_text(&arena, item->address)},
        {"kind", value_text(&arena, changed ? "changed" : "deleted")},
        {"field", changed ? value_text(&arena, item->field) : NULL},
        {"before", changed ? side(&arena, item, item->before) : NULL},
        {"after", changed ? side(&arena, item, item->after) : NULL},
        {"new", value_bool(since == 0)},
        {"known_since", since > 0 ? value_text(&arena, clock_format(since, when)) : NULL},
        {"id", value_text(&arena, item->id)},
    };
    json_view_line(stream, "drift",
                   value_map(&arena, entries, sizeof entries / sizeof *entries));
    arena_clear(&arena);
}

static void print_json_gap(FILE *stream, const struct drift_gap *gap)
{
    struct arena arena;
    arena_init(&arena, 0);
    const struct value_entry entries[] = {
        {"address", value_text(&arena, gap->address)},
        {"why", value_text(&arena, gap->why)},
    };
    json_view_line(stream, "drift_gap", value_map(&arena, entries, 2));
    arena_clear(&arena);
}

void drift_view_json(FILE *stream, const struct drift_told *told)
{
    const struct drift *drift = told->drift;
    struct arena arena;
    size_t fresh = 0, count = drift_view_count(told, &fresh), deleted = 0;
    arena_init(&arena, 0);
    for (size_t i = 0; i < drift->item_count; i++) {
        if (!is_told(told, i))
            continue;
        deleted += drift->items[i].field == NULL;
        print_json_item(stream, &drift->items[i], told->since[i]);
    }
    for (size_t i = 0; i < drift->gap_count; i++)
        print_json_gap(stream, &drift->gaps[i]);
    const struct value_entry entries[] = {
        {"changed", value_integer(&arena, (int64_t) (count - deleted))},
        {"deleted", value_integer(&arena, (int64_t) deleted)},
        {"new", value_integer(&arena, (int64_t) fresh)},
        {"gaps", value_integer(&arena, (int64_t) drift->gap_count)},
        {"judged", value_integer(&arena, (int64_t) drift->judged_count)},
    };
    json_view_line(stream, "drift_summary", value_map(&arena, entries, 5));
    arena_clear(&arena);
}
