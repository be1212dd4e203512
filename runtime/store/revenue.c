// SPDX-License-Identifier: MIT
#include "store/revenue.h"

#include "base/array.h"
#include "store/query.h"
#include "store/transaction.h"

static void add_money(struct statement *statement, struct money amount)
{
    char text[MONEY_TEXT_SIZE];
    statement_add_text(statement, money_format_exact(amount, text));
}

void revenue_put(struct transaction *transaction, const struct record_revenue *revenue)
{
    struct statement *statement = transaction_add(transaction, STATEMENT_REVENUE_PUT);
    statement_add_integer(statement, revenue->read_at_ms);
    statement_add_integer(statement, revenue->as_of_ms);
    statement_add_integer(statement, revenue->fresh_until_ms);
    statement_add_text(statement, revenue->source);
    statement_add_text(statement, revenue->gross.currency);
    add_money(statement, revenue->gross);
    add_money(statement, revenue->cautious);
    add_money(statement, revenue->at_risk);
    statement_add_integer(statement, revenue->customers);
    statement_add_integer(statement, revenue->accepted);
    statement_add_json(statement, revenue->warnings, NULL);
    statement_add_json(statement, revenue->parts, NULL);
}

void revenue_accept(struct transaction *transaction, int64_t id)
{
    statement_add_integer(transaction_add(transaction, STATEMENT_REVENUE_ACCEPT), id);
}

static bool read_money(struct query *query, struct arena *arena,
                       struct record_revenue *row, struct fault *fault)
{
    const char *currency = query_text(query, 5, arena);
    return money_parse(query_text(query, 6, arena), currency, &row->gross, fault) &&
           money_parse(query_text(query, 7, arena), currency, &row->cautious, fault) &&
           money_parse(query_text(query, 8, arena), currency, &row->at_risk, fault);
}

static bool read_row(struct query *query, struct arena *arena, struct record_revenue *row,
                     struct fault *fault)
{
    row->id = query_integer(query, 0);
    row->read_at_ms = query_integer(query, 1);
    row->as_of_ms = query_integer(query, 2);
    row->fresh_until_ms = query_integer(query, 3);
    row->source = query_text(query, 4, arena);
    row->customers = query_integer(query, 9);
    row->accepted = query_integer(query, 10) != 0;
    row->warnings = query_json(query, 11, arena);
    row->parts = query_json(query, 12, arena);
    return read_money(query, arena, row, fault);
}

static bool load(struct database *database, const struct statement *statement,
                 struct record_revenues *found, struct fault *fault)
{
    struct arena *arena = statement->arena;
    struct fault own = {0};
    struct query query;
    struct array rows;
    bool whole = true;
    if (!query_start(&query, database->reader, statement, fault))
        return fault_while(fault, "reading the revenue");
    array_init(&rows);
    while (whole && query_next(&query)) {
        struct record_revenue *row = arena_alloc(arena, sizeof *row);
        whole = read_row(&query, arena, row, &own);
        array_add(&rows, row);
    }
    struct record_revenue *block = arena_alloc(arena, (rows.count + 1) * sizeof *block);
    for (size_t i = 0; i < rows.count; i++)
        block[i] = *(const struct record_revenue *) rows.items[i];
    *found = (struct record_revenues){block, rows.count};
    array_clear(&rows);
    bool ended = query_end(&query, fault);
    if (ended && !whole)
        *fault = own;
    return (ended && whole) || fault_while(fault, "reading the revenue");
}

bool revenue_load_newest(struct database *database, struct arena *arena, int most,
                         struct record_revenues *found, struct fault *fault)
{
    struct statement statement;
    *found = (struct record_revenues){0};
    if (!database)
        return true;
    statement_init(&statement, STATEMENT_REVENUE_NEWEST, arena);
    statement_add_integer(&statement, most);
    return load(database, &statement, found, fault);
}

bool revenue_load_accepted(struct database *database, struct arena *arena, int64_t by_ms,
                           const struct record_revenue **found, struct fault *fault)
{
    struct statement statement;
    struct record_revenues rows = {0};
    *found = NULL;
    if (!database)
        return true;
    statement_init(&statement, STATEMENT_REVENUE_ACCEPTED, arena);
    statement_add_integer(&statement, by_ms);
    if (!load(database, &statement, &rows, fault))
        return false;
    *found = rows.count > 0 ? rows.rows : NULL;
    return true;
}

bool revenue_load_between(struct database *database, struct arena *arena, int64_t from_ms,
                          int64_t to_ms, struct record_revenues *found,
                          struct fault *fault)
{
    struct statement statement;
    *found = (struct record_revenues){0};
    if (!database)
        return true;
    statement_init(&statement, STATEMENT_REVENUE_BETWEEN, arena);
    statement_add_integer(&statement, from_ms);
    statement_add_integer(&statement, to_ms);
    return load(database, &statement, found, fault);
}
