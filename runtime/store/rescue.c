// SPDX-License-Identifier: MIT
//
// The same places are tried when something is kept and when it is looked for. Names far
// from the database carry a digest of its path, since two projects may meet there.
#include "store/rescue.h"

#include "store/connection.h"
#include "store/file.h"
#include "store/heap.h"
#include "store/migration.h"
#include "store/query.h"
#include "store/secret.h"
#include "store/spill.h"
#include "store/transaction.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PLACES 3
#define SPILL  ".spill"
#define COPY   ".copy"

static const char *variable(const char *name, const char *fallback)
{
    const char *value = getenv(name);
    return value && *value ? value : fallback;
}

// NULL where there is no such place.
static const char *place(struct arena *arena, const char *path, int index,
                         const char *suffix)
{
    char digest[SECRET_SHA256_SIZE];
    const char *state = variable("XDG_STATE_HOME", NULL), *home = variable("HOME", NULL);
    if (index == 0)
        return arena_format(arena, "%s%s", path, suffix);
    secret_sha256(path, strlen(path), digest);
    if (index == 2)
        return arena_format(arena, "%s/pipster-%.16s%s", variable("TMPDIR", "/tmp"),
                            digest, suffix);
    if (state == NULL && home == NULL)
        return NULL;
    if (state == NULL)
        state = arena_format(arena, "%s/.local/state", home);
    return arena_format(arena, "%s/pipster/%.16s%s", state, digest, suffix);
}

// Where something of ours lies; NULL: nowhere. What belongs to another is passed over.
static const char *find(struct arena *arena, const char *path, const char *suffix)
{
    for (int i = 0; i < PLACES; i++) {
        const char *there = place(arena, path, i, suffix);
        struct fault ignored;
        bool exists = false;
        if (there != NULL && file_check_owner(there, &exists, &ignored) && exists)
            return there;
    }
    return NULL;
}

static void remove_database(const char *path)
{
    static const char *const ends[] = {"", "-wal", "-shm"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        char *file = heap_join(path, ends[i]);
        unlink(file);
        free(file);
    }
}

static bool copy_to(struct connection *connection, const char *path, struct fault *fault)
{
    char *beside = heap_join(path, ".new");
    remove_database(beside);
    bool done = file_create(beside, true, fault) &&
                connection_copy_to(connection, beside, fault) &&
                file_publish(beside, path, NULL, fault);
    if (!done)
        remove_database(beside);
    free(beside);
    return done;
}

static bool keep_at(struct database *database, const char *path, bool whole,
                    size_t *count, struct fault *fault)
{
    *count = 1;
    if (!file_make_folder(path, fault))
        return false;
    return whole ? copy_to(database->reader, path, fault)
                 : spill_write(database, path, count, fault);
}

bool rescue_keep(struct database *database, struct arena *arena, const char **path,
                 struct fault *fault)
{
    struct fault moved, first;
    const char *origin = connection_path(database->reader);
    bool whole = !connection_check_place(database->reader, &moved);
    *path = NULL;
    for (int i = 0; i < PLACES; i++) {
        const char *there = place(arena, origin, i, whole ? COPY : SPILL);
        size_t count;
        if (there == NULL)
            continue;
        if (keep_at(database, there, whole, &count, fault)) {
            *path = count > 0 ? there : NULL;
            return true;
        }
        if (i == 0)
            first = *fault;
    }
    *fault = first;
    return fault_while(fault,
                       "keeping what the run learned, here, in $XDG_STATE_HOME and "
                       "in $TMPDIR");
}

struct identity {
    char project[17];
    int64_t serial;
};

static bool read_identity(struct connection *connection, struct identity *identity,
                          struct fault *fault)
{
    struct arena arena;
    struct statement statement;
    struct query query;
    arena_init(&arena, 0);
    statement_init(&statement, STATEMENT_META_GET, &arena);
    statement_add_text(&statement, "project_id");
    bool read = query_start(&query, connection, &statement, fault);
    if (read) {
        const char *id = query_next(&query) ? query_text(&query, 0, &arena) : "";
        snprintf(identity->project, sizeof identity->project, "%s", id);
        read = query_end(&query, fault);
    }
    arena_clear(&arena);
    return read &&
           connection_number(connection, "SELECT value FROM meta WHERE key = 'serial'",
                             &identity->serial, fault);
}

