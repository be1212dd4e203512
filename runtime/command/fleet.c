// SPDX-License-Identifier: MIT
#include "command/fleet.h"

#include <string.h>

#include "base/map.h"
#include "engine/schema.h"
#include "store/secret.h"
#include "value/address.h"

static bool is_host(const struct record *row)
{
    return strcmp(row->type, "host") == 0 && strncmp(row->address, "host/", 5) == 0;
}

static bool is_in_group(const struct record *row, const char *pattern)
{
    const struct value *tags = row->tags;
    for (size_t i = 0; tags && tags->kind == VALUE_LIST && i < tags->list.count; i++)
        if (tags->list.items[i]->kind == VALUE_STRING &&
            address_matches(tags->list.items[i]->string.bytes, pattern))
            return true;
    return false;
}

static struct fleet_host take(struct arena *arena, const struct record *row)
{
    const char *name = row->address + 5;
    const struct value *host =
        value_with(arena, row->attributes, "name", value_text(arena, name));
    // What is found never holds it: the declaration says which secret it is.
    const struct value *password = value_find(row->wanted, "sudo_password");
    if (password)
        host = value_with(arena, host, "sudo_password", password);
    return (struct fleet_host){.name = name, .host = host};
}

static bool refuse(struct arena *arena, const struct state_rows *rows, const char *word,
                   struct fault *fault)
{
    const char **names = arena_alloc(arena, (rows->count + 1) * sizeof *names);
    size_t count = 0;
    for (size_t i = 0; i < rows->count; i++)
        if (is_host(&rows->rows[i]))
            names[count++] = rows->rows[i].address + 5;
    const char *near = schema_nearest(word, names, count);
    fault_set(fault, FAULT_USAGE, "no host of the state is called \"%s\"", word);
    if (count == 0) {
        fault_why(fault, "no host was set up yet");
        return fault_next(fault, "pipster run PLAYBOOK");
    }
    fault_why(fault, "a host counts once a run has set it up; there %s %zu of them",
              count == 1 ? "is" : "are", count);
    if (near)
        return fault_next(fault, "did you mean %s?", near);
    return fault_next(fault, "pipster state list \"host/*\"");
}

// Marks the rows that one glob matches; false when there is none.
static bool mark(const struct state_rows *rows, const char *pattern, bool *marks)
{
    bool any = false;
    for (size_t i = 0; i < rows->count; i++) {
        const struct record *row = &rows->rows[i];
        if (!is_host(row) ||
            !(address_matches(row->address + 5, pattern) ||
              address_matches(row->address, pattern) || is_in_group(row, pattern)))
            continue;
        marks[i] = any = true;
    }
    return any;
}

bool fleet_choose(struct arena *arena, const struct state_rows *rows, const char *words,
                  struct fleet *fleet, struct fault *fault)
{
    bool *marks = arena_alloc(arena, (rows->count + 1) * sizeof *marks);
    memset(marks, 0, (rows->count + 1) * sizeof *marks);
    *fleet = (struct fleet){0};
    for (const char *at = words; at;) {
        size_t length = strcspn(at, ",");
        const char *pattern = arena_copy(arena, at, length);
        if (!mark(rows, pattern, marks))
            return refuse(arena, rows, pattern, fault);
        at = at[length] ? at + length + 1 : NULL;
    }
    fleet->hosts = arena_alloc(arena, (rows->count + 1) * sizeof *fleet->hosts);
    for (size_t i = 0; i < rows->count; i++)
        if (marks[i])
            fleet->hosts[fleet->count++] = take(arena, &rows->rows[i]);
    return true;
}

bool fleet_find(struct arena *arena, const struct state_rows *rows, const char *name,
                struct fleet_host *host, struct fault *fault)
{
    const char *bare = strncmp(name, "host/", 5) == 0 ? name + 5 : name;
    const struct record *row = state_find(rows, arena_format(arena, "host/%s", bare));
    if (!row)
        return refuse(arena, rows, bare, fault);
    *host = take(arena, row);
    return true;
}

