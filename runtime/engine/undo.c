// SPDX-License-Identifier: MIT
#include "engine/undo.h"

#include <string.h>

#include "engine/undo_history.h"
#include "engine/undo_loss.h"

struct undoing {
    struct arena *arena;
    const struct engine *engine;
    struct undo *undo;
    struct state_rows rows;
    struct undo_history history;
};

static bool touched(const struct undoing *undoing, const char *address)
{
    return undo_history_first(&undoing->history, address) != NULL;
}

// The row as it was before the run

static void take_needs(struct arena *arena, const struct value *list,
                       struct record *record)
{
    if (list == NULL || list->kind != VALUE_LIST)
        return;
    const char **needs = arena_alloc(arena, (list->list.count + 1) * sizeof *needs);
    record->need_count = 0;
    for (size_t i = 0; i < list->list.count; i++)
        if (list->list.items[i]->kind == VALUE_STRING)
            needs[record->need_count++] = list->list.items[i]->string.bytes;
    record->needs = needs;
}

// Something that was there before it was ours: it is declared as the run did, but for
// what the run changed and what was to be seen before.
static const struct value *wanted_as_found(struct arena *arena,
                                           const struct record_step *first,
                                           const struct record_step *last)
{
    const struct value *wanted = last->after, *fields = last->fields;
    for (size_t i = 0; fields != NULL && i < fields->map.count; i++) {
        const char *name = fields->map.entries[i].key;
        const struct value *before = value_find(first->before, name);
        if (!undo_loss_is_hidden(before))
            wanted = value_with(arena, wanted, name, before);
    }
    return wanted;
}

// False: nothing was declared then.
static bool row_before(const struct undoing *undoing, const struct record_step *first,
                       struct record *row)
{
    const struct record_step *last = undo_history_last(&undoing->history, first->address);
    const struct value *told = first->row_before;
    bool is_new = strcmp(first->action, "create") == 0 || last->after == NULL;
    const struct record *now = state_find(&undoing->rows, first->address);
    if (first->wanted_before == NULL && is_new)
        return false;
    *row = now != NULL ? *now : (struct record){0};
    row->address = first->address;
    row->type = first->type;
    row->host = first->host;
    row->wanted = first->wanted_before != NULL
                      ? first->wanted_before
                      : wanted_as_found(undoing->arena, first, last);
    if (told == NULL)
        return true;
    row->playbook = value_find_text(told, "playbook", NULL);
    row->protect = value_find_bool(told, "protect", false);
    row->stage = value_find_text(told, "stage", NULL);
    row->tags = value_find(told, "tags");
    row->ignore = value_find(told, "ignore");
    row->restarts = value_find(told, "restarts");
    row->reloads = value_find(told, "reloads");
    row->phase = (int) value_find_integer(told, "phase", 0);
    take_needs(undoing->arena, value_find(told, "needs"), row);
    return true;
}

// What is made again comes first where nothing else decides: what is changed back may
// count on it.
static struct record *turn_back(const struct undoing *undoing, size_t *count)
{
    const struct undo_history *history = &undoing->history;
    size_t most = undoing->rows.count + history->step_count;
    struct record *rows = arena_alloc(undoing->arena, (most + 1) * sizeof *rows);
    *count = 0;
    for (int there = 0; there < 2; there++) {
        for (size_t i = 0; i < history->step_count; i++) {
            const struct record_step *step = history->steps[i];
            bool recorded = state_find(&undoing->rows, step->address) != NULL;
            if (undo_history_first(history, step->address) == step &&
                recorded == (there == 1) && row_before(undoing, step, &rows[*count]))
                (*count)++;
        }
    }
    for (size_t i = 0; i < undoing->rows.count; i++)
        if (!touched(undoing, undoing->rows.rows[i].address))
            rows[(*count)++] = undoing->rows.rows[i];
    return rows;
}

// What hangs together

struct holding {
    const struct undoing *undoing;
    struct map declared;
    const struct record *row; // that is looked at
    const char *missing;      // that it needs
};

