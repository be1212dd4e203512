// SPDX-License-Identifier: MIT
#include "store/rename.h"

#include "store/journal.h"
#include "store/measurement.h"
#include "store/transaction.h"
#include "store/vault.h"
#include "value/address.h"

#include <stdlib.h>
#include <string.h>

#define HOST "host/"

struct renaming {
    struct arena *arena;
    const char *from;
    const char *to;
    bool changed; // something of the row at hand
};

// "app" of "host/app", or NULL.
static const char *host_name(const char *address)
{
    size_t length = strlen(HOST);
    return strncmp(address, HOST, length) == 0 ? address + length : NULL;
}

const char *rename_address(struct arena *arena, const char *address, const char *from,
                           const char *to)
{
    if (!address || strcmp(address, from) == 0)
        return address ? to : NULL;
    const char *host = host_name(from), *renamed = host_name(to);
    size_t length = host ? strlen(host) : 0;
    if (!host || !renamed || strncmp(address, host, length) != 0 ||
        address[length] != ':')
        return address;
    return arena_format(arena, "%s%s", renamed, address + length);
}

static const char *take_address(struct renaming *renaming, const char *address)
{
    const char *renamed =
        rename_address(renaming->arena, address, renaming->from, renaming->to);
    renaming->changed = renaming->changed || renamed != address;
    return renamed;
}

static const struct value *take_value(struct renaming *renaming,
                                      const struct value *value);

static const struct value *take_items(struct renaming *renaming,
                                      const struct value *value)
{
    size_t count = value->list.count;
    const struct value **items =
        arena_alloc(renaming->arena, (count + 1) * sizeof(const struct value *));
    for (size_t i = 0; i < count; i++)
        items[i] = take_value(renaming, value->list.items[i]);
    return value->kind == VALUE_TEMPLATE ? value_template(renaming->arena, items, count)
                                         : value_list(renaming->arena, items, count);
}

// The digest of a secret names it: {"$secret": label, "digest": …}.
static const struct value *take_entries(struct renaming *renaming,
                                        const struct value *value)
{
    size_t count = value->map.count;
    struct value_entry *entries =
        arena_alloc(renaming->arena, (count + 1) * sizeof *entries);
    for (size_t i = 0; i < count; i++) {
        const struct value *item = value->map.entries[i].value;
        bool label = strcmp(value->map.entries[i].key, "$secret") == 0 &&
                     item->kind == VALUE_STRING;
        entries[i].key = value->map.entries[i].key;
        entries[i].value = label ? value_text(renaming->arena,
                                              take_address(renaming, item->string.bytes))
                                 : take_value(renaming, item);
    }
    return value_map(renaming->arena, entries, count);
}

static const struct value *take_value(struct renaming *renaming,
                                      const struct value *value)
{
    if (!value)
        return NULL;
    switch (value->kind) {
    case VALUE_LIST:
    case VALUE_TEMPLATE:
        return take_items(renaming, value);
    case VALUE_MAP:
        return take_entries(renaming, value);
    case VALUE_REFERENCE:
        return value_reference(renaming->arena,
                               take_address(renaming, value->reference.address),
                               value->reference.path, value->reference.secret);
    case VALUE_UNKNOWN:
        return value_unknown(renaming->arena,
                             take_address(renaming, value->reference.address),
                             value->reference.path, value->reference.secret);
    default:
        return value;
    }
}

static struct record take_record(struct renaming *renaming, const struct record *record)
{
    struct record renamed = *record;
    const char **needs =
        arena_alloc(renaming->arena, (record->need_count + 1) * sizeof *needs);
    renaming->changed = false;
    renamed.address = take_address(renaming, record->address);
    renamed.host = take_address(renaming, record->host);
    renamed.wanted = take_value(renaming, record->wanted);
    renamed.attributes = take_value(renaming, record->attributes);
    for (size_t i = 0; i < record->need_count; i++)
        needs[i] = take_address(renaming, record->needs[i]);
    renamed.needs = needs;
    return renamed;
}

static bool refuse(struct fault *fault, const char *from, const char *to, const char *why)
{
    fault_set(fault, FAULT_USAGE, "%s cannot be called %s", from, to);
    fault_why(fault, "%s", why);
    return fault_next(fault, "pipster state list");
}

static bool texts_equal(const char *left, const char *right)
{
    return left && right ? strcmp(left, right) == 0 : left == right;
}

static bool check(struct arena *arena, const struct state_rows *rows, const char *from,
                  const char *to, struct fault *fault)
{
    struct address old, new;
    const struct record *record = state_find(rows, from);
    if (!record)
        return refuse(fault, from, to, "it is not in the state");
    if (!address_parse(arena, from, &old, fault) ||
        !address_parse(arena, to, &new, fault))
        return false;
    if (state_find(rows, to))
        return refuse(fault, from, to, "that address is taken: it is in the state too");
    if (strcmp(old.type, new.type) != 0)
        return refuse(
            fault, from, to,
            arena_format(arena, "one is a %s, the other a %s", old.type, new.type));
    if (!texts_equal(old.host, new.host))
        return refuse(fault, from, to,
                      "things move with their host, never from one to another");
    bool named_freely = old.host || strcmp(old.type, "secret") == 0;
    if (new.name && !named_freely && !address_name_is_valid(new.name))
        return refuse(fault, from, to, "a name is 1 to 63 of a-z, 0-9 and inner hyphens");
    return true;
}

static int compare_rows(const void *left, const void *right)
{
    return strcmp(((const struct record *) left)->address,
                  ((const struct record *) right)->address);
}

