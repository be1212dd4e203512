// SPDX-License-Identifier: MIT
//
// Every SQL text of the store, once, and a statement with its parameters: built on the
// calling thread, carried out there (query.h) or on the writer thread (writer.h).
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "value/value.h"

enum statement_id {
    STATEMENT_BEGIN,
    STATEMENT_COMMIT,
    STATEMENT_ROLLBACK,
    STATEMENT_SAVEPOINT,
    STATEMENT_RELEASE,
    STATEMENT_ROLLBACK_TO,
    STATEMENT_META_GET,
    STATEMENT_META_PUT,
    STATEMENT_PROJECT_TAKE,
    STATEMENT_COUNT_ALL,
    STATEMENT_SERIAL_RAISE,
    STATEMENT_SEQUENCE_GET,
    STATEMENT_RESOURCE_LIST,
    STATEMENT_RESOURCE_PUT,
    STATEMENT_RESOURCE_REMOVE,
    STATEMENT_SETTING_GET,
    STATEMENT_SETTING_PUT,
    STATEMENT_SETTING_REMOVE,
    STATEMENT_RUN_BEGIN,
    STATEMENT_RUN_END,
    STATEMENT_RUN_LIST,
    STATEMENT_RUN_FIRST,
    STATEMENT_STEP_INTEND,
    STATEMENT_STEP_NOTE,
    STATEMENT_STEP_FINISH,
    STATEMENT_STEP_REWRITE,
    STATEMENT_STEP_LIST_OPEN,
    STATEMENT_STEP_LIST_RUN,
    STATEMENT_STEP_LIST_AFTER,
    STATEMENT_STEP_LIST_ADDRESS,
    STATEMENT_HANDLER_OWE,
    STATEMENT_HANDLER_CLEAR,
    STATEMENT_HANDLER_RENAME,
    STATEMENT_HANDLER_RENAME_HOST,
    STATEMENT_HANDLER_LIST,
    STATEMENT_SECRET_GET,
    STATEMENT_SECRET_FIND,
    STATEMENT_SECRET_LIST,
    STATEMENT_SECRET_KEPT,
    STATEMENT_SECRET_PUT,
    STATEMENT_SECRET_RENAME,
    STATEMENT_ROTATION_RENAME,
    STATEMENT_PRICE_RENAME,
    STATEMENT_SECRET_REMOVE,
    STATEMENT_USED_PLAN_GET,
    STATEMENT_USED_PLAN_PUT,
    STATEMENT_USED_PLAN_PASS_ON,
    STATEMENT_MEASUREMENT_PUT,
    STATEMENT_MEASUREMENT_TAKE,
    STATEMENT_MEASUREMENT_NEWEST,
    STATEMENT_MEASUREMENT_SINCE,
    STATEMENT_MEASUREMENT_RUN,
    STATEMENT_MEASUREMENT_RENAME_HOST,
    STATEMENT_REVENUE_PUT,
    STATEMENT_REVENUE_ACCEPT,
    STATEMENT_REVENUE_NEWEST,
    STATEMENT_REVENUE_ACCEPTED,
    STATEMENT_REVENUE_BETWEEN,
    STATEMENT_ANSWER_PUT,
    STATEMENT_ANSWER_NEWEST,
    STATEMENT_EVALUATION_PUT,
    STATEMENT_EVALUATION_NEWEST,
    STATEMENT_AMENDMENT_PUT,
    STATEMENT_AMENDMENT_WITHDRAW,
    STATEMENT_AMENDMENT_LIST,
    STATEMENT_FACT_GET,
    STATEMENT_FACT_PUT,
    STATEMENT_COUNT,
};

enum parameter_kind {
    PARAMETER_NULL,
    PARAMETER_INTEGER,
    PARAMETER_NUMBER,
    PARAMETER_TEXT,
    PARAMETER_BLOB,
};

struct parameter {
    enum parameter_kind kind;
    int64_t integer;
    double number;
    const char *bytes;
    size_t length;
};

#define STATEMENT_PARAMETERS 17

struct statement {
    enum statement_id id;
    struct arena *arena; // holds what the parameters point to
    struct parameter parameters[STATEMENT_PARAMETERS];
    size_t count;
    bool may_miss; // that it touches no row is no bug here
    struct statement *next;
};

const char *statement_sql(enum statement_id id);
// Whether it is a bug when no row is touched.
bool statement_must_change(enum statement_id id);

void statement_init(struct statement *statement, enum statement_id id,
                    struct arena *arena);
// Each adds the next parameter, ?1 first. NULL bytes or values become NULL.
void statement_add_integer(struct statement *statement, int64_t integer);
void statement_add_number(struct statement *statement, double number);
void statement_add_text(struct statement *statement, const char *text);
void statement_add_blob(struct statement *statement, const void *bytes, size_t length);

// Secrets become digests under the vault, or bare labels where it is NULL.
struct vault;
void statement_add_json(struct statement *statement, const struct value *value,
                        const struct vault *vault);
