// SPDX-License-Identifier: MIT
#include "store/journal.h"

#include "base/array.h"
#include "base/clock.h"
#include "base/redact.h"
#include "store/query.h"
#include "store/transaction.h"
#include "value/json.h"

#include <assert.h>
#include <string.h>

static const char *const outcome_words[] = {
    [RECORD_OPEN] = "open",         [RECORD_DONE] = "done",
    [RECORD_FAILED] = "failed",     [RECORD_UNCERTAIN] = "uncertain",
    [RECORD_RESOLVED] = "resolved",
};

#define OUTCOME_COUNT (sizeof outcome_words / sizeof *outcome_words)

// A word we do not know is taken as uncertain: the world is asked.
static enum record_outcome outcome_of(const char *word)
{
    for (size_t i = 0; word && i < OUTCOME_COUNT; i++) {
        if (strcmp(word, outcome_words[i]) == 0)
            return (enum record_outcome) i;
    }
    return RECORD_UNCERTAIN;
}

bool journal_begin_run(struct database *database, struct record_run *run,
                       struct fault *fault)
{
    struct transaction *transaction = transaction_new(database);
    struct statement *begin = transaction_add(transaction, STATEMENT_RUN_BEGIN);
    run->id = atomic_fetch_add(&database->last_run, 1) + 1;
    run->outcome = "open";
    if (run->begun_at_ms == 0)
        run->begun_at_ms = clock_now_ms();
    statement_add_integer(begin, run->id);
    statement_add_text(begin, run->playbook);
    statement_add_text(begin, run->verb);
    statement_add_integer(begin, run->begun_at_ms);
    statement_add_text(begin, run->who);
    statement_add_text(begin, run->plan);
    statement_add_json(begin, run->options, NULL);
    if (run->plan != NULL) {
        struct statement *use =
            transaction_add(transaction, run->resumes ? STATEMENT_USED_PLAN_PASS_ON
                                                      : STATEMENT_USED_PLAN_PUT);
        statement_add_text(use, run->plan);
        statement_add_integer(use, run->id);
        statement_add_integer(use, run->begun_at_ms);
    }
    return transaction_commit(transaction, fault) ||
           fault_while(fault, "beginning a run");
}

void journal_end_run(struct transaction *transaction, const struct record_run *run)
{
    struct statement *end = transaction_add(transaction, STATEMENT_RUN_END);
    statement_add_integer(end, run->id);
    statement_add_text(end, run->outcome);
    statement_add_integer(end, run->ended_at_ms ? run->ended_at_ms : clock_now_ms());
    statement_add_text(end, run->cost_before);
    statement_add_text(end, run->cost_after);
    statement_add_json(end, run->summary, NULL);
}

bool journal_find_plan(struct database *database, const char *id, int64_t *run,
                       int64_t *used_at_ms, struct fault *fault)
{
    struct arena arena;
    struct statement statement;
    struct query query;
    *run = *used_at_ms = 0;
    if (!database)
        return true;
    arena_init(&arena, 0);
    statement_init(&statement, STATEMENT_USED_PLAN_GET, &arena);
    statement_add_text(&statement, id);
    bool found = query_start(&query, database->reader, &statement, fault);
    if (found && query_next(&query)) {
        *run = query_integer(&query, 0);
        *used_at_ms = query_integer(&query, 1);
    }
    found = found && query_end(&query, fault);
    arena_clear(&arena);
    return found || fault_while(fault, "looking for the plan %s", id);
}

void journal_intend(struct transaction *transaction, const struct vault *vault,
                    struct record_step *step)
{
    struct statement *intend = transaction_add(transaction, STATEMENT_STEP_INTEND);
    step->id = atomic_fetch_add(&transaction->database->last_step, 1) + 1;
    step->outcome = RECORD_OPEN;
    step->begun_at_ms = clock_now_ms();
    statement_add_integer(intend, step->id);
    statement_add_integer(intend, step->run);
    statement_add_text(intend, step->address);
    statement_add_text(intend, step->type);
    statement_add_text(intend, step->host);
    statement_add_text(intend, step->action);
    statement_add_text(intend, step->label);
    statement_add_integer(intend, step->begun_at_ms);
    statement_add_json(intend, step->before, vault);
    statement_add_json(intend, step->wanted_before, vault);
    statement_add_json(intend, step->after, vault);
    statement_add_json(intend, step->row_before, NULL);
    statement_add_json(intend, step->fields, NULL);
    statement_add_text(intend, step->price);
    transaction->has_intent = true;
}

