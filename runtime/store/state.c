// SPDX-License-Identifier: MIT
#include "store/state.h"

#include "store/heap.h"
#include "store/query.h"
#include "store/transaction.h"

#include <stdlib.h>
#include <string.h>

static void read_needs(struct query *query, struct arena *arena, struct record *record)
{
    if (query_is_text(query, 9, "[]"))
        return; // most need nothing
    const struct value *list = query_json(query, 9, arena);
    if (!list || list->kind != VALUE_LIST || list->list.count == 0)
        return;
    const char **needs = arena_alloc(arena, list->list.count * sizeof *needs);
    for (size_t i = 0; i < list->list.count; i++) {
        const struct value *item = list->list.items[i];
        if (item->kind == VALUE_STRING)
            needs[record->need_count++] = item->string.bytes;
    }
    record->needs = needs;
}

// Neighbours are often of one type, host and playbook: the text is kept once.
static const char *read_shared(struct query *query, int column, struct arena *arena,
                               const char *before)
{
    return query_is_text(query, column, before) ? before
                                                : query_text(query, column, arena);
}

static void read_record(struct query *query, struct arena *arena,
                        const struct record *before, struct record *record)
{
    record->address = query_text(query, 0, arena);
    record->type = read_shared(query, 1, arena, before->type);
    record->host = read_shared(query, 2, arena, before->host);
    record->playbook = read_shared(query, 3, arena, before->playbook);
    record->incarnation = read_shared(query, 4, arena, before->incarnation);
    record->created_by_us = query_integer(query, 5) != 0;
    record->protect = query_integer(query, 6) != 0;
    record->wanted = query_json(query, 7, arena);
    record->attributes = query_json(query, 8, arena);
    read_needs(query, arena, record);
    record->changed_at_ms = query_integer(query, 10);
    record->stage = read_shared(query, 11, arena, before->stage);
    record->tags = query_json(query, 12, arena);
    record->phase = (int) query_integer(query, 13);
    record->ignore = query_json(query, 14, arena);
    record->restarts = query_json(query, 15, arena);
    record->reloads = query_json(query, 16, arena);
}

bool state_load(struct database *database, struct arena *arena, struct state_rows *rows,
                struct fault *fault)
{
    struct statement statement;
    struct query query;
    struct record *records = NULL, before = {0};
    size_t count = 0, capacity = 0;
    *rows = (struct state_rows){0};
    if (!database)
        return true;
    statement_init(&statement, STATEMENT_RESOURCE_LIST, arena);
    if (!query_start(&query, database->reader, &statement, fault))
        return fault_while(fault, "reading the state");
    while (query_next(&query)) {
        if (count == capacity) {
            capacity = capacity ? capacity * 2 : 64;
            records = heap_resize(records, capacity * sizeof *records);
        }
        records[count] = (struct record){0};
        read_record(&query, arena, count ? &records[count - 1] : &before,
                    &records[count]);
        count++;
    }
    struct record *kept = arena_alloc(arena, (count + 1) * sizeof *kept);
    if (count)
        memcpy(kept, records, count * sizeof *kept);
    free(records);
    rows->rows = kept;
    rows->count = count;
    return query_end(&query, fault) || fault_while(fault, "reading the state");
}

static int compare_address(const void *key, const void *row)
{
    return strcmp(key, ((const struct record *) row)->address);
}

const struct record *state_find(const struct state_rows *rows, const char *address)
{
    if (rows->count == 0)
        return NULL;
    return bsearch(address, rows->rows, rows->count, sizeof *rows->rows, compare_address);
}

static const struct value *needs_list(struct arena *arena, const struct record *record)
{
    const struct value **items =
        arena_alloc(arena, (record->need_count + 1) * sizeof *items);
    for (size_t i = 0; i < record->need_count; i++)
        items[i] = value_text(arena, record->needs[i]);
    return value_list(arena, items, record->need_count);
}

void state_put(struct transaction *transaction, const struct vault *vault,
               const struct record *record)
{
    struct statement *put = transaction_add(transaction, STATEMENT_RESOURCE_PUT);
    statement_add_text(put, record->address);
    statement_add_text(put, record->type);
    statement_add_text(put, record->host);
    statement_add_text(put, record->playbook);
    statement_add_text(put, record->incarnation);
    statement_add_integer(put, record->created_by_us);
    statement_add_integer(put, record->protect);
    statement_add_json(put, record->wanted, vault);
    statement_add_json(put, record->attributes, vault);
    statement_add_json(put, needs_list(&transaction->arena, record), NULL);
    statement_add_integer(put, record->changed_at_ms);
    statement_add_text(put, record->stage);
    statement_add_json(put, record->tags, NULL);
    statement_add_integer(put, record->phase);
    statement_add_json(put, record->ignore, NULL);
    statement_add_json(put, record->restarts, NULL);
    statement_add_json(put, record->reloads, NULL);
    transaction->changes_state = true;
}

void state_remove(struct transaction *transaction, const char *address)
{
    statement_add_text(transaction_add(transaction, STATEMENT_RESOURCE_REMOVE), address);
    transaction->changes_state = true;
}

bool state_setting(struct database *database, struct arena *arena, const char *key,
                   const char **text, struct fault *fault)
{
    struct statement statement;
    struct query query;
    *text = NULL;
    if (!database)
        return true;
    statement_init(&statement, STATEMENT_SETTING_GET, arena);
    statement_add_text(&statement, key);
    if (!query_start(&query, database->reader, &statement, fault))
        return fault_while(fault, "reading the setting %s", key);
    if (query_next(&query))
        *text = query_text(&query, 0, arena);
    return query_end(&query, fault) || fault_while(fault, "reading the setting %s", key);
}

void state_note_setting(struct transaction *transaction, const char *key,
                        const char *text)
{
    struct statement *set = transaction_add(transaction, text ? STATEMENT_SETTING_PUT
                                                              : STATEMENT_SETTING_REMOVE);
    statement_add_text(set, key);
    if (text)
        statement_add_text(set, text);
}

void state_set_setting(struct transaction *transaction, const char *key, const char *text)
{
    state_note_setting(transaction, key, text);
    transaction->changes_state = true;
}
