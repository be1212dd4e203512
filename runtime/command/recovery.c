// SPDX-License-Identifier: MIT
#include "command/recovery.h"

#include <string.h>

#include "command/errand.h"
#include "command/planning.h"
#include "engine/adopt.h"
#include "engine/regain.h"
#include "engine/sealed.h"
#include "value/address.h"

void recovery_init(struct recovery *recovery, struct workbench *bench)
{
    *recovery = (struct recovery){.bench = bench};
    map_init(&recovery->assumed);
    map_init(&recovery->secrets);
    map_init(&recovery->users);
}

void recovery_clear(struct recovery *recovery)
{
    map_clear(&recovery->users);
    map_clear(&recovery->secrets);
    map_clear(&recovery->assumed);
}

static void assume(struct recovery *recovery, const char *address,
                   const struct value *attributes)
{
    struct arena *arena = &recovery->bench->arena;
    struct address parsed;
    struct fault ignored;
    if (map_has(&recovery->assumed, address) ||
        !address_parse(arena, address, &parsed, &ignored))
        return;
    struct record *record = arena_alloc(arena, sizeof *record);
    *record = (struct record){
        .address = arena_text(arena, address),
        .type = parsed.type,
        .host = parsed.host ? arena_format(arena, "host/%s", parsed.host) : NULL,
        .playbook = ADOPT_PLAYBOOK,
        .created_by_us = true,
        .attributes = attributes,
    };
    map_put(&recovery->assumed, address, record);
}

static size_t count_of(const struct value *list)
{
    return list && list->kind == VALUE_LIST ? list->list.count : 0;
}

bool recovery_look_at_cloud(struct recovery *recovery, struct fault *fault)
{
    struct workbench *bench = recovery->bench;
    const struct value *things = NULL;
    if (!errand_run(bench, "hetzner.recover", "things", NULL, &things, fault))
        return false;
    for (size_t i = 0; i < count_of(things); i++) {
        const struct value *thing = things->list.items[i];
        const struct value_entry entry = {"id", value_find(thing, "id")};
        assume(recovery, value_find_text(thing, "address", ""),
               value_map(&bench->arena, &entry, 1));
    }
    return true;
}

static struct state_rows assumed_rows(struct recovery *recovery)
{
    struct arena *arena = &recovery->bench->arena;
    struct record *records =
        arena_alloc(arena, (recovery->assumed.count + 1) * sizeof *records);
    for (size_t i = 0; i < recovery->assumed.count; i++)
        records[i] = *(const struct record *) recovery->assumed.entries[i].value;
    const struct state_rows none = {0}, given = {records, recovery->assumed.count};
    return adopt_rows(arena, &none, &given); // sorted
}

// Evaluated first, to know which hosts there are: they are asked only when recorded.
static bool assume_hosts(struct recovery *recovery, struct fault *fault)
{
    struct workbench *bench = recovery->bench;
    if (!workbench_evaluate(bench, fault))
        return false;
    for (size_t i = 0; i < bench->wanted.count; i++)
        if (bench->wanted.items[i].schema->is_host)
            assume(recovery, bench->wanted.items[i].address,
                   value_map(&bench->arena, NULL, 0));
    return true;
}

bool recovery_plan(struct recovery *recovery, struct plan **plan, struct fault *fault)
{
    if (!assume_hosts(recovery, fault))
        return false;
    const struct engine_options options = {.assumed = assumed_rows(recovery)};
    bool planned = planning_make(recovery->bench, &options, plan, fault);
    if (!*plan)
        return planned;
    fault_clear(fault); // a guard may forbid a run, not to know of things
    return true;
}

// One resource, whose secrets are listed.
struct look {
    struct recovery *recovery;
    const char *address;
    bool uses_one;
};

static bool is_made_here(const struct resource *secret, struct arena *arena)
{
    return strcmp(sealed_source(arena, secret->attributes), "generated") == 0;
}

// A secret that comes from elsewhere comes from there again.
static void note_use(void *context, const char *address)
{
    struct look *look = context;
    struct recovery *recovery = look->recovery;
    const struct resource *secret = resource_find(&recovery->bench->wanted, address);
    if (!secret || !is_made_here(secret, &recovery->bench->arena))
        return;
    look->uses_one = true;
    map_put(&recovery->users, address, (void *) look->address);
}

static const struct value *find_places(struct recovery *recovery, const char *host,
                                       struct fault *fault)
{
    struct workbench *bench = recovery->bench;
    struct arena *arena = &bench->arena;
    const struct value **items =
        arena_alloc(arena, (bench->wanted.count + 1) * sizeof(const struct value *));
    const struct value *places = NULL;
    size_t count = 0;
    for (size_t i = 0; i < bench->wanted.count; i++) {
        const struct resource *resource = &bench->wanted.items[i];
        if (!resource->host || strcmp(resource->host, host) != 0)
            continue;
        struct look look = {recovery, resource->address, false};
        regain_walk(resource->attributes, note_use, &look);
        if (!look.uses_one)
            continue;
        const struct value_entry entries[] = {
            {"address", value_text(arena, resource->address)},
            {"type", value_text(arena, resource->type)},
            {"want", resource->attributes},
        };
        items[count++] = value_map(arena, entries, 3);
    }
    const struct value_entry entry = {"items", value_list(arena, items, count)};
    if (!errand_run(bench, "recover", "places", value_map(arena, &entry, 1), &places,
                    fault))
        return NULL;
    return places ? places : value_list(arena, NULL, 0);
}

