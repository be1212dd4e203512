// SPDX-License-Identifier: MIT
#include "engine/apply_trace.h"

#include <string.h>

static const struct value *text_or_null(struct arena *arena, const char *text)
{
    return text != NULL ? value_text(arena, text) : NULL;
}

// The row without its attributes and what was declared, which the step has already.
static const struct value *row_value(struct arena *arena, const struct record *record)
{
    const struct value **needs =
        arena_alloc(arena, (record->need_count + 1) * sizeof *needs);
    for (size_t i = 0; i < record->need_count; i++)
        needs[i] = value_text(arena, record->needs[i]);
    const struct value_entry entries[] = {
        {"ignore", record->ignore},
        {"needs", value_list(arena, needs, record->need_count)},
        {"phase", record->phase != 0 ? value_integer(arena, record->phase) : NULL},
        {"playbook", text_or_null(arena, record->playbook)},
        {"protect", value_bool(record->protect)},
        {"reloads", record->reloads},
        {"restarts", record->restarts},
        {"stage", text_or_null(arena, record->stage)},
        {"tags", record->tags},
    };
    return value_map(arena, entries, sizeof entries / sizeof *entries);
}

// A new thing has what its type gives it, and its name: only the rest tells something.
static bool is_telling(const struct change *change, const struct schema *schema,
                       const struct change_field *field)
{
    const struct value *after = field->after;
    const struct schema_attribute *attribute = schema_find(schema, field->name);
    bool is_default = attribute != NULL && attribute->fallback != NULL &&
                      value_equal(attribute->fallback, after);
    if (change->action != CHANGE_CREATE)
        return true;
    if (value_is_null(after) || is_default ||
        (change->name != NULL && value_is_text(after, change->name)))
        return false;
    if (after->kind == VALUE_LIST)
        return after->list.count > 0;
    return after->kind != VALUE_MAP || after->map.count > 0;
}

static const struct value *fields_value(struct arena *arena, const struct draft *draft)
{
    const struct change *change = draft->change;
    struct value_entry *entries =
        arena_alloc(arena, (change->field_count + 1) * sizeof *entries);
    size_t count = 0;
    for (size_t i = 0; draft->schema != NULL && i < change->field_count; i++)
        if (is_telling(change, draft->schema, &change->fields[i]))
            entries[count++] = (struct value_entry){change->fields[i].name,
                                                    value_bool(change->fields[i].secret)};
    return count > 0 ? value_map(arena, entries, count) : NULL;
}

// NULL: it costs nothing, or not all of its price is known.
static const char *price_text(struct arena *arena, const struct preview *preview)
{
    struct money sum = money_zero("");
    struct fault ignored;
    char exact[MONEY_TEXT_SIZE];
    for (size_t i = 0; i < preview->price_count; i++)
        if (!preview->prices[i].known ||
            !money_add(&sum, preview->prices[i].monthly, &ignored))
            return NULL;
    if (preview->price_count == 0)
        return NULL;
    return arena_format(arena, "%s %s", money_format_exact(sum, exact), sum.currency);
}

void apply_trace_step(struct apply *apply, struct step *step)
{
    const struct draft *draft = planner_find(apply->planner, step->change->address);
    const struct change *change = step->change;
    // The row of another machine still tells what was declared.
    const struct record *row =
        change->record != NULL ? change->record : draft->void_record;
    step->record.before = step->have;
    step->record.wanted_before = row != NULL ? row->wanted : NULL;
    step->record.row_before = row != NULL ? row_value(apply->arena, row) : NULL;
    step->record.after = step->want;
    if (step->want == NULL)
        return;
    step->record.fields = fields_value(apply->arena, draft);
    if (change->preview != NULL)
        step->record.price = price_text(apply->arena, change->preview);
}

static const struct value *handler_value(struct arena *arena,
                                         const struct apply_owed *owed)
{
    const struct value_entry entries[] = {
        {"host", value_text(arena, owed->host)},
        {"name", value_text(arena, owed->name)},
        {"ran", value_bool(owed->ran)},
    };
    return value_map(arena, entries, sizeof entries / sizeof *entries);
}

static const struct value *warnings_value(struct arena *arena, const struct step *step)
{
    size_t count = step != NULL ? step->answer.warning_count : 0;
    const struct value **items = arena_alloc(arena, (count + 1) * sizeof *items);
    for (size_t i = 0; i < count; i++)
        items[i] = value_text(arena, step->answer.warnings[i]);
    return count > 0 ? value_list(arena, items, count) : NULL;
}

static const struct value *check_value(struct arena *arena, const struct node *node)
{
    const struct value_entry entries[] = {
        {"address", value_text(arena, node->draft->change->address)},
        {"failure", text_or_null(arena, node->failure)},
        {"note", node->checked != NULL
                     ? text_or_null(arena, node->checked->answer.note)
                     : NULL},
        {"passed", value_bool(node->state == NODE_DONE)},
        {"warnings", warnings_value(arena, node->checked)},
    };
    return value_map(arena, entries, sizeof entries / sizeof *entries);
}

size_t apply_trace_end(struct apply *apply, struct value_entry *entries)
{
    struct arena *arena = apply->arena;
    size_t changes = apply->plan->change_count, used = 0, count = 0;
    const struct value **items =
        arena_alloc(arena, (changes + apply->owed.count + 1) * sizeof *items);
    for (size_t i = 0; i < changes; i++) {
        const struct node *node = &apply->nodes[i];
        bool ended = node->state == NODE_DONE || node->state == NODE_FAILED;
        if (ended && node->draft->change->action == CHANGE_CHECK)
            items[count++] = check_value(arena, node);
    }
    if (count > 0)
        entries[used++] = (struct value_entry){"checks", value_list(arena, items, count)};
    count = 0;
    for (size_t i = 0; i < apply->owed.count; i++) {
        const struct apply_owed *owed = apply->owed.items[i];
        if (owed->ran || owed->failed)
            items[count++] = handler_value(arena, owed);
    }
    if (count > 0)
        entries[used++] =
            (struct value_entry){"handlers", value_list(arena, items, count)};
    return used;
}
