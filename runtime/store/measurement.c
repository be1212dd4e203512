// SPDX-License-Identifier: MIT
#include "store/measurement.h"

#include "store/query.h"
#include "store/transaction.h"

static void add(struct transaction *transaction, enum statement_id id,
                const struct record_measurement *measurement)
{
    struct statement *statement = transaction_add(transaction, id);
    statement_add_integer(statement, measurement->run);
    statement_add_text(statement, measurement->address);
    statement_add_text(statement, measurement->name);
    statement_add_number(statement, measurement->value);
    statement_add_text(statement, measurement->unit);
    statement_add_integer(statement, measurement->at_ms);
}

void measurement_put(struct transaction *transaction,
                     const struct record_measurement *measurement)
{
    add(transaction, STATEMENT_MEASUREMENT_PUT, measurement);
}

void measurement_take(struct transaction *transaction,
                      const struct record_measurement *measurement)
{
    add(transaction, STATEMENT_MEASUREMENT_TAKE, measurement);
}

void measurement_rename_host(struct transaction *transaction, const char *from,
                             const char *to)
{
    struct statement *rename =
        transaction_add(transaction, STATEMENT_MEASUREMENT_RENAME_HOST);
    statement_add_text(rename, from);
    statement_add_text(rename, to);
}

static void read_row(struct query *query, struct arena *arena, void *place)
{
    struct record_measurement *row = place;
    row->run = query_integer(query, 0);
    row->address = query_text(query, 1, arena);
    row->name = query_text(query, 2, arena);
    row->value = query_number(query, 3);
    row->unit = query_text(query, 4, arena);
    row->at_ms = query_integer(query, 5);
}

static bool load(struct database *database, const struct statement *statement,
                 struct record_measurements *found, struct fault *fault)
{
    struct arena *arena = statement->arena;
    struct query query;
    if (!query_start(&query, database->reader, statement, fault))
        return fault_while(fault, "reading what was measured");
    found->rows = query_rows(&query, arena, sizeof *found->rows, read_row, &found->count);
    return query_end(&query, fault) || fault_while(fault, "reading what was measured");
}

bool measurement_load_newest(struct database *database, struct arena *arena, int most,
                             const char *address, struct record_measurements *found,
                             struct fault *fault)
{
    struct statement statement;
    *found = (struct record_measurements){0};
    if (!database)
        return true;
    statement_init(&statement, STATEMENT_MEASUREMENT_NEWEST, arena);
    statement_add_integer(&statement, most);
    statement_add_text(&statement, address);
    return load(database, &statement, found, fault);
}

bool measurement_load_run(struct database *database, struct arena *arena, int64_t run,
                          struct record_measurements *found, struct fault *fault)
{
    struct statement statement;
    *found = (struct record_measurements){0};
    if (!database)
        return true;
    statement_init(&statement, STATEMENT_MEASUREMENT_RUN, arena);
    statement_add_integer(&statement, run);
    return load(database, &statement, found, fault);
}

bool measurement_load_since(struct database *database, struct arena *arena,
                            const char *name, int64_t from_ms,
                            struct record_measurements *found, struct fault *fault)
{
    struct statement statement;
    *found = (struct record_measurements){0};
    if (!database)
        return true;
    statement_init(&statement, STATEMENT_MEASUREMENT_SINCE, arena);
    statement_add_text(&statement, name);
    statement_add_integer(&statement, from_ms);
    return load(database, &statement, found, fault);
}
