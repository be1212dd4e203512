// SPDX-License-Identifier: MIT
#include "command/state_along.h"

#include <string.h>

#include "command/fleet.h"
#include "command/state_verb.h"
#include "store/secret.h"

#define AT_ONCE 20
#define SENT    "state_sent/" // the setting: the digest of what a backup was sent last

struct along {
    struct workbench *bench;
    struct fleet fleet;
    const struct value *backups; // { address, host, name, path } each
    char digest[SECRET_SHA256_SIZE];
};

static const char *setting_of(struct arena *arena, const char *address)
{
    return arena_format(arena, SENT "%s", address);
}

static bool wants_state(const struct record *row)
{
    return strcmp(row->type, "backup.postgres") == 0 && row->host != NULL &&
           value_find_bool(row->attributes, "state", false);
}

static bool has_it(const struct along *along, const struct record *row,
                   struct fault *fault)
{
    struct arena *arena = &along->bench->arena;
    const char *sent = NULL;
    return state_setting(along->bench->database, arena, setting_of(arena, row->address),
                         &sent, fault) &&
           sent != NULL && strcmp(sent, along->digest) == 0;
}

static const struct value *describe(struct arena *arena, const struct record *row)
{
    const struct value_entry entries[] = {
        {"address", value_text(arena, row->address)},
        {"host", value_text(arena, row->host + strlen("host/"))},
        {"name", value_text(arena, strrchr(row->address, '/') + 1)},
        {"path", value_find(row->attributes, "path")},
    };
    return value_map(arena, entries, sizeof entries / sizeof *entries);
}

// The backups that have another state, and the hosts that they are on.
static bool choose(struct along *along, struct fault *fault)
{
    struct arena *arena = &along->bench->arena;
    const struct state_rows *rows = &along->bench->recorded;
    const struct value **items = arena_alloc(arena, (rows->count + 1) * sizeof *items);
    const char *hosts = NULL;
    size_t count = 0;
    for (size_t i = 0; i < rows->count; i++) {
        const struct record *row = &rows->rows[i];
        if (!wants_state(row) || has_it(along, row, fault))
            continue;
        if (fault_is_set(fault))
            return false;
        items[count++] = describe(arena, row);
        hosts = hosts ? arena_format(arena, "%s,%s", hosts, row->host) : row->host;
    }
    along->backups = value_list(arena, items, count);
    return count == 0 || fleet_choose(arena, rows, hosts, &along->fleet, fault);
}

static void warn(const struct workbench *bench, const char *host,
                 const struct fault *fault)
{
    terminal_print(&bench->err, TERMINAL_YELLOW,
                   "warning: the state was not put beside the backups of %s: %s%s%s; the "
                   "next run makes up for it\n",
                   host, fault->what, fault->why[0] ? ": " : "", fault->why);
}

static void note_sent(const struct along *along, const struct fleet_host *host,
                      struct transaction *transaction)
{
    const struct value *sent = value_find(host->answer, "sent");
    if (host->fault)
        warn(along->bench, host->name, host->fault);
    for (size_t i = 0; sent && sent->kind == VALUE_LIST && i < sent->list.count; i++)
        state_note_setting(
            transaction,
            setting_of(&along->bench->arena, sent->list.items[i]->string.bytes),
            along->digest);
}

static bool send(struct along *along, const char *text, struct fault *fault)
{
    struct arena *arena = &along->bench->arena;
    if (!choose(along, fault))
        return false;
    if (along->fleet.count == 0)
        return true;
    const struct value_entry asked[] = {
        {"backups", along->backups},
        {"text", value_text(arena, text)},
    };
    const struct fleet_errand errand = {
        .module = "backup_along",
        .function = "send",
        .asked = value_map(arena, asked, 2),
        .at_once = AT_ONCE,
    };
    if (!fleet_run(along->bench, &along->fleet, &errand, fault))
        return false;
    struct transaction *transaction = transaction_new(along->bench->database);
    for (size_t i = 0; i < along->fleet.count; i++)
        note_sent(along, &along->fleet.hosts[i], transaction);
    return transaction_commit(transaction, fault);
}

static bool is_asked_for(const struct workbench *bench)
{
    for (size_t i = 0; i < bench->recorded.count; i++)
        if (wants_state(&bench->recorded.rows[i]))
            return true;
    return false;
}

void state_along_send(struct workbench *bench)
{
    struct along along = {.bench = bench};
    struct fault fault = {0};
    struct text text;
    if (bench->interrupted || bench->declined || !bench->database ||
        !workbench_read_rows(bench, &fault) || !is_asked_for(bench))
        return;
    text_init(&text, 0);
    bool done = state_export_write(&bench->arena, bench->database, &text, &fault);
    if (done) {
        secret_sha256(text.bytes, text.length, along.digest);
        done = send(&along, text.bytes, &fault);
    }
    if (!done)
        warn(bench, "this project", &fault);
    text_clear(&text);
}