void journal_note(struct transaction *transaction, int64_t step, const struct value *note)
{
    struct statement *noting = transaction_add(transaction, STATEMENT_STEP_NOTE);
    struct text json;
    text_init(&json, 0);
    if (note)
        json_write(&json, note, NULL, NULL);
    redact_text(&json);
    statement_add_integer(noting, step);
    statement_add_text(noting, note ? json.bytes : NULL);
    text_clear(&json);
}

static void add_failure(struct statement *finish, const char *failure)
{
    struct text text;
    text_init(&text, 0);
    text_add(&text, failure ? failure : "");
    redact_text(&text);
    statement_add_text(finish, failure ? text.bytes : NULL);
    text_clear(&text);
}

void journal_rewrite(struct transaction *transaction, const struct record_step *step)
{
    struct statement *rewrite = transaction_add(transaction, STATEMENT_STEP_REWRITE);
    statement_add_integer(rewrite, step->id);
    statement_add_text(rewrite, step->address);
    statement_add_text(rewrite, step->host);
    statement_add_json(rewrite, step->before, NULL);
    statement_add_json(rewrite, step->wanted_before, NULL);
    statement_add_json(rewrite, step->after, NULL);
    statement_add_json(rewrite, step->row_before, NULL);
}

void journal_finish(struct transaction *transaction, int64_t step,
                    enum record_outcome outcome, const char *failure)
{
    struct statement *finish = transaction_add(transaction, STATEMENT_STEP_FINISH);
    assert(outcome < OUTCOME_COUNT);
    statement_add_integer(finish, step);
    statement_add_text(finish, outcome_words[outcome]);
    add_failure(finish, failure);
    statement_add_integer(finish, clock_now_ms());
    transaction->has_result = true;
}

void journal_owe(struct transaction *transaction, const struct record_handler *handler)
{
    struct statement *owe = transaction_add(transaction, STATEMENT_HANDLER_OWE);
    statement_add_text(owe, handler->host);
    statement_add_text(owe, handler->name);
    statement_add_text(owe, handler->cause);
    statement_add_text(owe, handler->script);
    statement_add_integer(owe, handler->run);
}

void journal_clear(struct transaction *transaction, const char *host, const char *name)
{
    struct statement *clear = transaction_add(transaction, STATEMENT_HANDLER_CLEAR);
    statement_add_text(clear, host);
    statement_add_text(clear, name);
}

static void read_step(struct query *query, struct arena *arena, void *row)
{
    struct record_step *step = row;
    step->id = query_integer(query, 0);
    step->run = query_integer(query, 1);
    step->address = query_text(query, 2, arena);
    step->type = query_text(query, 3, arena);
    step->host = query_text(query, 4, arena);
    step->action = query_text(query, 5, arena);
    step->label = query_text(query, 6, arena);
    step->outcome = outcome_of(query_text(query, 7, arena));
    step->note = query_json(query, 8, arena);
    step->failure = query_text(query, 9, arena);
    step->begun_at_ms = query_integer(query, 10);
    step->ended_at_ms = query_integer(query, 11);
    step->playbook = query_text(query, 12, arena);
    step->before = query_json(query, 13, arena);
    step->wanted_before = query_json(query, 14, arena);
    step->after = query_json(query, 15, arena);
    step->row_before = query_json(query, 16, arena);
    step->fields = query_json(query, 17, arena);
    step->price = query_text(query, 18, arena);
}

static void read_handler(struct query *query, struct arena *arena, void *row)
{
    struct record_handler *handler = row;
    handler->host = query_text(query, 0, arena);
    handler->name = query_text(query, 1, arena);
    handler->cause = query_text(query, 2, arena);
    handler->script = query_text(query, 3, arena);
    handler->run = query_integer(query, 4);
    handler->playbook = query_text(query, 5, arena);
}

static void read_run(struct query *query, struct arena *arena, void *row)
{
    struct record_run *run = row;
    run->id = query_integer(query, 0);
    run->playbook = query_text(query, 1, arena);
    run->verb = query_text(query, 2, arena);
    run->outcome = query_text(query, 3, arena);
    run->begun_at_ms = query_integer(query, 4);
    run->ended_at_ms = query_integer(query, 5);
    run->cost_before = query_text(query, 6, arena);
    run->cost_after = query_text(query, 7, arena);
    run->summary = query_json(query, 8, arena);
    run->who = query_text(query, 9, arena);
    run->plan = query_text(query, 10, arena);
    run->options = query_json(query, 11, arena);
}

struct reading {
    struct database *database;
    struct arena *arena;
    size_t row_size;
    void (*read_row)(struct query *query, struct arena *arena, void *row);
};

