// SPDX-License-Identifier: MIT
#include "engine/refresh.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "engine/resolve.h"

// One request under way.
struct request {
    struct observe_batch batch;
    struct planner *planner;
    struct draft *host; // or NULL
    struct draft **drafts;
    refresh_done_fn done;
    void *context;
};

// Rows of another machine say nothing about this one.
static void void_other_machines(struct request *request)
{
    struct planner *planner = request->planner;
    const char *incarnation = planner_incarnation(planner, request->host);
    if (incarnation == NULL)
        return;
    for (size_t i = 0; i < request->batch.count; i++) {
        struct draft *draft = request->drafts[i];
        const struct record *record = draft->change->record;
        if (record == NULL || record->incarnation == NULL ||
            strcmp(record->incarnation, incarnation) == 0)
            continue;
        draft->void_record = record;
        if (draft->change->resource != NULL)
            draft->change->record = NULL;
    }
}

static void take_answer(struct planner *planner, struct draft *draft,
                        const struct observe_item *item)
{
    draft->observed = true;
    draft->state = item->state;
    draft->change->found = NULL;
    draft->change->called = NULL;
    if (item->state == OBSERVE_PRESENT) {
        const struct value *found = item->found;
        draft->change->called =
            arena_text(planner->arena, value_find_text(found, "called", NULL));
        if (draft->change->called != NULL)
            found = value_with(planner->arena, found, "called", NULL);
        if (found == NULL)
            found = value_map(planner->arena, NULL, 0);
        draft->ours = draft->ours || value_find_bool(found, "ours", false);
        draft->change->found =
            value_copy(planner->arena, value_with(planner->arena, found, "ours", NULL));
    } else if (item->state == OBSERVE_UNKNOWN || item->state == OBSERVE_UNDECIDED) {
        draft->undecided = item->state == OBSERVE_UNDECIDED;
        draft->because = arena_text(planner->arena, item->because);
    } else if (item->state == OBSERVE_FAILED) {
        draft->fault = item->fault;
    }
}

static void on_observed(struct observe_batch *batch)
{
    struct request *request = batch->owner;
    for (size_t i = 0; i < batch->count; i++)
        take_answer(request->planner, request->drafts[i], &batch->items[i]);
    if (request->host != NULL)
        void_other_machines(request);
    request->done(request->context);
}

static void start(struct request *request, const char *type, size_t count)
{
    struct planner *planner = request->planner;
    const struct engine *engine = planner->engine;
    struct observe_batch *batch = &request->batch;
    batch->type = type;
    batch->arena = planner->arena;
    batch->owner = request;
    batch->done = on_observed;
    batch->count = count;
    batch->in_run = count > 0 && request->drafts[0]->asked_at > 0;
    batch->items = arena_alloc(planner->arena, (count + 1) * sizeof *batch->items);
    if (request->host != NULL) {
        batch->host = request->host->change->address;
        batch->host_attributes = planner_host_attributes(planner, request->host);
    }
    for (size_t i = 0; i < count; i++) {
        const struct change *change = request->drafts[i]->change;
        struct observe_item *item = &batch->items[i];
        item->address = change->address;
        item->type = change->type;
        item->name = change->name;
        item->host = change->host;
        item->wanted = change->resource != NULL ? change->wanted : NULL;
        item->recorded = change->record;
        item->open = change->open;
    }
    if (engine->watch.observing != NULL)
        engine->watch.observing(engine->watch.context, type != NULL ? type : batch->host,
                                count);
    engine->provider->observe(engine->provider->context, batch);
}

void refresh_start_host(struct planner *planner, struct draft *host,
                        struct draft **drafts, size_t count, refresh_done_fn done,
                        void *context)
{
    struct request *request = arena_alloc(planner->arena, sizeof *request);
    request->planner = planner;
    request->host = host;
    request->drafts = drafts;
    request->done = done;
    request->context = context;
    start(request, NULL, count);
}

