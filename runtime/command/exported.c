// SPDX-License-Identifier: MIT
#include "command/exported.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/paid.h"

#define LONGEST ((size_t) 256 << 20)

static bool read_file(struct text *text, const char *path, struct fault *fault)
{
    FILE *file = fopen(path, "re");
    char block[65536];
    size_t length;
    if (!file) {
        fault_set(fault, FAULT_USAGE, "cannot read %s", path);
        fault_why(fault, "%s", strerror(errno));
        return fault_next(fault, "pipster state export %s", path);
    }
    while ((length = fread(block, 1, sizeof block, file)) > 0)
        text_add_bytes(text, block, length);
    bool whole = ferror(file) == 0 && !text->overflow;
    fclose(file);
    return whole || fault_set(fault, FAULT_ERROR, "%s cannot be read to its end", path);
}

bool exported_read(struct arena *arena, const char *path, struct text *text,
                   struct state_text *state, struct fault *fault)
{
    text_init(text, LONGEST);
    if (!read_file(text, path, fault))
        return false;
    if (state_text_read(arena, text->bytes, text->length, state, fault))
        return true;
    if (fault->where[0] == '\0')
        fault_where(fault, "%s", path);
    if (fault->next[0] == '\0')
        fault_next(fault, "export it anew: pipster state export %s", path);
    return false;
}

static bool make_folder(struct arena *arena, const char **folder, struct fault *fault)
{
    const char *base = getenv("TMPDIR");
    char *made =
        arena_format(arena, "%s/pipster-state.XXXXXX", base && *base ? base : "/tmp");
    if (mkdtemp(made)) {
        *folder = made;
        return true;
    }
    fault_set(fault, FAULT_ERROR, "there is no room to unpack the exported state");
    fault_where(fault, "%s", made);
    return fault_why(fault, "%s", strerror(errno));
}

void exported_put(struct transaction *transaction, struct arena *arena,
                  const struct state_text *state, const struct state_business *there)
{
    const struct value *prices = state->prices;
    for (size_t i = 0; i < state->measured.count; i++)
        measurement_take(transaction, &state->measured.rows[i]);
    for (size_t i = 0; prices && i < prices->map.count; i++)
        paid_take(transaction, arena, prices->map.entries[i].key,
                  prices->map.entries[i].value->string.bytes);
    state_business_put(transaction, &state->business, there);
    state_set_setting(transaction, "tip", state->tip);
    state_set_setting(transaction, "tip_base", state->tip_base);
}

static bool put(struct database *database, struct arena *arena,
                const struct state_text *state, struct fault *fault)
{
    const struct state_business none = {0};
    if (!database_take_project_id(database, state->project_id, fault))
        return false;
    struct transaction *transaction = transaction_new(database);
    // What is secret in a row is a digest in the export: there is nothing to seal.
    for (size_t i = 0; i < state->rows.count; i++)
        state_put(transaction, NULL, &state->rows.rows[i]);
    exported_put(transaction, arena, state, &none);
    return transaction_commit(transaction, fault);
}

static bool unpack(const char *database_path, struct arena *arena,
                   const struct state_text *state, struct fault *fault)
{
    struct database *database = NULL;
    bool done = database_open(&database, database_path, DATABASE_WRITE, fault) &&
                put(database, arena, state, fault);
    if (database)
        database_close(database);
    return done;
}

bool exported_unpack(struct arena *arena, const char *path, const char **folder,
                     const char **database_path, struct fault *fault)
{
    struct text text;
    struct state_text state;
    bool done = exported_read(arena, path, &text, &state, fault) &&
                make_folder(arena, folder, fault);
    if (done) {
        *database_path = arena_format(arena, "%s/exported.db", *folder);
        done = unpack(*database_path, arena, &state, fault);
    }
    text_clear(&text);
    return done || fault_while(fault, "reading the exported state %s", path);
}

void exported_remove(const char *folder)
{
    const char *const names[] = {"exported.db", "exported.db-wal", "exported.db-shm"};
    struct arena arena;
    if (!folder)
        return;
    arena_init(&arena, 0);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unlink(arena_format(&arena, "%s/%s", folder, names[i]));
    rmdir(folder);
    arena_clear(&arena);
}