bool fleet_redact(struct workbench *bench, struct fault *fault)
{
    struct secret_row *rows = NULL;
    const struct value *secret = NULL;
    size_t count = 0;
    if (!secret_list(bench->database, &bench->arena, &rows, &count, fault))
        return false;
    // Without the key nothing of them can be known here, nor printed by mistake.
    for (size_t i = 0; bench->vault && i < count; i++)
        if (!secret_load(bench->database, bench->vault, &bench->arena, rows[i].label,
                         &secret, fault))
            return false;
    return true;
}

// Rows keep which secret it is; the vault has it.
static bool unseal_sudo(struct workbench *bench, struct fleet_host *host,
                        struct fault *fault)
{
    const struct value *kept = value_find(host->host, "sudo_password");
    bool refers = kept && kept->kind == VALUE_REFERENCE;
    const char *label =
        refers ? kept->reference.address : value_find_text(kept, "$secret", NULL);
    const struct value *secret = NULL;
    if (!kept)
        return true;
    if (label && bench->vault &&
        !secret_load(bench->database, bench->vault, &bench->arena, label, &secret, fault))
        return false;
    if (!secret) {
        fault_set(fault, FAULT_ERROR, "the sudo password of host/%s cannot be read",
                  host->name);
        return fault_next(fault, "pipster secrets list; pipster doctor");
    }
    host->host = value_with(&bench->arena, host->host, "sudo_password", secret);
    return true;
}

struct errands {
    struct workbench *bench;
    struct fleet *fleet;
    const struct fleet_errand *errand;
    struct map by_name;
    size_t begun, open;
};

// One host's, as the callback finds it.
struct one {
    struct errands *errands;
    struct fleet_host *host;
};

static void hear(void *context, const char *name, const char *bytes, size_t length)
{
    const struct errands *errands = context;
    const struct fleet_host *host = map_find(&errands->by_name, name);
    if (host && errands->errand->line)
        errands->errand->line(errands->errand->context, host, bytes, length);
}

static void end_one(void *context, const struct value *result, const struct fault *fault)
{
    const struct one *one = context;
    struct errands *errands = one->errands;
    struct arena *arena = &errands->bench->arena;
    struct fleet_host *host = one->host;
    host->ended = true;
    errands->open--;
    if (fault_is_set(fault)) {
        host->fault = arena_alloc(arena, sizeof *host->fault);
        *host->fault = *fault;
    } else {
        host->answer = result ? value_copy(arena, result) : value_map(arena, NULL, 0);
    }
    if (errands->errand->ended)
        errands->errand->ended(errands->errand->context, host);
}

static void begin_one(struct errands *errands)
{
    const struct fleet_errand *errand = errands->errand;
    struct arena *arena = &errands->bench->arena;
    struct one *one = arena_alloc(arena, sizeof *one);
    one->errands = errands;
    one->host = &errands->fleet->hosts[errands->begun++];
    errands->open++;
    script_start(errands->bench->script, errand->module, errand->function,
                 value_with(arena, errand->asked, "host", one->host->host), end_one, one);
}

bool fleet_run(struct workbench *bench, struct fleet *fleet,
               const struct fleet_errand *errand, struct fault *fault)
{
    // Not on the stack: what is let go of at a signal still points to it.
    struct errands *errands = arena_alloc(&bench->arena, sizeof *errands);
    *errands = (struct errands){.bench = bench, .fleet = fleet, .errand = errand};
    map_init(&errands->by_name);
    for (size_t i = 0; i < fleet->count; i++)
        map_put(&errands->by_name, fleet->hosts[i].name, &fleet->hosts[i]);
    bench->told = hear;
    bench->told_context = errands;
    bool whole = true;
    for (size_t i = 0; whole && i < fleet->count; i++)
        whole = unseal_sudo(bench, &fleet->hosts[i], fault);
    while (whole && (errands->begun < fleet->count || errands->open > 0)) {
        while (errands->begun < fleet->count && errands->open < errand->at_once)
            begin_one(errands);
        if (!loop_turn(bench->loop))
            whole = fault_set(fault, FAULT_INTERNAL, "%s.%s never answered",
                              errand->module, errand->function);
        if (whole && bench->interrupted && errands->open > 0)
            whole = fault_set(fault, fault_kind_of_signal(bench->interrupted),
                              "interrupted: what runs on a host may go on there");
    }
    bench->told = NULL;
    map_clear(&errands->by_name);
    return whole;
}
