// SPDX-License-Identifier: MIT
#include "view/step_view.h"

#include <string.h>

static const struct value *hide_items(struct arena *arena, const struct value *list)
{
    size_t count = list->list.count;
    const struct value **items = arena_alloc(arena, (count + 1) * sizeof *items);
    for (size_t i = 0; i < count; i++)
        items[i] = step_view_hide(arena, list->list.items[i]);
    return value_list(arena, items, count);
}

static const struct value *hide_entries(struct arena *arena, const struct value *map)
{
    const char *label = value_find_text(map, "$secret", NULL);
    size_t count = map->map.count;
    if (label != NULL)
        return value_secret(arena, label, "", 0);
    struct value_entry *entries = arena_alloc(arena, (count + 1) * sizeof *entries);
    for (size_t i = 0; i < count; i++)
        entries[i] = (struct value_entry){
            map->map.entries[i].key, step_view_hide(arena, map->map.entries[i].value)};
    return value_map(arena, entries, count);
}

const struct value *step_view_hide(struct arena *arena, const struct value *value)
{
    if (value == NULL)
        return NULL;
    if (value->kind == VALUE_LIST)
        return hide_items(arena, value);
    if (value->kind == VALUE_MAP)
        return hide_entries(arena, value);
    // A label that was written without its digest.
    if (value->kind == VALUE_UNKNOWN && value->reference.secret)
        return value_secret(arena, value->reference.address, "", 0);
    return value;
}

static void add_field(struct arena *arena, const struct record_step *step,
                      const char *name, bool secret, struct step_field *field)
{
    *field = (struct step_field){
        .name = name,
        .before = step_view_hide(arena, value_find(step->before, name)),
        .after = step_view_hide(arena, value_find(step->after, name)),
        .secret = secret,
    };
}

// An older journal does not say which fields changed: those of an update that differ.
static size_t compare_fields(struct arena *arena, const struct record_step *step,
                             struct step_field *fields)
{
    const struct value *after = step->after;
    size_t count = 0;
    for (size_t i = 0; i < after->map.count; i++) {
        const struct value_entry *entry = &after->map.entries[i];
        if (!value_equal(entry->value, value_find(step->before, entry->key)))
            add_field(arena, step, entry->key, value_has_secret(entry->value),
                      &fields[count++]);
    }
    return count;
}

struct step_field *step_view_fields(struct arena *arena, const struct record_step *step,
                                    size_t *count)
{
    const struct value *told = step->fields;
    bool compares = told == NULL && step->before != NULL && step->after != NULL &&
                    step->after->kind == VALUE_MAP;
    size_t most = told != NULL ? told->map.count : compares ? step->after->map.count : 0;
    struct step_field *fields = arena_alloc(arena, (most + 1) * sizeof *fields);
    *count = 0;
    if (compares)
        *count = compare_fields(arena, step, fields);
    for (size_t i = 0; told != NULL && i < told->map.count; i++) {
        const struct value_entry *entry = &told->map.entries[i];
        bool secret = entry->value->kind == VALUE_BOOL && entry->value->boolean;
        add_field(arena, step, entry->key, secret, &fields[(*count)++]);
    }
    return fields;
}

const char *step_view_sign(const char *action, enum terminal_style *style)
{
    static const struct {
        const char *action, *sign;
        enum terminal_style style;
    } signs[] = {
        {"create", "  +", TERMINAL_GREEN},
        {"update", "  ~", TERMINAL_YELLOW},
        {"replace", "-/+", TERMINAL_RED},
        {"delete", "  -", TERMINAL_RED},
    };
    *style = TERMINAL_DIM;
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        if (strcmp(action, signs[i].action) != 0)
            continue;
        *style = signs[i].style;
        return signs[i].sign;
    }
    return "  .";
}

const char *step_view_outcome(enum record_outcome outcome)
{
    switch (outcome) {
    case RECORD_OPEN:
        return "open";
    case RECORD_DONE:
        return "done";
    case RECORD_FAILED:
        return "failed";
    case RECORD_UNCERTAIN:
        return "uncertain";
    case RECORD_RESOLVED:
        return "resolved";
    }
    return "?";
}