bool rename_rows(struct arena *arena, const struct state_rows *rows, const char *from,
                 const char *to, struct state_rows *renamed, struct fault *fault)
{
    struct renaming renaming = {.arena = arena, .from = from, .to = to};
    if (!check(arena, rows, from, to, fault))
        return false;
    struct record *records = arena_alloc(arena, (rows->count + 1) * sizeof *records);
    for (size_t i = 0; i < rows->count; i++)
        records[i] = take_record(&renaming, &rows->rows[i]);
    qsort(records, rows->count, sizeof *records, compare_rows);
    for (size_t i = 1; i < rows->count; i++)
        if (strcmp(records[i - 1].address, records[i].address) == 0)
            return refuse(
                fault, from, to,
                arena_format(arena, "%s would be there twice", records[i].address));
    renamed->rows = records;
    renamed->count = rows->count;
    return true;
}

// Under its new label, since the label is part of what is sealed. Its source and its age
// stay, and so does a rotation that was asked for.
static bool seal_anew(struct transaction *transaction, const struct vault *vault,
                      const char *from, const char *to, struct fault *fault)
{
    struct arena *arena = &transaction->arena;
    const struct value *secret = NULL;
    if (!secret_load(transaction->database, vault, arena, from, &secret, fault))
        return false;
    if (!secret)
        return true;
    size_t length = secret->secret.length + VAULT_SEALED_EXTRA;
    unsigned char *sealed = arena_alloc(arena, length);
    vault_seal(vault, to, secret->secret.bytes, secret->secret.length, sealed);
    struct statement *rename = transaction_add(transaction, STATEMENT_SECRET_RENAME);
    statement_add_text(rename, from);
    statement_add_text(rename, to);
    statement_add_blob(rename, sealed, length);
    rename = transaction_add(transaction, STATEMENT_ROTATION_RENAME);
    statement_add_text(rename, from);
    statement_add_text(rename, to);
    return true;
}

// And what was measured on a host that has another name.
static void rename_handlers(struct transaction *transaction, const char *from,
                            const char *to)
{
    const char *host = host_name(from), *renamed = host_name(to);
    struct statement *statement = transaction_add(transaction, STATEMENT_HANDLER_RENAME);
    statement_add_text(statement, from);
    statement_add_text(statement, to);
    if (!host || !renamed)
        return;
    statement = transaction_add(transaction, STATEMENT_HANDLER_RENAME_HOST);
    statement_add_text(statement, from);
    statement_add_text(statement, to);
    statement_add_text(statement, host);
    statement_add_text(statement, renamed);
    measurement_rename_host(transaction, host, renamed);
}

bool rename_write(struct transaction *transaction, const struct vault *vault,
                  const struct state_rows *rows, const char *from, const char *to,
                  struct fault *fault)
{
    struct renaming renaming = {&transaction->arena, from, to, false};
    if (!check(&transaction->arena, rows, from, to, fault) ||
        !seal_anew(transaction, vault, from, to, fault))
        return fault_while(fault, "renaming %s", from);
    for (size_t i = 0; i < rows->count; i++) {
        const struct record renamed = take_record(&renaming, &rows->rows[i]);
        if (!renaming.changed)
            continue;
        if (strcmp(renamed.address, rows->rows[i].address) != 0)
            state_remove(transaction, rows->rows[i].address);
        state_put(transaction, vault, &renamed);
    }
    rename_handlers(transaction, from, to);
    struct statement *price = transaction_add(transaction, STATEMENT_PRICE_RENAME);
    statement_add_text(price, from);
    statement_add_text(price, to);
    return true;
}

// Addresses in it that are plain texts.
static const struct value *take_row(struct renaming *renaming, const struct value *row)
{
    const struct value *needs = value_find(row, "needs");
    size_t count = needs && needs->kind == VALUE_LIST ? needs->list.count : 0;
    const struct value **items =
        arena_alloc(renaming->arena, (count + 1) * sizeof *items);
    for (size_t i = 0; i < count; i++)
        items[i] = needs->list.items[i]->kind == VALUE_STRING
                       ? value_text(renaming->arena,
                                    take_address(renaming,
                                                 needs->list.items[i]->string.bytes))
                       : needs->list.items[i];
    if (count == 0)
        return row;
    return value_with(renaming->arena, row, "needs",
                      value_list(renaming->arena, items, count));
}

static void take_step(struct renaming *renaming, struct record_step *step)
{
    step->address = take_address(renaming, step->address);
    step->host = take_address(renaming, step->host);
    step->before = take_value(renaming, step->before);
    step->wanted_before = take_value(renaming, step->wanted_before);
    step->after = take_value(renaming, step->after);
    step->row_before = take_row(renaming, step->row_before);
}

bool rename_steps(struct transaction *transaction, const struct rename_move *moves,
                  size_t count, struct fault *fault)
{
    struct arena *arena = &transaction->arena;
    struct record_step *steps = NULL;
    size_t step_count = 0;
    if (!journal_load_steps_after(transaction->database, arena, 0, &steps, &step_count,
                                  fault))
        return fault_while(fault, "renaming in the journal");
    for (size_t i = 0; i < step_count; i++) {
        struct renaming renaming = {.arena = arena};
        for (size_t k = 0; k < count; k++) {
            renaming.from = moves[k].from;
            renaming.to = moves[k].to;
            take_step(&renaming, &steps[i]);
        }
        if (renaming.changed)
            journal_rewrite(transaction, &steps[i]);
    }
    return true;
}