static const struct value *ask_host(struct recovery *recovery, const struct change *host,
                                    const struct value *places, struct fault *fault)
{
    struct arena *arena = &recovery->bench->arena;
    const struct value *answer = NULL;
    const struct value **paths =
        arena_alloc(arena, (count_of(places) + 1) * sizeof(const struct value *));
    for (size_t i = 0; i < count_of(places); i++)
        paths[i] = value_text(arena, value_find_text(places->list.items[i], "path", ""));
    const struct value_entry asked[] = {
        {"host", value_with(arena, host->found, "name", value_text(arena, host->name))},
        {"files", value_list(arena, paths, count_of(places))},
    };
    if (!errand_run(recovery->bench, "recover", "host", value_map(arena, asked, 2),
                    &answer, fault))
        return NULL;
    return answer ? answer : value_map(arena, NULL, 0);
}

// The text of a file, or of its line KEY=… without the key.
static const char *text_of_place(struct arena *arena, const struct value *files,
                                 const struct value *place)
{
    const char *text = value_find_text(files, value_find_text(place, "path", ""), NULL);
    const char *key = value_find_text(place, "key", NULL);
    size_t length = key ? strlen(key) : 0;
    for (const char *line = text; key && line; line = strchr(line, '\n')) {
        line += line != text;
        if (strncmp(line, key, length) == 0 && line[length] == '=')
            return arena_copy(arena, line + length + 1, strcspn(line + length + 1, "\n"));
    }
    return key ? NULL : text;
}

static void regain(struct recovery *recovery, const struct plan *plan,
                   const struct value *places, const struct value *files)
{
    struct workbench *bench = recovery->bench;
    struct map found;
    for (size_t i = 0; i < count_of(places); i++) {
        const struct value *place = places->list.items[i];
        const struct resource *resource =
            resource_find(&bench->wanted, value_find_text(place, "address", ""));
        const char *text = text_of_place(&bench->arena, files, place);
        if (!resource || !text)
            continue;
        map_init(&found);
        const struct value *pattern =
            value_find_path(resource->attributes, value_find_text(place, "at", ""));
        if (regain_match(plan, pattern, text, &found))
            for (size_t k = 0; k < found.count; k++)
                map_put(&recovery->secrets, found.entries[k].key,
                        (void *) value_copy(&bench->arena, found.entries[k].value));
        map_clear(&found);
    }
}

// It lies on this host, whatever the host was called when that was written.
static void assume_manifest(struct recovery *recovery, const struct change *host,
                            const struct value *manifest)
{
    for (size_t i = 0; i < count_of(manifest); i++) {
        const struct value *line = manifest->list.items[i];
        const char *colon =
            line->kind == VALUE_STRING ? strchr(line->string.bytes, ':') : NULL;
        if (colon)
            assume(recovery,
                   arena_format(&recovery->bench->arena, "%s%s", host->name, colon),
                   NULL);
    }
}

bool recovery_look_at_hosts(struct recovery *recovery, const struct plan *plan,
                            struct fault *fault)
{
    for (size_t i = 0; i < plan->change_count; i++) {
        const struct change *host = &plan->changes[i];
        if (!host->resource || !host->resource->schema->is_host || !host->found)
            continue;
        const struct value *places = find_places(recovery, host->address, fault);
        const struct value *answer =
            places ? ask_host(recovery, host, places, fault) : NULL;
        if (!answer)
            return fault_while(fault, "looking at %s", host->address);
        assume_manifest(recovery, host, value_find(answer, "manifest"));
        regain(recovery, plan, places, value_find(answer, "files"));
    }
    return true;
}

bool recovery_keep_secrets(struct recovery *recovery, struct fault *fault)
{
    struct workbench *bench = recovery->bench;
    if (recovery->secrets.count == 0)
        return true;
    struct transaction *transaction = transaction_new(bench->database);
    for (size_t i = 0; i < recovery->secrets.count; i++)
        secret_put(transaction, bench->vault, recovery->secrets.entries[i].value,
                   "recovered");
    return transaction_commit(transaction, fault);
}

void recovery_tell_secrets(const struct recovery *recovery)
{
    const struct terminal *out = &recovery->bench->out;
    const struct resource_set *wanted = &recovery->bench->wanted;
    struct arena *arena = &recovery->bench->arena;
    for (size_t i = 0; i < wanted->count; i++) {
        const struct resource *secret = &wanted->items[i];
        if (!secret->schema->is_core || !is_made_here(secret, arena))
            continue;
        const char *where = map_find(&recovery->users, secret->address);
        if (map_has(&recovery->secrets, secret->address))
            terminal_print(out, TERMINAL_PLAIN, "  %s  read back from %s\n",
                           secret->address, where ? where : "its host");
        else
            terminal_print(out, TERMINAL_YELLOW,
                           "  %s  could not be read back%s%s: if you know it, pipster "
                           "secrets set %s; else the next run makes a new one\n",
                           secret->address, where ? "; it is used by " : "",
                           where ? where : "",
                           secret->name ? secret->name : secret->address);
    }
}
