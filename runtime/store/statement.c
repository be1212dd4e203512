// SPDX-License-Identifier: MIT
#include "store/statement.h"

#include "base/text.h"
#include "store/secret.h"
#include "value/json.h"

#include <assert.h>
#include <string.h>

#define MEASUREMENT_COLUMNS "run, address, name, value, unit, at_ms"

#define EVALUATION_COLUMNS                                                               \
    "rule, at_ms, run, state, is_proposed, past, figures, saw, playbook"

#define AMENDMENT_COLUMNS                                                                \
    "rule, accepted_ms, accepted_by, amend, include, evidence, playbook"

#define REVENUE_COLUMNS                                                                  \
    "read_at_ms, as_of_ms, fresh_until_ms, source, currency, gross, cautious, at_risk, " \
    "customers, accepted, warnings, parts"

#define STEP_COLUMNS                                                                     \
    "id, run, address, type, host, action, label, outcome, note, failure, begun_at_ms, " \
    "ended_at_ms, (SELECT playbook FROM run WHERE run.id = step.run), before, "          \
    "wanted_before, after, row_before, fields, price"

static const char *const texts[STATEMENT_COUNT] = {
    // IMMEDIATE always: a deferred one that reads first cannot wait for its turn to
    // write.
    [STATEMENT_BEGIN] = "BEGIN IMMEDIATE",
    [STATEMENT_COMMIT] = "COMMIT",
    [STATEMENT_ROLLBACK] = "ROLLBACK",
    [STATEMENT_SAVEPOINT] = "SAVEPOINT one",
    [STATEMENT_RELEASE] = "RELEASE one",
    [STATEMENT_ROLLBACK_TO] = "ROLLBACK TO one",

    [STATEMENT_META_GET] = "SELECT value FROM meta WHERE key = ?1",
    [STATEMENT_META_PUT] = "INSERT INTO meta (key, value) VALUES (?1, ?2)",
    [STATEMENT_PROJECT_TAKE] = "UPDATE meta SET value = ?1 WHERE key = 'project_id'",
    [STATEMENT_COUNT_ALL] = "SELECT (SELECT count(*) FROM resource) + "
                            "(SELECT count(*) FROM run) + (SELECT count(*) FROM secret)",
    [STATEMENT_SERIAL_RAISE] = "UPDATE meta SET value = value + 1 WHERE key = 'serial'",
    [STATEMENT_SEQUENCE_GET] = "SELECT seq FROM sqlite_sequence WHERE name = ?1",

    [STATEMENT_RESOURCE_LIST] =
        "SELECT address, type, host, playbook, incarnation, created_by_us, protect, "
        "wanted, attributes, needs, changed_at_ms, stage, tags, phase, ignore, "
        "restarts, reloads FROM resource ORDER BY address",
    [STATEMENT_RESOURCE_PUT] =
        "INSERT OR REPLACE INTO resource (address, type, host, playbook, incarnation, "
        "created_by_us, protect, wanted, attributes, needs, changed_at_ms, stage, tags, "
        "phase, ignore, restarts, reloads) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, "
        "?16, ?17)",
    [STATEMENT_RESOURCE_REMOVE] = "DELETE FROM resource WHERE address = ?1",

    [STATEMENT_SETTING_GET] = "SELECT value FROM setting WHERE key = ?1",
    [STATEMENT_SETTING_PUT] =
        "INSERT OR REPLACE INTO setting (key, value) VALUES (?1, ?2)",
    [STATEMENT_SETTING_REMOVE] = "DELETE FROM setting WHERE key = ?1",

    [STATEMENT_RUN_BEGIN] = "INSERT INTO run (id, playbook, verb, outcome, begun_at_ms, "
                            "who, plan, options) "
                            "VALUES (?1, ?2, ?3, 'open', ?4, ?5, ?6, ?7)",
    [STATEMENT_RUN_END] =
        "UPDATE run SET outcome = ?2, ended_at_ms = ?3, cost_before = ?4, "
        "cost_after = ?5, summary = ?6 WHERE id = ?1",
    [STATEMENT_RUN_LIST] =
        "SELECT id, playbook, verb, outcome, begun_at_ms, ended_at_ms, "
        "cost_before, cost_after, summary, who, plan, options FROM run "
        "ORDER BY id DESC LIMIT ?1",

    [STATEMENT_RUN_FIRST] = "SELECT begun_at_ms FROM run ORDER BY id LIMIT 1",

    [STATEMENT_STEP_INTEND] =
        "INSERT INTO step (id, run, address, type, host, action, label, outcome, "
        "begun_at_ms, before, wanted_before, after, row_before, fields, price) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'open', ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
    [STATEMENT_STEP_NOTE] = "UPDATE step SET note = ?2 WHERE id = ?1",
    [STATEMENT_STEP_FINISH] = "UPDATE step SET outcome = ?2, failure = ?3, "
                              "ended_at_ms = ?4 WHERE id = ?1",
    [STATEMENT_STEP_REWRITE] =
        "UPDATE step SET address = ?2, host = ?3, before = ?4, wanted_before = ?5, "
        "after = ?6, row_before = ?7 WHERE id = ?1",
    [STATEMENT_STEP_LIST_OPEN] = "SELECT " STEP_COLUMNS " FROM step "
                                 "WHERE outcome IN ('open', 'uncertain') ORDER BY id",
    [STATEMENT_STEP_LIST_RUN] =
        "SELECT " STEP_COLUMNS " FROM step WHERE run = ?1 ORDER BY id",
    [STATEMENT_STEP_LIST_AFTER] =
        "SELECT " STEP_COLUMNS " FROM step WHERE run > ?1 ORDER BY id",
    [STATEMENT_STEP_LIST_ADDRESS] =
        "SELECT " STEP_COLUMNS " FROM step WHERE address = ?1 ORDER BY id",

    [STATEMENT_HANDLER_OWE] =
        "INSERT OR REPLACE INTO handler (host, name, cause, script, run) "
        "VALUES (?1, ?2, ?3, ?4, ?5)",
    [STATEMENT_HANDLER_CLEAR] = "DELETE FROM handler WHERE host = ?1 AND name = ?2",
    [STATEMENT_HANDLER_RENAME] = "UPDATE handler SET cause = ?2 WHERE cause = ?1",
    [STATEMENT_HANDLER_RENAME_HOST] =
        "UPDATE OR REPLACE handler SET host = ?2, cause = CASE "
        "WHEN substr(cause, 1, length(?3) + 1) = ?3 || ':' "
        "THEN ?4 || substr(cause, length(?3) + 1) ELSE cause END WHERE host = ?1",
    [STATEMENT_HANDLER_LIST] = "SELECT host, name, cause, script, run, "
                               "(SELECT playbook FROM run WHERE run.id = handler.run) "
                               "FROM handler ORDER BY host, name",

    [STATEMENT_SECRET_GET] = "SELECT label, sealed FROM secret WHERE label = ?1",
    [STATEMENT_SECRET_FIND] = "SELECT label, source, length(sealed), made_at_ms "
                              "FROM secret WHERE label = ?1",
    [STATEMENT_SECRET_LIST] = "SELECT label, source, length(sealed), made_at_ms "
                              "FROM secret ORDER BY label",
    // Not those that are to be made anew.
    [STATEMENT_SECRET_KEPT] = "SELECT label, sealed FROM secret WHERE NOT EXISTS "
                              "(SELECT 1 FROM setting WHERE key = 'rotate/' || label) "
                              "ORDER BY label",
    [STATEMENT_SECRET_PUT] = "INSERT OR REPLACE INTO secret (label, sealed, source, "
                             "made_at_ms) VALUES (?1, ?2, ?3, ?4)",
    [STATEMENT_ROTATION_RENAME] = "UPDATE OR REPLACE setting SET key = 'rotate/' || ?2 "
                                  "WHERE key = 'rotate/' || ?1",
    [STATEMENT_PRICE_RENAME] = "UPDATE OR REPLACE setting SET key = 'price/' || ?2 "
                               "WHERE key = 'price/' || ?1",
    [STATEMENT_SECRET_RENAME] =
        "UPDATE secret SET label = ?2, sealed = ?3 WHERE label = ?1",
    [STATEMENT_SECRET_REMOVE] = "DELETE FROM secret WHERE label = ?1",

    [STATEMENT_USED_PLAN_GET] = "SELECT run, used_at_ms FROM used_plan WHERE id = ?1",
    [STATEMENT_USED_PLAN_PUT] =
        "INSERT INTO used_plan (id, run, used_at_ms) VALUES (?1, ?2, ?3)",
    [STATEMENT_USED_PLAN_PASS_ON] =
        "UPDATE used_plan SET run = ?2, used_at_ms = ?3 WHERE id = ?1",

    [STATEMENT_MEASUREMENT_PUT] = "INSERT INTO measurement (" MEASUREMENT_COLUMNS
                                  ") VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    // What is there already is not taken in again.
    [STATEMENT_MEASUREMENT_TAKE] =
        "INSERT INTO measurement (" MEASUREMENT_COLUMNS
        ") SELECT ?1, ?2, ?3, ?4, ?5, ?6 WHERE NOT EXISTS (SELECT 1 FROM measurement "
        "WHERE address = ?2 AND name = ?3 AND at_ms = ?6)",
    // The newest ?1 of each name of each address; ?2 NULL: of all addresses.
    [STATEMENT_MEASUREMENT_NEWEST] =
        "SELECT " MEASUREMENT_COLUMNS " FROM (SELECT *, row_number() OVER "
        "(PARTITION BY address, name ORDER BY at_ms DESC, id DESC) AS place "
        "FROM measurement WHERE ?2 IS NULL OR address = ?2) "
        "WHERE place <= ?1 ORDER BY address, name, place",
    [STATEMENT_MEASUREMENT_SINCE] =
        "SELECT " MEASUREMENT_COLUMNS " FROM measurement WHERE name = ?1 "
        "AND at_ms >= ?2 ORDER BY at_ms, id",
    [STATEMENT_MEASUREMENT_RUN] =
        "SELECT " MEASUREMENT_COLUMNS " FROM measurement WHERE run = ?1 ORDER BY id",
    [STATEMENT_MEASUREMENT_RENAME_HOST] =
        "UPDATE measurement SET address = ?2 || substr(address, length(?1) + 1) "
        "WHERE substr(address, 1, length(?1) + 1) = ?1 || ':'",

    // The same reading, shown by a plan and kept by its run, is one row.
    [STATEMENT_REVENUE_PUT] =
        "INSERT INTO revenue (" REVENUE_COLUMNS
        ") SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12 WHERE NOT EXISTS "
        "(SELECT 1 FROM revenue WHERE read_at_ms = ?1 AND source = ?4)",
    [STATEMENT_REVENUE_ACCEPT] = "UPDATE revenue SET accepted = 1 WHERE id = ?1",
    [STATEMENT_REVENUE_NEWEST] = "SELECT id, " REVENUE_COLUMNS " FROM revenue "
                                 "ORDER BY read_at_ms DESC, id DESC LIMIT ?1",
    [STATEMENT_REVENUE_ACCEPTED] =
        "SELECT id, " REVENUE_COLUMNS " FROM revenue WHERE accepted AND read_at_ms <= ?1 "
        "ORDER BY read_at_ms DESC, id DESC LIMIT 1",
    [STATEMENT_REVENUE_BETWEEN] =
        "SELECT id, " REVENUE_COLUMNS " FROM revenue "
        "WHERE as_of_ms >= ?1 AND as_of_ms <= ?2 ORDER BY as_of_ms, read_at_ms, id",

    [STATEMENT_ANSWER_PUT] = "INSERT INTO answer (name, value, answered_ms, expires_ms) "
                             "VALUES (?1, ?2, ?3, ?4)",
    // The newest of each name that was answered at ?1 or before.
    [STATEMENT_ANSWER_NEWEST] =
        "SELECT name, value, answered_ms, expires_ms FROM (SELECT *, row_number() OVER "
        "(PARTITION BY name ORDER BY answered_ms DESC, id DESC) AS place "
        "FROM answer WHERE answered_ms <= ?1) WHERE place = 1 ORDER BY name",

    [STATEMENT_EVALUATION_PUT] = "INSERT INTO evaluation (" EVALUATION_COLUMNS
                                 ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    // The newest ?1 of each rule; ?2 NULL: of all rules; none from after ?3.
    [STATEMENT_EVALUATION_NEWEST] =
        "SELECT id, " EVALUATION_COLUMNS " FROM (SELECT *, row_number() OVER "
        "(PARTITION BY rule, playbook ORDER BY at_ms DESC, id DESC) AS place "
        "FROM evaluation WHERE at_ms <= ?3 AND (?2 IS NULL OR rule = ?2)) "
        "WHERE place <= ?1 ORDER BY rule, playbook, place",
    [STATEMENT_AMENDMENT_PUT] = "INSERT INTO amendment (" AMENDMENT_COLUMNS
                                ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    [STATEMENT_AMENDMENT_WITHDRAW] =
        "UPDATE amendment SET withdrawn_ms = ?2, withdrawn_by = ?3 "
        "WHERE rule = ?1 AND playbook IS ?4 AND withdrawn_ms = 0",
    // Without ?1 only those in force.
    [STATEMENT_AMENDMENT_LIST] =
        "SELECT id, " AMENDMENT_COLUMNS ", withdrawn_ms, withdrawn_by FROM amendment "
        "WHERE ?1 OR withdrawn_ms = 0 ORDER BY accepted_ms, id",

    // These two live in cache.db.
    [STATEMENT_FACT_GET] = "SELECT text, read_at_ms FROM fact WHERE key = ?1",
    [STATEMENT_FACT_PUT] =
        "INSERT OR REPLACE INTO fact (key, text, read_at_ms) VALUES (?1, ?2, ?3)",
};