static void count_down(void *context)
{
    ((struct planner *) context)->asked--;
}

static bool wait_for_answers(struct planner *planner, struct fault *fault)
{
    const struct provider *provider = planner->engine->provider;
    while (planner->asked > 0) {
        if (!provider->turn(provider->context))
            return fault_set(fault, FAULT_INTERNAL,
                             "reading what exists stopped before its answers came");
        if (planner->engine->interrupted != NULL && *planner->engine->interrupted)
            return fault_set(fault, fault_kind_of_signal(*planner->engine->interrupted),
                             "interrupted while reading: nothing was changed");
    }
    return true;
}

// As far as it is known by now; state stands in for what was not decided yet.
static bool resolve_wanted(struct planner *planner, struct draft *draft,
                           struct fault *fault)
{
    struct change *change = draft->change;
    if (change->resource == NULL ||
        resolve_value(planner, change->resource->attributes, &change->wanted, fault))
        return true;
    fault_where(fault, "%s", change->where != NULL ? change->where : "");
    return fault_while(fault, "looking at %s", change->address);
}

// What protection keeps and what others declared is read too, for what refers to it.
static bool is_asked_in_cloud(const struct planner *planner, struct draft *draft)
{
    const struct schema *schema = draft->schema;
    const char *host = draft->change->host;
    if (schema == NULL || schema->is_core || schema->is_cost || schema->is_check) {
        draft->observed = true;
        return false;
    }
    if (host != NULL && planner_find(planner, host) == NULL) {
        draft->observed = true;
        draft->state = OBSERVE_UNKNOWN;
        draft->goes_with = host;
        return false;
    }
    return host == NULL && !schema->is_host;
}

bool refresh_cloud(struct planner *planner, struct fault *fault)
{
    struct map types; // → struct array of drafts
    for (size_t i = 0; i < planner->draft_count; i++)
        if (!resolve_wanted(planner, &planner->drafts[planner->graph.order[i]], fault))
            return false;
    map_init(&types);
    for (size_t i = 0; i < planner->draft_count; i++) {
        struct draft *draft = &planner->drafts[i];
        if (!is_asked_in_cloud(planner, draft))
            continue;
        struct array *group = map_find(&types, draft->change->type);
        if (group == NULL) {
            group = arena_alloc(planner->arena, sizeof *group);
            array_init(group);
            map_put(&types, draft->change->type, group);
        }
        array_add(group, draft);
    }
    for (size_t i = 0; i < types.count; i++) {
        struct array *group = types.entries[i].value;
        struct request *request = arena_alloc(planner->arena, sizeof *request);
        request->planner = planner;
        request->drafts = arena_alloc(planner->arena, group->count * sizeof(void *));
        memcpy(request->drafts, group->items, group->count * sizeof(void *));
        request->done = count_down;
        request->context = planner;
        planner->asked++;
        start(request, request->drafts[0]->change->type, group->count);
        array_clear(group);
    }
    map_clear(&types);
    return wait_for_answers(planner, fault);
}

// A rebuilt machine keeps its id, but was born with another host key.
static bool is_reborn(const struct draft *host, const struct draft *machine)
{
    const struct record *record = host->change->record;
    const char *then = value_find_text(record->attributes, "host_key", NULL);
    const char *now = value_find_text(machine->change->found, "host_key", NULL);
    return then != NULL && now != NULL && strcmp(then, now) != 0;
}

// What becomes of a host.
enum fate { FATE_ASK, FATE_NOT_YET, FATE_GOES };

