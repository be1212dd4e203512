// SPDX-License-Identifier: MIT
#include "store/cache.h"

#include "base/clock.h"
#include "base/log.h"
#include "store/file.h"
#include "store/heap.h"
#include "store/query.h"

#include <stdlib.h>
#include <unistd.h>

struct cache {
    struct connection *connection;
};

// Losing the last facts of a cut-off process is no loss: they are asked for again.
static const char set_up[] =
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
    "CREATE TABLE IF NOT EXISTS fact (key TEXT PRIMARY KEY, text TEXT NOT NULL,"
    "  read_at_ms INTEGER NOT NULL) WITHOUT ROWID;";

static bool open_sound(struct connection **opened, const char *path, bool *damaged,
                       struct fault *fault)
{
    struct connection *connection = NULL;
    if (!file_create(path, false, fault) || !connection_open(&connection, path, fault))
        return false;
    if (!connection_run(connection, set_up, fault) ||
        !connection_check(connection, fault)) {
        *damaged = connection_is_damaged(connection);
        connection_close(connection);
        return false;
    }
    *opened = connection;
    return true;
}

static void discard(const char *path)
{
    static const char *const suffixes[] = {"", "-wal", "-shm"};
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
        char *file = heap_join(path, suffixes[i]);
        unlink(file);
        free(file);
    }
}

bool cache_open(struct cache **opened, const char *path, struct fault *fault)
{
    struct connection *connection = NULL;
    bool exists = false, damaged = false;
    if (!file_check_owner(path, &exists, fault) || !file_make_folder(path, fault))
        return false;
    bool sound = open_sound(&connection, path, &damaged, fault);
    if (!sound && damaged) {
        // Everything in it can be read anew, so a damaged one is simply begun again.
        log_info("store: beginning a new cache: %s: %s", fault->what, fault->why);
        fault_clear(fault);
        discard(path);
        sound = open_sound(&connection, path, &damaged, fault);
    }
    if (!sound)
        return fault_while(fault, "opening the cache");
    *opened = heap_new(sizeof **opened);
    (*opened)->connection = connection;
    return true;
}

void cache_close(struct cache *cache)
{
    if (!cache)
        return;
    connection_close(cache->connection);
    free(cache);
}

bool cache_get(struct cache *cache, struct arena *arena, const char *key,
               const char **text, int64_t *read_at_ms, struct fault *fault)
{
    struct statement statement;
    struct query query;
    *text = NULL;
    statement_init(&statement, STATEMENT_FACT_GET, arena);
    statement_add_text(&statement, key);
    if (!query_start(&query, cache->connection, &statement, fault))
        return fault_while(fault, "reading the cache");
    if (query_next(&query)) {
        *text = query_text(&query, 0, arena);
        if (read_at_ms)
            *read_at_ms = query_integer(&query, 1);
    }
    return query_end(&query, fault) || fault_while(fault, "reading the cache");
}

bool cache_put(struct cache *cache, const char *key, const char *text,
               struct fault *fault)
{
    struct arena arena;
    struct statement statement;
    arena_init(&arena, 0);
    statement_init(&statement, STATEMENT_FACT_PUT, &arena);
    statement_add_text(&statement, key);
    statement_add_text(&statement, text);
    statement_add_integer(&statement, clock_now_ms());
    bool put = connection_execute(cache->connection, &statement, fault);
    arena_clear(&arena);
    return put || fault_while(fault, "writing the cache");
}
