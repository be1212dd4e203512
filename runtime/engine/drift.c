// SPDX-License-Identifier: MIT
//
// A plan of all that state remembers, of which nothing is to be carried out, does the
// reading. Its verdicts are of no use here: they are about what is wanted.
#include "engine/drift.h"

#include <string.h>

#include "engine/diff.h"
#include "engine/lifecycle.h"
#include "engine/planner.h"
#include "engine/recall.h"
#include "value/json.h"

struct drifting {
    struct arena *arena;
    const struct engine *engine;
    const char *const *playbooks;
    size_t playbook_count;
    struct drift *drift;
    size_t capacity; // of items
};

static bool is_asked_for(const struct drifting *drifting, const char *playbook)
{
    for (size_t i = 0; i < drifting->playbook_count; i++)
        if (playbook != NULL && strcmp(drifting->playbooks[i], playbook) == 0)
            return true;
    return drifting->playbook_count == 0;
}

static const char *id_of(const struct drifting *drifting, const char *address,
                         const char *field, const struct value *found)
{
    struct vault *vault = drifting->engine->vault;
    struct text text;
    char hex[SECRET_DIGEST_SIZE];
    text_init(&text, 0);
    text_format(&text, "%s\n%s\n", address, field != NULL ? field : "");
    json_write(&text, found != NULL ? found : value_null(),
               vault != NULL ? vault_write_digest : NULL, vault);
    if (vault != NULL)
        vault_digest(vault, text.bytes, text.length, hex);
    else
        secret_sha256(text.bytes, text.length, hex);
    text_clear(&text);
    return arena_copy(drifting->arena, hex, 32);
}

static void add_item(struct drifting *drifting, struct drift_item item)
{
    struct drift *drift = drifting->drift;
    if (drift->item_count == drifting->capacity) {
        size_t capacity = drifting->capacity * 2 + 8;
        struct drift_item *grown = arena_alloc(drifting->arena, capacity * sizeof *grown);
        if (drift->item_count > 0)
            memcpy(grown, drift->items, drift->item_count * sizeof *grown);
        drift->items = grown;
        drifting->capacity = capacity;
    }
    item.id = id_of(drifting, item.address, item.field, item.after);
    drift->items[drift->item_count++] = item;
}

// Secrets of the recorded, from what is declared, where they are the same; NULL where one
// is another by now or is not kept: then there is nothing to compare with.
static const struct value *restore(const struct drifting *drifting,
                                   const struct value *recorded,
                                   const struct value *declared)
{
    struct arena *arena = drifting->arena;
    if (recorded->kind == VALUE_UNKNOWN)
        return NULL;
    if (recorded->kind == VALUE_MAP && value_find(recorded, "$secret") != NULL)
        return vault_digest_matches(drifting->engine->vault, recorded, declared)
                   ? declared
                   : NULL;
    if (recorded->kind != VALUE_MAP)
        return recorded;
    struct value_entry *entries =
        arena_alloc(arena, (recorded->map.count + 1) * sizeof *entries);
    for (size_t i = 0; i < recorded->map.count; i++) {
        const struct value_entry *entry = &recorded->map.entries[i];
        entries[i].key = entry->key;
        entries[i].value =
            restore(drifting, entry->value, value_find(declared, entry->key));
        if (entries[i].value == NULL)
            return NULL;
    }
    return value_map(arena, entries, recorded->map.count);
}

// The recorded attributes that were declared, and not to be left as they are found. What
// is used at birth only, and what time alone changes, is none of them.
static const struct value *managed(const struct drifting *drifting,
                                   const struct draft *draft)
{
    const struct change *change = draft->change;
    const struct record *record = change->record;
    const struct schema *schema = draft->schema;
    struct value_entry *entries =
        arena_alloc(drifting->arena, (schema->attribute_count + 1) * sizeof *entries);
    size_t count = 0;
    for (size_t i = 0; i < schema->attribute_count; i++) {
        const char *name = schema->attributes[i].name;
        const struct value *recorded = value_find(record->attributes, name);
        if (schema->attributes[i].birth || schema->attributes[i].timed ||
            value_is_null(recorded) ||
            value_is_null(value_find(record->wanted, name)) ||
            lifecycle_ignores(record->ignore, name))
            continue;
        entries[count].value =
            restore(drifting, recorded, value_find(change->wanted, name));
        entries[count].key = name;
        count += entries[count].value != NULL;
    }
    return value_map(drifting->arena, entries, count);
}