static enum fate fate_of(struct planner *planner, const struct draft *host,
                         const struct draft *machine)
{
    const struct change *change = host->change;
    if (machine == NULL) {
        bool lost = change->record == NULL || planner_lost_machine(planner, host) != NULL;
        return change->resource == NULL && lost ? FATE_GOES : FATE_ASK;
    }
    bool stays = machine->change->action == CHANGE_NONE ||
                 (machine->change->action == CHANGE_UPDATE && !machine->change->rebuilds);
    if (!stays)
        return change->resource != NULL ? FATE_NOT_YET : FATE_GOES;
    // Set up by us, but cut off before: its first connection belongs to the run.
    if (change->record == NULL || change->record->attributes == NULL)
        return change->resource != NULL ? FATE_NOT_YET : FATE_GOES;
    if (is_reborn(host, machine))
        return change->resource != NULL ? FATE_NOT_YET : FATE_GOES;
    const char *server = value_find_text(machine->change->found, "id", NULL);
    const struct value *id = value_find(machine->change->found, "id");
    if (server == NULL && id != NULL && id->kind == VALUE_INTEGER)
        server = arena_format(planner->arena, "%lld", (long long) id->integer);
    const char *incarnation = change->record->incarnation;
    const char *slash = incarnation != NULL ? strchr(incarnation, '/') : NULL;
    if (server == NULL || slash == NULL || slash == incarnation)
        return FATE_ASK;
    bool same = strncmp(incarnation, server, (size_t) (slash - incarnation)) == 0 &&
                server[slash - incarnation] == '\0';
    return same ? FATE_ASK : change->resource != NULL ? FATE_NOT_YET : FATE_GOES;
}

static bool depends_on_undecided(const struct planner *planner, const struct draft *draft)
{
    const struct graph *graph = &planner->graph;
    for (size_t i = 0; i < graph->edge_count; i++)
        if (graph->edges[i].to == draft->node &&
            !planner->drafts[graph->edges[i].from].decided)
            return true;
    return false;
}

static void leave_unasked(struct planner *planner, struct draft *host,
                          struct draft *const *drafts, size_t count, enum fate fate)
{
    const char *address = host->change->address;
    const struct draft *known = planner_machine(planner, host);
    const char *machine =
        known != NULL ? known->change->address : planner_lost_machine(planner, host);
    for (size_t i = 0; i < count; i++) {
        struct draft *draft = drafts[i];
        draft->observed = true;
        draft->state = OBSERVE_UNKNOWN;
        draft->because = arena_format(planner->arena, "%s is not there yet", address);
        if (fate == FATE_GOES || draft->change->resource == NULL)
            draft->goes_with = machine != NULL ? machine : address;
        draft->void_record = draft->change->record;
        if (draft->change->resource != NULL)
            draft->change->record = NULL;
    }
}

static bool is_thing_on(const struct draft *draft, const struct draft *host)
{
    const char *on = draft->change->host;
    if (draft == host || on == NULL || draft->schema == NULL || draft->schema->is_check)
        return false;
    return strcmp(on, host->change->address) == 0;
}

// Everything of one host that the plan is about, the host itself first.
static struct draft **things_of(struct planner *planner, struct draft *host,
                                size_t *count)
{
    struct array things;
    array_init(&things);
    array_add(&things, host);
    for (size_t i = 0; i < planner->draft_count; i++)
        if (is_thing_on(&planner->drafts[i], host))
            array_add(&things, &planner->drafts[i]);
    struct draft **drafts = arena_alloc(planner->arena, things.count * sizeof *drafts);
    memcpy(drafts, things.items, things.count * sizeof *drafts);
    *count = things.count;
    array_clear(&things);
    return drafts;
}

// Things that protection keeps, or that others or a deferred stage declared, need no
// look.
static bool leaves_all_alone(const struct planner *planner, struct draft *const *drafts,
                             size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!map_has(&planner->kept, drafts[i]->change->address) &&
            !planner_is_left_alone(planner, drafts[i]))
            return false;
    return true;
}

