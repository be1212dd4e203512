// SPDX-License-Identifier: MIT
#include "store/rule.h"

#include "store/query.h"
#include "store/transaction.h"

#include <string.h>

void rule_put_evaluation(struct transaction *transaction,
                         const struct record_evaluation *evaluation)
{
    struct statement *statement = transaction_add(transaction, STATEMENT_EVALUATION_PUT);
    statement_add_text(statement, evaluation->rule);
    statement_add_integer(statement, evaluation->at_ms);
    statement_add_integer(statement, evaluation->run);
    statement_add_text(statement, evaluation->state);
    statement_add_integer(statement, evaluation->is_proposed);
    statement_add_json(statement, evaluation->past, NULL);
    statement_add_json(statement, evaluation->figures, NULL);
    statement_add_json(statement, evaluation->saw, NULL);
    statement_add_text(statement, evaluation->playbook);
}

static void read_evaluation(struct query *query, struct arena *arena, void *place)
{
    struct record_evaluation *row = place;
    row->id = query_integer(query, 0);
    row->rule = query_text(query, 1, arena);
    row->at_ms = query_integer(query, 2);
    row->run = query_integer(query, 3);
    row->state = query_text(query, 4, arena);
    row->is_proposed = query_integer(query, 5) != 0;
    row->past = query_json(query, 6, arena);
    row->figures = query_json(query, 7, arena);
    row->saw = query_json(query, 8, arena);
    row->playbook = query_text(query, 9, arena);
}

bool rule_load_evaluations(struct database *database, struct arena *arena, int64_t by_ms,
                           int most, const char *rule, struct record_evaluations *found,
                           struct fault *fault)
{
    struct statement statement;
    struct query query;
    *found = (struct record_evaluations){0};
    if (!database)
        return true;
    statement_init(&statement, STATEMENT_EVALUATION_NEWEST, arena);
    statement_add_integer(&statement, most);
    statement_add_text(&statement, rule);
    statement_add_integer(&statement, by_ms);
    if (!query_start(&query, database->reader, &statement, fault))
        return fault_while(fault, "reading what rules said");
    found->rows =
        query_rows(&query, arena, sizeof *found->rows, read_evaluation, &found->count);
    return query_end(&query, fault) || fault_while(fault, "reading what rules said");
}

void rule_put_amendment(struct transaction *transaction,
                        const struct record_amendment *amendment)
{
    struct statement *statement = transaction_add(transaction, STATEMENT_AMENDMENT_PUT);
    statement_add_text(statement, amendment->rule);
    statement_add_integer(statement, amendment->accepted_ms);
    statement_add_text(statement, amendment->accepted_by);
    statement_add_json(statement, amendment->amend, NULL);
    statement_add_text(statement, amendment->include);
    statement_add_json(statement, amendment->evidence, NULL);
    statement_add_text(statement, amendment->playbook);
    transaction->changes_state = true;
}

void rule_withdraw(struct transaction *transaction,
                   const struct record_amendment *amendment, int64_t at_ms,
                   const char *who)
{
    struct statement *statement =
        transaction_add(transaction, STATEMENT_AMENDMENT_WITHDRAW);
    statement_add_text(statement, amendment->rule);
    statement_add_integer(statement, at_ms);
    statement_add_text(statement, who);
    statement_add_text(statement, amendment->playbook);
    transaction->changes_state = true;
}

static void read_amendment(struct query *query, struct arena *arena, void *place)
{
    struct record_amendment *row = place;
    row->id = query_integer(query, 0);
    row->rule = query_text(query, 1, arena);
    row->accepted_ms = query_integer(query, 2);
    row->accepted_by = query_text(query, 3, arena);
    row->amend = query_json(query, 4, arena);
    row->include = query_text(query, 5, arena);
    row->evidence = query_json(query, 6, arena);
    row->playbook = query_text(query, 7, arena);
    row->withdrawn_ms = query_integer(query, 8);
    row->withdrawn_by = query_text(query, 9, arena);
}

bool rule_load_amendments(struct database *database, struct arena *arena,
                          bool also_withdrawn, struct record_amendments *found,
                          struct fault *fault)
{
    struct statement statement;
    struct query query;
    *found = (struct record_amendments){0};
    if (!database)
        return true;
    statement_init(&statement, STATEMENT_AMENDMENT_LIST, arena);
    statement_add_integer(&statement, also_withdrawn);
    if (!query_start(&query, database->reader, &statement, fault))
        return fault_while(fault, "reading what was accepted");
    found->rows =
        query_rows(&query, arena, sizeof *found->rows, read_amendment, &found->count);
    return query_end(&query, fault) || fault_while(fault, "reading what was accepted");
}

static bool is_same_file(const char *left, const char *right)
{
    return left == right || (left != NULL && right != NULL && strcmp(left, right) == 0);
}

bool rule_is_same(const struct record_evaluation *one,
                  const struct record_evaluation *other)
{
    return strcmp(one->rule, other->rule) == 0 &&
           is_same_file(one->playbook, other->playbook);
}

const struct record_evaluation *rule_find_evaluation(const struct record_evaluations *all,
                                                     const char *playbook,
                                                     const char *rule)
{
    const struct record_evaluation *of_any = NULL;
    for (size_t i = 0; i < all->count; i++) {
        const struct record_evaluation *row = &all->rows[i];
        if (strcmp(row->rule, rule) != 0)
            continue;
        if (is_same_file(row->playbook, playbook))
            return row;
        if (row->playbook == NULL && of_any == NULL)
            of_any = row;
    }
    return of_any;
}

const struct record_amendment *rule_find_amendment(const struct record_amendments *found,
                                                   const char *playbook, const char *rule)
{
    const struct record_amendment *of_any = NULL;
    for (size_t i = 0; i < found->count; i++) {
        const struct record_amendment *row = &found->rows[i];
        if (row->withdrawn_ms != 0 || strcmp(row->rule, rule) != 0)
            continue;
        if (is_same_file(row->playbook, playbook))
            return row;
        if (of_any == NULL && (row->playbook == NULL || playbook == NULL))
            of_any = row;
    }
    return of_any;
}
