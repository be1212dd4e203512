// SPDX-License-Identifier: MIT
#include "store/answer.h"

#include "store/query.h"
#include "store/transaction.h"

#include <string.h>

void answer_put(struct transaction *transaction, const struct record_answer *answer)
{
    struct statement *statement = transaction_add(transaction, STATEMENT_ANSWER_PUT);
    statement_add_text(statement, answer->name);
    statement_add_text(statement, answer->value);
    statement_add_integer(statement, answer->answered_ms);
    statement_add_integer(statement, answer->expires_ms);
}

static void read_row(struct query *query, struct arena *arena, void *place)
{
    struct record_answer *row = place;
    row->name = query_text(query, 0, arena);
    row->value = query_text(query, 1, arena);
    row->answered_ms = query_integer(query, 2);
    row->expires_ms = query_integer(query, 3);
}

bool answer_load(struct database *database, struct arena *arena, int64_t by_ms,
                 struct record_answers *found, struct fault *fault)
{
    struct statement statement;
    struct query query;
    *found = (struct record_answers){0};
    if (!database)
        return true;
    statement_init(&statement, STATEMENT_ANSWER_NEWEST, arena);
    statement_add_integer(&statement, by_ms);
    if (!query_start(&query, database->reader, &statement, fault))
        return fault_while(fault, "reading what was answered");
    found->rows = query_rows(&query, arena, sizeof *found->rows, read_row, &found->count);
    return query_end(&query, fault) || fault_while(fault, "reading what was answered");
}

const struct record_answer *answer_find(const struct record_answers *answers,
                                        const char *name)
{
    for (size_t i = 0; i < answers->count; i++)
        if (strcmp(answers->rows[i].name, name) == 0)
            return &answers->rows[i];
    return NULL;
}

bool answer_counts(const struct record_answer *answer, int64_t now_ms)
{
    return now_ms < answer->expires_ms;
}