static bool read_host(struct planner *planner, struct draft *host, struct fault *fault)
{
    size_t count;
    struct draft **drafts = things_of(planner, host, &count);
    const struct draft *machine = planner_machine(planner, host);
    enum fate fate = fate_of(planner, host, machine);
    for (size_t i = 0; i < count; i++)
        if (!resolve_wanted(planner, drafts[i], fault))
            return false;
    const struct value *address =
        value_find(planner_host_attributes(planner, host), "address");
    if (fate == FATE_ASK && address != NULL && !value_is_known(address))
        fate = FATE_NOT_YET;
    if (leaves_all_alone(planner, drafts, count)) {
        for (size_t i = 0; i < count; i++) {
            drafts[i]->observed = true;
            drafts[i]->state = OBSERVE_UNKNOWN;
        }
    } else if (fate != FATE_ASK) {
        leave_unasked(planner, host, drafts, count, fate);
    } else {
        planner->asked++;
        refresh_start_host(planner, host, drafts, count, count_down, planner);
    }
    return true;
}

// A change that comes before `node`, of its machine or of what that stands behind.
static const struct change *change_before(const struct planner *planner, size_t node,
                                          bool *seen)
{
    const struct graph *graph = &planner->graph;
    seen[node] = true;
    for (size_t i = 0; i < graph->edge_count; i++) {
        size_t from = graph->edges[i].from;
        if (graph->edges[i].to != node || seen[from])
            continue;
        const struct change *change = planner->drafts[from].change;
        const struct schema *schema = planner->drafts[from].schema;
        bool is_ours_alone = schema != NULL && schema->is_core;
        if (change->action == CHANGE_UPDATE && change->host == NULL && !is_ours_alone)
            return change;
        change = change_before(planner, from, seen);
        if (change != NULL)
            return change;
    }
    return NULL;
}

// A host that cannot be reached while its machine, or a firewall before that, has to be
// changed: what is on it is taken as it was last seen, or that could never be mended.
static void take_as_last_seen(struct planner *planner, struct draft *host)
{
    bool *seen = arena_alloc(planner->arena, planner->draft_count * sizeof *seen);
    const struct change *change = NULL;
    size_t count;
    if (host->state == OBSERVE_FAILED && host->fault->kind == FAULT_UNREACHABLE)
        change = change_before(planner, host->node, seen);
    if (change == NULL)
        return;
    struct draft **drafts = things_of(planner, host, &count);
    for (size_t i = 0; i < count; i++) {
        const struct record *record = drafts[i]->change->record;
        bool known = record != NULL && record->attributes != NULL;
        drafts[i]->state = known ? OBSERVE_PRESENT : OBSERVE_UNKNOWN;
        drafts[i]->change->found = known ? record->attributes : NULL;
        drafts[i]->because =
            arena_format(planner->arena, "%s does not answer", host->change->address);
    }
    planner_warn(planner,
                 "%s does not answer, and %s is changed first: what is on it is taken as "
                 "it was last seen",
                 host->change->address, change->address);
}

// Once its answers are there.
static void judge_answers(struct planner *planner)
{
    for (size_t i = 0; i < planner->draft_count; i++) {
        struct draft *draft = &planner->drafts[i];
        bool is_host = draft->schema != NULL && draft->schema->is_host;
        if (is_host && draft->observed && !draft->decided)
            take_as_last_seen(planner, draft);
    }
}

bool refresh_hosts(struct planner *planner, bool *more, struct fault *fault)
{
    *more = false;
    for (size_t i = 0; i < planner->draft_count; i++) {
        struct draft *draft = &planner->drafts[i];
        bool is_host = draft->schema != NULL && draft->schema->is_host;
        if (!is_host || draft->observed || depends_on_undecided(planner, draft))
            continue;
        const struct draft *machine = planner_machine(planner, draft);
        if (machine != NULL && !machine->decided)
            continue;
        *more = true;
        if (!read_host(planner, draft, fault))
            return false;
    }
    if (!wait_for_answers(planner, fault))
        return false;
    judge_answers(planner);
    return true;
}
