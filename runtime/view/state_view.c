// SPDX-License-Identifier: MIT
#include "view/state_view.h"

#include "base/clock.h"
#include "base/redact.h"
#include "value/json.h"
#include "view/value_view.h"

void state_view_print(const struct terminal *terminal, const struct record *record)
{
    terminal_print(terminal, TERMINAL_BOLD, "%s", record->address);
    char when[CLOCK_TEXT_SIZE];
    terminal_print(terminal, TERMINAL_DIM, "  %s%s%s\n",
                   clock_format(record->changed_at_ms, when),
                   record->protect ? ", protected" : "",
                   record->created_by_us ? "" : ", found there");
    const struct value *attributes = record->attributes;
    for (size_t i = 0; attributes && attributes->kind == VALUE_MAP &&
                       i < attributes->map.count;
         i++) {
        struct text text;
        text_init(&text, 0);
        const struct value *value = attributes->map.entries[i].value;
        if (value_find(value, "$secret"))
            text_add(&text, "(secret)");
        else
            value_view_write(&text, value);
        terminal_print(terminal, TERMINAL_PLAIN, "    %-16s %s\n",
                       attributes->map.entries[i].key, text.bytes);
        text_clear(&text);
    }
}

static const struct value *text_value(struct arena *arena, const char *text)
{
    return text ? value_text(arena, text) : NULL;
}

void state_view_json(FILE *stream, const struct record *record)
{
    struct arena arena;
    arena_init(&arena, 0);
    char when[CLOCK_TEXT_SIZE];
    clock_format(record->changed_at_ms, when);
    struct value_entry entries[] = {
        {"address", text_value(&arena, record->address)},
        {"type", text_value(&arena, record->type)},
        {"host", text_value(&arena, record->host)},
        {"playbook", text_value(&arena, record->playbook)},
        {"protected", value_bool(record->protect)},
        {"created_by_us", value_bool(record->created_by_us)},
        {"changed_at", text_value(&arena, when)},
        {"attributes", record->attributes},
    };
    struct text out;
    text_init(&out, 0);
    json_write(&out, value_map(&arena, entries, sizeof entries / sizeof *entries), NULL,
               NULL);
    text_add_char(&out, '\n');
    redact_write(stream, out.bytes, out.length);
    text_clear(&out);
    arena_clear(&arena);
}
