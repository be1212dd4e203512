// SPDX-License-Identifier: MIT
#include "store/state.h"

#include "base/array.h"
#include "store/query.h"
#include "store/transaction.h"

#include <stdlib.h>
#include <string.h>

static void read_needs(struct query *query, struct arena *arena, struct record *record)
{
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

static struct record *read_record(struct query *query, struct arena *arena)
{
    struct record *record = arena_alloc(arena, sizeof *record);
    record->address = query_text(query, 0, arena);
    record->type = query_text(query, 1, arena);
    record->host = query_text(query, 2, arena);
    record->playbook = query_text(query, 3, arena);
    record->incarnation = query_text(query, 4, arena);
    record->created_by_us = query_integer(query, 5) != 0;
    record->protect = query_integer(query, 6) != 0;
    record->wanted = query_json(query, 7, arena);
    record->attributes = query_json(query, 8, arena);
    read_needs(query, arena, record);
    record->changed_at_ms = query_integer(query, 10);
    record->stage = query_text(query, 11, arena);
    record->tags = query_json(query, 12, arena);
    record->phase = (int) query_integer(query, 13);
    return record;
}

bool state_load(struct database *database, struct arena *arena, struct state_rows *rows,
                struct fault *fault)
{
    struct statement statement;
    struct query query;
    struct array found;
    *rows = (struct state_rows){0};
    if (!database)
        return true;
    statement_init(&statement, STATEMENT_RESOURCE_LIST, arena);
    if (!query_start(&query, database->reader, &statement, fault))
        return fault_while(fault, "reading the state");
    array_init(&found);
    while (query_next(&query))
        array_add(&found, read_record(&query, arena));
    struct record *records = arena_alloc(arena, (found.count + 1) * sizeof *records);
    for (size_t i = 0; i < found.count; i++)
        records[i] = *(struct record *) found.items[i];
    rows->rows = records;
    rows->count = found.count;
    array_clear(&found);
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
