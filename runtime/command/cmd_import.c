// SPDX-License-Identifier: MIT
//
// A thing that exists becomes the one that is declared: found by the id that was given,
// recorded as ours. The next run puts our labels on it and what else differs right.
#include <inttypes.h>
#include <string.h>

#include "command/command.h"
#include "command/errand.h"
#include "engine/adopt.h"
#include "view/plan_view.h"

struct importing {
    struct workbench bench;
    const char *address;
    const char *id;
    const struct resource *resource;
};

static bool refuse(const struct importing *importing, const char *why, const char *next,
                   struct fault *fault)
{
    fault_set(fault, FAULT_USAGE, "%s cannot be imported", importing->address);
    fault_why(fault, "%s", why);
    return fault_next(fault, "%s", next);
}

static bool refuse_undeclared(const struct importing *importing, struct fault *fault)
{
    struct arena *arena = (struct arena *) &importing->bench.arena;
    const char *slash = strchr(importing->address, '/');
    const char *type = slash ? arena_copy(arena, importing->address,
                                          (size_t) (slash - importing->address))
                             : importing->address;
    fault_set(fault, FAULT_USAGE, "%s is not declared by %s", importing->address,
              importing->bench.wanted.playbook);
    fault_why(fault, "an import takes what exists for what a playbook declares");
    return fault_next(fault,
                      "add %s \"%s\" { … } to it (`pipster types %s` tells the "
                      "attributes; `pipster adopt hetzner` writes all of them)",
                      type, slash ? slash + 1 : "NAME", type);
}

// Who has this id already, in state.
static const struct record *find_holder(const struct importing *importing, int64_t id)
{
    const struct state_rows *rows = &importing->bench.recorded;
    for (size_t i = 0; i < rows->count; i++)
        if (strcmp(rows->rows[i].type, importing->resource->type) == 0 &&
            value_find_integer(rows->rows[i].attributes, "id", -1) == id)
            return &rows->rows[i];
    return NULL;
}

static bool check(struct importing *importing, struct fault *fault)
{
    struct arena *arena = &importing->bench.arena;
    if (state_find(&importing->bench.recorded, importing->address))
        return refuse(importing, "it is in the state already",
                      arena_format(arena,
                                   "pipster state show %s; pipster state rm %s "
                                   "forgets it",
                                   importing->address, importing->address),
                      fault);
    importing->resource = resource_find(&importing->bench.wanted, importing->address);
    if (!importing->resource)
        return refuse_undeclared(importing, fault);
    const struct schema *schema = importing->resource->schema;
    if (schema->is_core)
        return refuse(importing, "a secret exists nowhere but here",
                      "pipster secrets set NAME", fault);
    if (schema->is_check || schema->is_cost)
        return refuse(importing, "nothing in the world stands for it", "pipster run",
                      fault);
    if (schema->on_host || schema->is_host)
        return refuse(importing, "what is on a host is found by itself",
                      "pipster plan: it says \"already there\"", fault);
    return true;
}

// What the type is to look for. *attributes stays empty where the declaration says it.
static bool find_object(struct importing *importing, const struct value **attributes,
                        struct fault *fault)
{
    struct workbench *bench = &importing->bench;
    const struct value *answer = NULL;
    const struct value_entry asked[] = {
        {"type", value_text(&bench->arena, importing->resource->type)},
        {"id", value_text(&bench->arena, importing->id)},
    };
    if (!errand_run(bench, "hetzner.import", "find", value_map(&bench->arena, asked, 2),
                    &answer, fault))
        return fault_while(fault, "importing %s", importing->address);
    const struct value *id = value_find(answer, "id");
    const struct record *holder =
        id && id->kind == VALUE_INTEGER ? find_holder(importing, id->integer) : NULL;
    if (holder)
        return refuse(importing,
                      arena_format(&bench->arena, "number %" PRId64 " is %s already",
                                   id->integer, holder->address),
                      arena_format(&bench->arena, "pipster state mv %s %s",
                                   holder->address, importing->address),
                      fault);
    const struct value_entry entry = {"id", id};
    *attributes = value_map(&bench->arena, &entry, 1);
    return true;
}