// *rows becomes one block of *count rows in the arena.
static bool read_rows(const struct reading *reading, const struct statement *statement,
                      void **rows, size_t *count, struct fault *fault)
{
    struct query query;
    struct array found;
    if (!query_start(&query, reading->database->reader, statement, fault))
        return fault_while(fault, "reading the journal");
    array_init(&found);
    while (query_next(&query)) {
        void *row = arena_alloc(reading->arena, reading->row_size);
        reading->read_row(&query, reading->arena, row);
        array_add(&found, row);
    }
    char *block = arena_alloc(reading->arena, (found.count + 1) * reading->row_size);
    for (size_t i = 0; i < found.count; i++)
        memcpy(block + i * reading->row_size, found.items[i], reading->row_size);
    *rows = block;
    *count = found.count;
    array_clear(&found);
    return query_end(&query, fault) || fault_while(fault, "reading the journal");
}

bool journal_load_open(struct database *database, struct arena *arena,
                       struct journal_open *open, struct fault *fault)
{
    struct statement steps, handlers;
    struct reading step = {database, arena, sizeof *open->steps, read_step};
    struct reading handler = {database, arena, sizeof *open->handlers, read_handler};
    void *rows = NULL;
    *open = (struct journal_open){0};
    if (!database)
        return true;
    statement_init(&steps, STATEMENT_STEP_LIST_OPEN, arena);
    statement_init(&handlers, STATEMENT_HANDLER_LIST, arena);
    if (!read_rows(&step, &steps, &rows, &open->step_count, fault))
        return false;
    open->steps = rows;
    if (!read_rows(&handler, &handlers, &rows, &open->handler_count, fault))
        return false;
    open->handlers = rows;
    return true;
}

bool journal_load_runs(struct database *database, struct arena *arena, int limit,
                       struct record_run **runs, size_t *count, struct fault *fault)
{
    struct statement statement;
    struct reading reading = {database, arena, sizeof **runs, read_run};
    void *rows = NULL;
    *runs = NULL;
    *count = 0;
    if (!database)
        return true;
    statement_init(&statement, STATEMENT_RUN_LIST, arena);
    statement_add_integer(&statement, limit > 0 ? limit : -1);
    bool done = read_rows(&reading, &statement, &rows, count, fault);
    *runs = rows;
    return done;
}

bool journal_load_first(struct database *database, struct arena *arena, int64_t *begun_ms,
                        struct fault *fault)
{
    struct statement statement;
    struct query query;
    *begun_ms = 0;
    if (!database)
        return true;
    statement_init(&statement, STATEMENT_RUN_FIRST, arena);
    if (!query_start(&query, database->reader, &statement, fault))
        return false;
    if (query_next(&query))
        *begun_ms = query_integer(&query, 0);
    return query_end(&query, fault);
}

static bool load_steps(struct database *database, const struct statement *statement,
                       struct record_step **steps, size_t *count, struct fault *fault)
{
    struct reading reading = {database, statement->arena, sizeof **steps, read_step};
    void *rows = NULL;
    bool done = read_rows(&reading, statement, &rows, count, fault);
    *steps = rows;
    return done;
}

static bool load_steps_by_run(struct database *database, struct arena *arena,
                              enum statement_id which, int64_t run,
                              struct record_step **steps, size_t *count,
                              struct fault *fault)
{
    struct statement statement;
    *steps = NULL;
    *count = 0;
    if (!database)
        return true;
    statement_init(&statement, which, arena);
    statement_add_integer(&statement, run);
    return load_steps(database, &statement, steps, count, fault);
}

bool journal_load_steps(struct database *database, struct arena *arena, int64_t run,
                        struct record_step **steps, size_t *count, struct fault *fault)
{
    return load_steps_by_run(database, arena, STATEMENT_STEP_LIST_RUN, run, steps, count,
                             fault);
}

bool journal_load_steps_after(struct database *database, struct arena *arena, int64_t run,
                              struct record_step **steps, size_t *count,
                              struct fault *fault)
{
    return load_steps_by_run(database, arena, STATEMENT_STEP_LIST_AFTER, run, steps,
                             count, fault);
}

bool journal_load_steps_of(struct database *database, struct arena *arena,
                           const char *address, struct record_step **steps, size_t *count,
                           struct fault *fault)
{
    struct statement statement;
    *steps = NULL;
    *count = 0;
    if (!database)
        return true;
    statement_init(&statement, STATEMENT_STEP_LIST_ADDRESS, arena);
    statement_add_text(&statement, address);
    return load_steps(database, &statement, steps, count, fault);
}