static void compare(struct drifting *drifting, const struct draft *draft)
{
    const struct change *change = draft->change;
    struct diff diff;
    diff_compare(drifting->arena, drifting->engine->vault, draft->schema,
                 managed(drifting, draft), change->found, change->record->attributes,
                 &diff);
    for (size_t i = 0; i < diff.field_count; i++)
        add_item(drifting, (struct drift_item){
                               .address = change->address,
                               .field = diff.fields[i].name,
                               .before = diff.fields[i].after,
                               .after = diff.fields[i].before,
                               .secret = diff.fields[i].secret,
                           });
}

static void add_gap(struct drifting *drifting, const struct change *change,
                    const struct fault *fault)
{
    struct drift_gap *gap = &drifting->drift->gaps[drifting->drift->gap_count++];
    gap->address = change->address;
    gap->fault = fault;
    gap->why = fault != NULL ? fault->what
                             : arena_format(drifting->arena,
                                            "run %lld was cut off there: pipster run "
                                            "settles it",
                                            (long long) change->open->run);
}

static bool is_judged(const struct draft *draft)
{
    const struct schema *schema = draft->schema;
    const struct record *record = draft->change->record;
    return schema != NULL && !schema->is_core && !schema->is_cost && !schema->is_check &&
           record != NULL && record->attributes != NULL;
}

// A host that does not answer is told once, and not again with each thing on it.
static void judge(struct drifting *drifting, const struct planner *planner,
                  const struct draft *draft)
{
    const struct change *change = draft->change;
    const struct draft *host = planner_host(planner, draft);
    if (!is_judged(draft) || !is_asked_for(drifting, change->record->playbook))
        return;
    if (change->open != NULL) {
        add_gap(drifting, change, NULL);
    } else if (draft->fault != NULL) {
        if (host == NULL || host == draft || host->fault == NULL)
            add_gap(drifting, change, draft->fault);
    } else if (draft->goes_with == NULL && draft->void_record == NULL &&
               draft->state != OBSERVE_UNKNOWN) {
        drifting->drift->judged[drifting->drift->judged_count++] = change->address;
        if (draft->state == OBSERVE_PRESENT)
            compare(drifting, draft);
        else
            add_item(drifting, (struct drift_item){.address = change->address});
    }
}

static void copy_out(struct drifting *drifting)
{
    struct arena *arena = drifting->arena;
    struct drift *drift = drifting->drift;
    for (size_t i = 0; i < drift->item_count; i++) {
        struct drift_item *item = &drift->items[i];
        item->address = arena_text(arena, item->address);
        item->before = value_copy(arena, item->before);
        item->after = value_copy(arena, item->after);
    }
    for (size_t i = 0; i < drift->judged_count; i++)
        drift->judged[i] = arena_text(arena, drift->judged[i]);
    for (size_t i = 0; i < drift->gap_count; i++) {
        struct drift_gap *gap = &drift->gaps[i];
        struct fault *fault = arena_alloc(arena, sizeof *fault);
        gap->address = arena_text(arena, gap->address);
        gap->why = arena_text(arena, gap->why);
        if (gap->fault != NULL) {
            *fault = *gap->fault;
            gap->fault = fault;
        }
    }
}

bool drift_read(struct arena *arena, struct engine *engine, const char *const *playbooks,
                size_t playbook_count, struct drift *drift, struct fault *fault)
{
    static const char *const everything[] = {"*"};
    const struct engine_options options = {
        .except = everything, .except_count = 1, .only_looks = true};
    struct drifting drifting = {arena, engine, playbooks, playbook_count, drift, 0};
    struct state_rows rows;
    struct recall recall;
    struct plan *plan = NULL;
    *drift = (struct drift){0};
    if (!state_load(engine->database, arena, &rows, fault))
        return false;
    if (rows.count == 0)
        return true;
    if (!recall_rows(arena, engine, rows.rows, rows.count, &recall, fault) ||
        !engine_plan(engine, &recall.set, &options, &plan, fault)) {
        plan_free(plan);
        return fault_while(fault, "looking for drift");
    }
    drift->gaps = arena_alloc(arena, (plan->change_count + 1) * sizeof *drift->gaps);
    drift->judged = arena_alloc(arena, (plan->change_count + 1) * sizeof(char *));
    for (size_t i = 0; i < plan->change_count; i++)
        judge(&drifting, plan->planner, plan->planner->in_order[i]);
    copy_out(&drifting);
    plan_free(plan);
    return true;
}