// *connection is open and sound when this answers true.
static bool open_known(const char *path, struct connection **connection,
                       struct identity *identity, struct fault *fault)
{
    int64_t version = 0;
    *connection = NULL;
    if (!connection_open(connection, path, fault))
        return false;
    bool known = migration_read_version(*connection, &version, fault) &&
                 connection_check(*connection, fault);
    if (known && version > 0)
        known = read_identity(*connection, identity, fault);
    if (known)
        return true;
    connection_close(*connection);
    *connection = NULL;
    return fault_while(fault, "reading what a run kept of the database");
}

// Whether the database that is there now is to give way to the copy.
static bool compare(const char *path, const char *copy, const struct identity *kept,
                    bool *gives_way, struct fault *fault)
{
    struct identity there = {0};
    struct connection *connection = NULL;
    if (!open_known(path, &connection, &there, fault))
        return false;
    connection_close(connection);
    *gives_way = there.serial < kept->serial || there.project[0] == '\0';
    if (there.project[0] == '\0' || strcmp(there.project, kept->project) == 0)
        return true;
    fault_set(fault, FAULT_ERROR,
              "the state of another project lies where this one's was");
    fault_where(fault, "%s", path);
    fault_why(fault, "a run whose database was taken away kept this project's in %s",
              copy);
    return fault_next(fault, "move one of the two away, and run again");
}

static bool put_back(struct connection *connection, const char *path, bool exists,
                     struct fault *fault)
{
    char *old = heap_join(path, ".replaced");
    bool moved = !exists || rename(path, old) == 0 || file_fail(fault, "move", path);
    free(old);
    // What is left of the lost file's log must not be taken for the copy's.
    if (moved)
        remove_database(path);
    return moved && copy_to(connection, path, fault);
}

bool rescue_restore(const char *path, char **taken, struct fault *fault)
{
    struct arena arena;
    struct identity kept = {0};
    struct connection *connection = NULL;
    bool exists = false, gives_way = true, done = true;
    arena_init(&arena, 0);
    const char *copy = find(&arena, path, COPY);
    if (copy != NULL) {
        done = open_known(copy, &connection, &kept, fault) &&
               file_check_owner(path, &exists, fault) &&
               (!exists || compare(path, copy, &kept, &gives_way, fault)) &&
               (!gives_way || put_back(connection, path, exists, fault));
        connection_close(connection);
    }
    if (done && copy != NULL) {
        remove_database(copy);
        *taken = heap_join(copy, "");
    }
    arena_clear(&arena);
    return done;
}

bool rescue_take_in(struct connection *connection, char **taken, struct fault *fault)
{
    struct arena arena;
    arena_init(&arena, 0);
    const char *spill = find(&arena, connection_path(connection), SPILL);
    bool done = spill == NULL || spill_replay(connection, spill, fault);
    if (done && spill != NULL) {
        unlink(spill);
        free(*taken);
        *taken = heap_join(spill, "");
    }
    arena_clear(&arena);
    return done;
}

bool rescue_look_in(struct connection **connection, const char *path, struct fault *fault)
{
    struct arena arena;
    struct connection *copy = NULL;
    arena_init(&arena, 0);
    const char *spill = find(&arena, path, SPILL);
    bool done = spill == NULL;
    if (!done && connection_open_copy(&copy, *connection, fault)) {
        connection_close(*connection);
        *connection = copy;
        done = spill_replay(copy, spill, fault);
    }
    arena_clear(&arena);
    return done;
}

bool rescue_check_none(const char *path, struct fault *fault)
{
    struct arena arena;
    arena_init(&arena, 0);
    const char *copy = find(&arena, path, COPY);
    if (copy != NULL) {
        fault_set(fault, FAULT_ERROR, "the state is not in its place");
        fault_where(fault, "%s", path);
        fault_why(fault, "a run whose database was taken away kept it in %s", copy);
        fault_next(fault, "pipster run puts it back before it plans");
    }
    arena_clear(&arena);
    return copy == NULL;
}