static bool refuse_unfound(const struct importing *importing, const struct change *change,
                           struct fault *fault)
{
    struct arena *arena = (struct arena *) &importing->bench.arena;
    const char *id = value_find_text(change ? change->found : NULL, "id", NULL);
    if (id)
        return refuse(
            importing,
            arena_format(arena, "what it declares is %s, not %s", id, importing->id),
            "change the declaration, or give that id", fault);
    return refuse(importing, "nothing like what it declares was found",
                  "look at its declaration: zone, name and type say which one it is",
                  fault);
}

// Found, and where it has an id that is a text, it is that one.
static bool is_found(const struct importing *importing, const struct change *change)
{
    const char *id = value_find_text(change ? change->found : NULL, "id", NULL);
    return change && change->found && (!id || strcmp(id, importing->id) == 0);
}

static bool record(struct importing *importing, const struct value *attributes,
                   struct fault *fault)
{
    struct workbench *bench = &importing->bench;
    const struct record assumed = {
        .address = importing->address,
        .type = importing->resource->type,
        .created_by_us = true,
        .attributes = attributes,
    };
    const struct engine_options options = {
        .only = &importing->address, .only_count = 1, .assumed = {&assumed, 1}};
    struct plan *plan = NULL;
    bool planned = engine_plan(&bench->engine, &bench->wanted, &options, &plan, fault);
    if (!plan)
        return planned;
    fault_clear(fault); // a guard may forbid a run, not to know of a thing
    const struct change *change = plan_find(plan, importing->address);
    bool done = is_found(importing, change);
    if (done) {
        struct transaction *transaction = transaction_new(bench->database);
        size_t count = adopt_record(&bench->engine, plan, false, transaction);
        done = transaction_commit(transaction, fault) && count == 1;
        if (done && !plan_is_empty(plan))
            plan_view_print(&bench->out, plan, bench->options->verbose);
    } else {
        refuse_unfound(importing, change, fault);
    }
    plan_free(plan);
    return done;
}

static int run(const struct options *options, struct fault *fault)
{
    struct importing importing = {0};
    const struct value *attributes = NULL;
    struct options rest = *options;
    if (options->word_count < 2) {
        fault_set(fault, FAULT_USAGE, "pipster import wants an address and an id");
        fault_next(fault, "pipster import hetzner.server/app 4711");
        return 1;
    }
    importing.address = options->words[0];
    importing.id = options->words[1];
    rest.words += 2;
    rest.word_count -= 2;
    if (workbench_open(&importing.bench, &rest, WORKBENCH_WRITE, fault) &&
        workbench_evaluate(&importing.bench, fault) && check(&importing, fault) &&
        find_object(&importing, &attributes, fault) &&
        record(&importing, attributes, fault))
        terminal_print(&importing.bench.out, TERMINAL_PLAIN,
                       "Imported: %s. It is ours from now on; what differs, its labels "
                       "too, is put right by the next run.\n",
                       importing.address);
    workbench_close(&importing.bench);
    return 0;
}

const struct command cmd_import = {
    .name = "import",
    .summary = "take a thing that exists for one that is declared",
    .usage =
        "pipster import ADDRESS ID [PLAYBOOK]\n"
        "\n"
        "ADDRESS must be declared by the playbook (without one: the one last run). ID "
        "is\n"
        "the number or the name of the thing at Hetzner; of a record set "
        "ZONE/NAME/TYPE.\n"
        "It is ours from then on, as if a run had made it: no longer declared, it is\n"
        "removed. Nothing is changed now; the next run puts our labels on it. Things on\n"
        "hosts need no import: they are found.\n",
    .run = run,
};
