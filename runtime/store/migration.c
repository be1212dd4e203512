// SPDX-License-Identifier: MIT
//
// A released migration is never edited: databases out there have been through it. What
// changes is a new one at the end, and the statements in statement.c.
#include "store/migration.h"

#include "base/crashpoint.h"
#include "base/log.h"
#include "store/file.h"
#include "store/heap.h"
#include "store/secret.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define APPLICATION_ID 0x70697073 // "pips"

static const char version_1[] =
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE resource (address TEXT PRIMARY KEY, type TEXT NOT NULL, host TEXT,"
    "  playbook TEXT, created_by_us INTEGER NOT NULL, wanted TEXT, attributes TEXT,"
    "  needs TEXT, changed_at_ms INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE run (id INTEGER PRIMARY KEY AUTOINCREMENT, playbook TEXT,"
    "  verb TEXT NOT NULL, outcome TEXT NOT NULL, begun_at_ms INTEGER NOT NULL,"
    "  ended_at_ms INTEGER NOT NULL DEFAULT 0);"
    "CREATE TABLE step (id INTEGER PRIMARY KEY AUTOINCREMENT, run INTEGER NOT NULL,"
    "  address TEXT NOT NULL, type TEXT NOT NULL, action TEXT NOT NULL, label TEXT,"
    "  outcome TEXT NOT NULL, failure TEXT, begun_at_ms INTEGER NOT NULL,"
    "  ended_at_ms INTEGER NOT NULL DEFAULT 0);"
    "CREATE TABLE handler (host TEXT NOT NULL, name TEXT NOT NULL, cause TEXT NOT NULL,"
    "  script TEXT, run INTEGER NOT NULL, PRIMARY KEY (host, name, cause)) WITHOUT ROWID;"
    "CREATE TABLE secret (label TEXT PRIMARY KEY, sealed BLOB NOT NULL) WITHOUT ROWID;";

// Hosts get an incarnation, steps a host and a note, runs their costs; a handler is owed
// once, whatever its causes; things that hold what cannot be bought back are protected.
static const char version_2[] =
    "ALTER TABLE resource ADD COLUMN incarnation TEXT;"
    "ALTER TABLE resource ADD COLUMN protect INTEGER NOT NULL DEFAULT 0;"
    "UPDATE resource SET protect = 1 WHERE created_by_us AND type IN ("
    "  'hetzner.volume', 'hetzner.primary_ip', 'hetzner.storage_box', 'hetzner.zone');"
    "ALTER TABLE run ADD COLUMN cost_before TEXT;"
    "ALTER TABLE run ADD COLUMN cost_after TEXT;"
    "ALTER TABLE run ADD COLUMN summary TEXT;"
    "ALTER TABLE step ADD COLUMN host TEXT;"
    "ALTER TABLE step ADD COLUMN note TEXT;"
    "UPDATE step SET host = (SELECT host FROM resource"
    "  WHERE resource.address = step.address);"
    "CREATE INDEX step_of_run ON step (run);"
    "CREATE INDEX step_open ON step (outcome) WHERE outcome IN ('open', 'uncertain');"
    "ALTER TABLE handler RENAME TO handler_by_cause;"
    "CREATE TABLE handler (host TEXT NOT NULL, name TEXT NOT NULL, cause TEXT NOT NULL,"
    "  script TEXT, run INTEGER NOT NULL, PRIMARY KEY (host, name)) WITHOUT ROWID;"
    "INSERT OR REPLACE INTO handler SELECT host, name, cause, script, run"
    "  FROM handler_by_cause ORDER BY run;"
    "DROP TABLE handler_by_cause;"
    "CREATE TABLE setting (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;";

// Rows know their stage, tags and phase; runs who made them and how they were asked for;
// steps what was there before, so that a run can be undone; secrets where they come from;
// a saved plan is used once.
static const char version_3[] =
    "ALTER TABLE resource ADD COLUMN stage TEXT;"
    "ALTER TABLE resource ADD COLUMN tags TEXT;"
    "ALTER TABLE resource ADD COLUMN phase INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE run ADD COLUMN who TEXT;"
    "ALTER TABLE run ADD COLUMN plan TEXT;"
    "ALTER TABLE run ADD COLUMN options TEXT;"
    "ALTER TABLE step ADD COLUMN before TEXT;"
    "ALTER TABLE step ADD COLUMN wanted_before TEXT;"
    "ALTER TABLE step ADD COLUMN after TEXT;"
    "ALTER TABLE secret ADD COLUMN source TEXT;"
    "ALTER TABLE secret ADD COLUMN made_at_ms INTEGER NOT NULL DEFAULT 0;"
    "CREATE TABLE used_plan (id TEXT PRIMARY KEY, run INTEGER NOT NULL,"
    "  used_at_ms INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE INDEX step_of_address ON step (address);";

// A step knows the rest of the row that it changed, so that the row can be made again;
// which attributes it changed; and what the thing cost a month when it was done.
static const char version_4[] = "ALTER TABLE step ADD COLUMN row_before TEXT;"
                                "ALTER TABLE step ADD COLUMN fields TEXT;"
                                "ALTER TABLE step ADD COLUMN price TEXT;";

// Rows know what their playbook leaves as it is found: a difference there is no drift.
static const char version_5[] = "ALTER TABLE resource ADD COLUMN ignore TEXT;";

// What checks measured.
static const char version_6[] =
    "CREATE TABLE measurement (id INTEGER PRIMARY KEY AUTOINCREMENT,"
    "  run INTEGER NOT NULL, address TEXT NOT NULL, name TEXT NOT NULL,"
    "  value REAL NOT NULL, unit TEXT, at_ms INTEGER NOT NULL);"
    "CREATE INDEX measurement_of_address ON measurement (address, name);"
    "CREATE INDEX measurement_of_run ON measurement (run);";

// Rows know what the removal of a thing owes: those from before owe nothing.
static const char version_7[] = "ALTER TABLE resource ADD COLUMN restarts TEXT;"
                                "ALTER TABLE resource ADD COLUMN reloads TEXT;";

// What came in, a row for each reading of the sources.
static const char version_8[] =
    "CREATE TABLE revenue (id INTEGER PRIMARY KEY AUTOINCREMENT,"
    "  read_at_ms INTEGER NOT NULL, as_of_ms INTEGER NOT NULL,"
    "  fresh_until_ms INTEGER NOT NULL, source TEXT NOT NULL, currency TEXT NOT NULL,"
    "  gross TEXT NOT NULL, cautious TEXT NOT NULL, at_risk TEXT NOT NULL,"
    "  customers INTEGER NOT NULL, accepted INTEGER NOT NULL, warnings TEXT,"
    "  parts TEXT);"
    "CREATE INDEX revenue_read ON revenue (read_at_ms);"
    "CREATE INDEX revenue_of ON revenue (as_of_ms);";

// What was answered to questions that no figure shows the answer to.
static const char version_9[] =
    "CREATE TABLE answer (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL,"
    "  value TEXT NOT NULL, answered_ms INTEGER NOT NULL, expires_ms INTEGER NOT NULL);"
    "CREATE INDEX answer_of_name ON answer (name, answered_ms);";

// What rules said, each time they were judged, and the proposals that were accepted: of a
// rule only one is in force.
static const char version_10[] =
    "CREATE TABLE evaluation (id INTEGER PRIMARY KEY AUTOINCREMENT, rule TEXT NOT NULL,"
    "  at_ms INTEGER NOT NULL, run INTEGER NOT NULL, state TEXT NOT NULL,"
    "  is_proposed INTEGER NOT NULL, past TEXT NOT NULL, figures TEXT, saw TEXT);"
    "CREATE INDEX evaluation_of_rule ON evaluation (rule, at_ms);"
    "CREATE TABLE amendment (id INTEGER PRIMARY KEY AUTOINCREMENT, rule TEXT NOT NULL,"
    "  accepted_ms INTEGER NOT NULL, accepted_by TEXT, amend TEXT, include TEXT,"
    "  evidence TEXT, withdrawn_ms INTEGER NOT NULL DEFAULT 0, withdrawn_by TEXT);"
    "CREATE UNIQUE INDEX amendment_in_force ON amendment (rule) WHERE withdrawn_ms = 0;";

// A rule is known by the file that says it and its name: what is from before is that of
// any file. And the newest that was measured is found without looking at all of it.
static const char version_11[] =
    "ALTER TABLE evaluation ADD COLUMN playbook TEXT;"
    "DROP INDEX evaluation_of_rule;"
    "CREATE INDEX evaluation_of_rule ON evaluation (rule, playbook, at_ms);"
    "ALTER TABLE amendment ADD COLUMN playbook TEXT;"
    "DROP INDEX amendment_in_force;"
    "CREATE UNIQUE INDEX amendment_in_force ON amendment (rule, ifnull(playbook, ''))"
    "  WHERE withdrawn_ms = 0;"
    "DROP INDEX measurement_of_address;"
    "CREATE INDEX measurement_of_address ON measurement (address, name, at_ms);"
    "CREATE INDEX measurement_of_name ON measurement (name, at_ms);";

static const char *const migrations[MIGRATION_NEWEST] = {
    version_1, version_2, version_3, version_4,  version_5, version_6,
    version_7, version_8, version_9, version_10, version_11};

static bool refuse(const struct connection *connection, struct fault *fault,
                   int64_t version)
{
    fault_set(fault, FAULT_ERROR, "the database was written by a newer pipster");
    fault_where(fault, "%s", connection_path(connection));
    fault_why(fault, "it has version %" PRId64 ", this binary knows versions up to %d",
              version, MIGRATION_NEWEST);
    return fault_next(fault, "install the pipster that wrote it, or a newer one");
}

bool migration_read_version(struct connection *connection, int64_t *version,
                            struct fault *fault)
{
    int64_t application = 0, tables = 0;
    if (!connection_number(connection, "PRAGMA application_id", &application, fault) ||
        !connection_number(connection, "PRAGMA user_version", version, fault) ||
        !connection_number(connection, "SELECT count(*) FROM sqlite_schema", &tables,
                           fault))
        return false;
    // A process killed between creating the file and the first commit leaves this.
    if (application == 0 && *version == 0 && tables == 0)
        return true;
    if (application != APPLICATION_ID || *version < 1) {
        fault_set(fault, FAULT_ERROR, "the file is a database, but none of pipster's");
        fault_where(fault, "%s", connection_path(connection));
        return fault_next(fault, "move it away and run the command again");
    }
    return *version <= MIGRATION_NEWEST || refuse(connection, fault, *version);
}

static bool put_meta(struct connection *connection, const char *key, const char *text,
                     struct fault *fault)
{
    struct arena arena;
    struct statement statement;
    arena_init(&arena, 0);
    statement_init(&statement, STATEMENT_META_PUT, &arena);
    statement_add_text(&statement, key);
    if (text)
        statement_add_text(&statement, text);
    else
        statement_add_integer(&statement, 0);
    bool put = connection_execute(connection, &statement, fault);
    arena_clear(&arena);
    return put;
}

static bool found_project(struct connection *connection, struct fault *fault)
{
    char id[17];
    secret_random_hex(id, 8);
    return put_meta(connection, "project_id", id, fault) &&
           put_meta(connection, "serial", NULL, fault);
}

static bool migrate(struct connection *connection, int64_t version, struct fault *fault)
{
    char pragmas[80];
    snprintf(pragmas, sizeof pragmas,
             "PRAGMA application_id = %d; PRAGMA user_version = %d", APPLICATION_ID,
             MIGRATION_NEWEST);
    for (int64_t next = version; next < MIGRATION_NEWEST; next++) {
        log_debug("store: migrating %s to version %" PRId64, connection_path(connection),
                  next + 1);
        if (!connection_run(connection, migrations[next], fault))
            return false;
    }
    if (version == 0 && !found_project(connection, fault))
        return false;
    if (version > 0)
        crashpoint("migration");
    return connection_run(connection, pragmas, fault);
}

bool migration_apply(struct connection *connection, int64_t version, struct fault *fault)
{
    if (!connection_step(connection, STATEMENT_BEGIN, fault))
        return false;
    if (migrate(connection, version, fault) &&
        connection_step(connection, STATEMENT_COMMIT, fault))
        return true;
    connection_rollback(connection);
    return fault_while(fault,
                       "bringing the database from version %" PRId64 " to version %d",
                       version, MIGRATION_NEWEST);
}

bool migration_keep_copy(struct connection *connection, int64_t version,
                         struct fault *fault)
{
    char suffix[40];
    snprintf(suffix, sizeof suffix, ".v%" PRId64 ".bak", version);
    char *path = heap_join(connection_path(connection), suffix);
    char *beside = heap_join(path, ".new");
    unlink(beside); // of an earlier try that was cut off
    bool kept = file_create(beside, true, fault) &&
                connection_copy_to(connection, beside, fault) &&
                file_publish(beside, path, NULL, fault);
    if (!kept) {
        unlink(beside);
        fault_while(fault, "keeping a copy of the database");
    }
    free(beside);
    free(path);
    return kept;
}