static void expect(struct holding *holding, const char *address)
{
    if (holding->missing == NULL && !map_has(&holding->declared, address))
        holding->missing = address;
}

static void expect_reference(void *context, const struct value *value)
{
    if (value->kind == VALUE_REFERENCE)
        expect(context, value->reference.address);
}

static bool refuse_loose(const struct holding *holding, struct fault *fault)
{
    const struct undo_history *history = &holding->undoing->history;
    int64_t run = holding->undoing->undo->run.id;
    const char *missing = holding->missing;
    bool made = undo_history_first(history, missing) != NULL;
    int64_t later = undo_history_later(history, holding->row->address);
    if (later == 0)
        later = undo_history_later(history, missing);
    fault_set(fault, FAULT_BLOCKED, "run %lld cannot be undone alone: %s needs %s",
              (long long) run, holding->row->address, missing);
    if (made)
        fault_why(fault, "run %lld made %s", (long long) run, missing);
    else
        fault_why(fault, "%s is not declared any more", missing);
    if (later != 0)
        return fault_next(fault, "undo run %lld first: pipster undo %lld",
                          (long long) later, (long long) later);
    return fault_next(fault, "change the playbook instead; pipster explain %s",
                      holding->row->address);
}

static bool holds_together(const struct undoing *undoing, const struct record *rows,
                           size_t count, struct fault *fault)
{
    struct holding holding = {.undoing = undoing};
    map_init(&holding.declared);
    for (size_t i = 0; i < count; i++)
        map_put(&holding.declared, rows[i].address, (void *) &rows[i]);
    for (size_t i = 0; i < count && holding.missing == NULL; i++) {
        holding.row = &rows[i];
        if (rows[i].host != NULL)
            expect(&holding, rows[i].host);
        if (rows[i].wanted != NULL)
            value_walk(rows[i].wanted, expect_reference, &holding);
    }
    map_clear(&holding.declared);
    return holding.missing == NULL || refuse_loose(&holding, fault);
}

// A thing that is neither declared nor recorded nor meant by an open intent is no part of
// the plan.
static void list_addresses(const struct undoing *undoing)
{
    const struct undo_history *history = &undoing->history;
    struct undo *undo = undoing->undo;
    undo->addresses =
        arena_alloc(undoing->arena, (history->step_count + 1) * sizeof(char *));
    for (size_t i = 0; i < history->step_count; i++) {
        const struct record_step *step = history->steps[i];
        bool open = step->outcome == RECORD_OPEN || step->outcome == RECORD_UNCERTAIN;
        bool known = state_find(&undoing->rows, step->address) != NULL ||
                     resource_find(&undo->recall.set, step->address) != NULL;
        if ((known && undo_history_first(history, step->address) == step) || open)
            undo->addresses[undo->address_count++] = step->address;
    }
}

static bool prepare(struct undoing *undoing, struct fault *fault)
{
    struct arena *arena = undoing->arena;
    const struct engine *engine = undoing->engine;
    struct undo *undo = undoing->undo;
    size_t count = 0;
    if (undoing->history.step_count == 0)
        return true;
    if (!state_load(engine->database, arena, &undoing->rows, fault) ||
        !undo_history_judge(&undoing->history, &undoing->rows, fault))
        return false;
    struct record *rows = turn_back(undoing, &count);
    if (!holds_together(undoing, rows, count, fault) ||
        !recall_rows(arena, engine, rows, count, &undo->recall, fault))
        return false;
    list_addresses(undoing);
    undo_loss_list(arena, engine, &undoing->history, undo);
    return true;
}

bool undo_prepare(struct arena *arena, const struct engine *engine, int64_t run,
                  struct undo *undo, struct fault *fault)
{
    struct undoing undoing = {.arena = arena, .engine = engine, .undo = undo};
    *undo = (struct undo){0};
    bool done = undo_history_load(arena, engine->database, run, &undoing.history, fault);
    if (done) {
        undo->run = *undoing.history.run;
        done = prepare(&undoing, fault);
    }
    undo_history_clear(&undoing.history);
    return done;
}