const char *statement_sql(enum statement_id id)
{
    assert(id < STATEMENT_COUNT);
    return texts[id];
}

bool statement_must_change(enum statement_id id)
{
    return id == STATEMENT_SERIAL_RAISE || id == STATEMENT_RUN_END ||
           id == STATEMENT_STEP_NOTE || id == STATEMENT_STEP_FINISH;
}

void statement_init(struct statement *statement, enum statement_id id,
                    struct arena *arena)
{
    *statement = (struct statement){.id = id, .arena = arena};
}

static struct parameter *add_parameter(struct statement *statement)
{
    assert(statement->count < STATEMENT_PARAMETERS);
    return &statement->parameters[statement->count++];
}

void statement_add_integer(struct statement *statement, int64_t integer)
{
    struct parameter *parameter = add_parameter(statement);
    parameter->kind = PARAMETER_INTEGER;
    parameter->integer = integer;
}

void statement_add_number(struct statement *statement, double number)
{
    struct parameter *parameter = add_parameter(statement);
    parameter->kind = PARAMETER_NUMBER;
    parameter->number = number;
}

static void add_bytes(struct statement *statement, enum parameter_kind kind,
                      const void *bytes, size_t length)
{
    struct parameter *parameter = add_parameter(statement);
    if (!bytes)
        return;
    parameter->kind = kind;
    parameter->bytes = arena_copy(statement->arena, bytes, length);
    parameter->length = length;
}

void statement_add_text(struct statement *statement, const char *text)
{
    add_bytes(statement, PARAMETER_TEXT, text, text ? strlen(text) : 0);
}

void statement_add_blob(struct statement *statement, const void *bytes, size_t length)
{
    add_bytes(statement, PARAMETER_BLOB, bytes, length);
}

void statement_add_json(struct statement *statement, const struct value *value,
                        const struct vault *vault)
{
    if (!value) {
        statement_add_text(statement, NULL);
        return;
    }
    struct text json;
    text_init(&json, 0);
    json_write(&json, value, vault ? vault_write_digest : NULL, (void *) vault);
    add_bytes(statement, PARAMETER_TEXT, json.bytes, json.length);
    text_clear(&json);
}
