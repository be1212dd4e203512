// SPDX-License-Identifier: MIT
#include "engine/planner.h"

#include <string.h>

#include "engine/adopt.h"
#include "engine/moved.h"
#include "engine/removed.h"
#include "engine/resolve.h"
#include "engine/stage.h"
#include "store/secret.h"
#include "value/address.h"

static const struct engine_options no_options;

static const char *name_of(struct arena *arena, const char *address)
{
    struct address parsed;
    struct fault ignored;
    if (!address_parse(arena, address, &parsed, &ignored))
        return NULL;
    return parsed.name;
}

static const struct schema *schema_of(const struct planner *planner, const char *type)
{
    const struct provider *provider = planner->engine->provider;
    return provider->schema(provider->context, type);
}

struct draft *planner_add(struct planner *planner, const char *address)
{
    struct draft *draft = &planner->drafts[planner->draft_count];
    draft->node = planner->draft_count++;
    draft->change = &planner->changes[draft->node];
    draft->change->address = address;
    draft->change->reason = "";
    map_add_lent(&planner->by_address, address, draft);
    return draft;
}

// "playbooks/phase1.lua:12"; the text of the resource before, where both are on one line.
static const char *where_of(const struct planner *planner,
                            const struct resource *resource)
{
    const struct resource *before = NULL;
    if (resource->playbook == NULL || resource->line <= 0)
        return resource->playbook; // recalled from state
    if (planner->draft_count > planner->removed_count + 1)
        before = planner->drafts[planner->draft_count - 2].change->resource;
    if (before != NULL && before->line == resource->line &&
        before->playbook == resource->playbook)
        return planner->drafts[planner->draft_count - 2].change->where;
    return arena_format(planner->arena, "%s:%d", resource->playbook, resource->line);
}

static void draft_declared(struct planner *planner, const struct resource *resource)
{
    struct draft *draft = planner_add(planner, resource->address);
    struct change *change = draft->change;
    draft->schema = resource->schema;
    change->type = resource->type;
    change->name = resource->name;
    change->host = resource->host;
    change->resource = resource;
    change->record = state_find(&planner->rows, resource->address);
    change->where = where_of(planner, resource);
}

static void draft_recorded(struct planner *planner, const struct record *record)
{
    struct draft *draft = planner_add(planner, record->address);
    draft->schema = schema_of(planner, record->type);
    draft->change->type = record->type;
    draft->change->name = name_of(planner->arena, record->address);
    draft->change->host = record->host;
    draft->change->record = record;
}

static void draft_intended(struct planner *planner, const struct record_step *step)
{
    struct draft *draft = planner_add(planner, step->address);
    draft->schema = schema_of(planner, step->type);
    draft->change->type = step->type;
    draft->change->name = name_of(planner->arena, step->address);
    draft->change->host = step->host;
}

// Whether a playbook is not among those that are planned.
static bool is_of_another(const struct planner *planner, const char *playbook)
{
    const struct resource_set *set = planner->wanted;
    if (planner->options->destroy || playbook == NULL || set->playbook == NULL)
        return false;
    if (strcmp(set->playbook, playbook) == 0)
        return false;
    for (size_t i = 0; i < set->playbook_count; i++)
        if (strcmp(set->playbooks[i], playbook) == 0)
            return false;
    for (size_t i = 0; set->playbook_count == 0 && i < set->count; i++) {
        const char *declared = set->items[i].playbook;
        if (declared != NULL && strcmp(declared, playbook) == 0)
            return false;
    }
    return true;
}

static bool is_wanted(const struct map *wanted, const char *address)
{
    return map_has(wanted, address);
}

// What a run of another playbook left open or owes is for that playbook's next run; what
// a deferred stage did is for the run that can evaluate it.
static void leave_to_others(struct planner *planner, const struct map *wanted)
{
    struct journal_open *open = &planner->open;
    size_t steps = 0, handlers = 0;
    for (size_t i = 0; i < open->step_count; i++) {
        const struct record_step *step = &open->steps[i];
        if (is_wanted(wanted, step->address) ||
            (!is_of_another(planner, step->playbook) && !stage_keeps_step(planner, step)))
            open->steps[steps++] = *step;
    }
    for (size_t i = 0; i < open->handler_count; i++) {
        const struct record_handler *handler = &open->handlers[i];
        if (is_wanted(wanted, handler->host) ||
            (!is_of_another(planner, handler->playbook) &&
             !stage_keeps_handler(planner, handler)))
            open->handlers[handlers++] = *handler;
    }
    open->step_count = steps;
    open->handler_count = handlers;
}

static size_t most_drafts(const struct planner *planner, const struct map *wanted)
{
    size_t most = planner->wanted->count + planner->open.step_count;
    for (size_t i = 0; i < planner->wanted->count; i++)
        most += planner->wanted->items[i].create_first; // it may be replaced
    for (size_t i = 0; i < planner->rows.count; i++)
        most += !is_wanted(wanted, planner->rows.rows[i].address);
    return most;
}

static void make_drafts(struct planner *planner)
{
    struct map wanted;
    map_init(&wanted);
    for (size_t i = 0; i < planner->wanted->count; i++)
        map_add_lent(&wanted, planner->wanted->items[i].address, planner);
    leave_to_others(planner, &wanted);
    size_t most = most_drafts(planner, &wanted);
    planner->drafts = arena_alloc(planner->arena, (most + 1) * sizeof *planner->drafts);
    planner->changes = arena_alloc(planner->arena, (most + 1) * sizeof *planner->changes);
    for (size_t i = 0; i < planner->rows.count; i++)
        if (!is_wanted(&wanted, planner->rows.rows[i].address))
            draft_recorded(planner, &planner->rows.rows[i]);
    for (size_t i = 0; i < planner->open.step_count; i++) {
        const struct record_step *step = &planner->open.steps[i];
        if (!is_wanted(&wanted, step->address) && !planner_find(planner, step->address))
            draft_intended(planner, step);
    }
    planner->removed_count = planner->draft_count;
    for (size_t i = 0; i < planner->wanted->count; i++)
        draft_declared(planner, &planner->wanted->items[i]);
    for (size_t i = 0; i < planner->open.step_count; i++) {
        struct draft *draft = planner_find(planner, planner->open.steps[i].address);
        draft->change->open = &planner->open.steps[i];
        if (strcmp(planner->open.steps[i].action, "create") == 0)
            draft->ours = true;
    }
    map_clear(&wanted);
}

// Rows that were read before are not read again, unless something was written since.
static bool read_rows(struct planner *planner, struct fault *fault)
{
    const struct engine *engine = planner->engine;
    bool still = engine->recorded != NULL && engine->database != NULL &&
                 engine->recorded_at == database_commit_count(engine->database);
    if (!still)
        return state_load(engine->database, planner->arena, &planner->rows, fault);
    planner->rows = *engine->recorded;
    return true;
}

// What goes is judged by the guards. A budget has no say: nothing is made.
static const struct resource_set *want_nothing(struct arena *arena,
                                               const struct resource_set *wanted)
{
    struct resource_set *nothing = arena_alloc(arena, sizeof *nothing);
    if (wanted != NULL) {
        nothing->guards = wanted->guards;
        nothing->guard_count = wanted->guard_count;
    }
    return nothing;
}

bool planner_new(const struct engine *engine, const struct resource_set *wanted,
                 const struct engine_options *options, struct plan *plan,
                 struct fault *fault)
{
    struct planner *planner = arena_alloc(&plan->arena, sizeof *planner);
    planner->engine = engine;
    planner->arena = &plan->arena;
    planner->plan = plan;
    // Apply decides again, when the caller's may be gone.
    struct engine_options *kept = arena_alloc(planner->arena, sizeof *kept);
    *kept = options != NULL ? *options : no_options;
    planner->options = kept;
    planner->wanted = planner->options->destroy || wanted == NULL
                          ? want_nothing(planner->arena, wanted)
                          : wanted;
    map_init(&planner->by_address);
    map_init(&planner->kept);
    graph_init(&planner->graph, 0);
    plan->planner = planner;
    if (!read_rows(planner, fault) ||
        !journal_load_open(engine->database, planner->arena, &planner->open, fault))
        return fault_while(fault, "planning");
    if (planner->options->assumed.count > 0)
        planner->rows =
            adopt_rows(planner->arena, &planner->rows, &planner->options->assumed);
    if (!moved_take(planner, fault) || !removed_check(planner, fault))
        return false;
    make_drafts(planner);
    moved_tell(planner);
    planner->graph.node_count = planner->draft_count;
    return true;
}

void planner_free(struct planner *planner)
{
    graph_clear(&planner->graph);
    map_clear(&planner->kept);
    map_clear(&planner->by_address);
}

struct draft *planner_find(const struct planner *planner, const char *address)
{
    return map_find(&planner->by_address, address);
}

struct draft *planner_host(const struct planner *planner, const struct draft *draft)
{
    if (draft->schema != NULL && draft->schema->is_host)
        return planner_find(planner, draft->change->address);
    return draft->change->host != NULL ? planner_find(planner, draft->change->host)
                                       : NULL;
}

// The first address that is referred to inside.
static void first_reference(void *context, const struct value *value)
{
    const char **address = context;
    if (value->kind == VALUE_REFERENCE && *address == NULL)
        *address = value->reference.address;
}

static const char *machine_address(const struct draft *host)
{
    static const char *const names[] = {"server_id", "address"};
    const struct change *change = host->change;
    const struct value *declared = change->resource != NULL ? change->resource->attributes
                                   : change->record != NULL ? change->record->wanted
                                                            : NULL;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *address = NULL;
        const struct value *attribute = value_find(declared, names[i]);
        if (attribute != NULL)
            value_walk(attribute, first_reference, &address);
        if (address != NULL)
            return address;
    }
    return NULL;
}

struct draft *planner_machine(const struct planner *planner, const struct draft *host)
{
    const char *address = machine_address(host);
    return address != NULL ? planner_find(planner, address) : NULL;
}

const char *planner_lost_machine(const struct planner *planner, const struct draft *host)
{
    const char *address = machine_address(host);
    bool lost = address != NULL && planner_find(planner, address) == NULL;
    return lost ? address : NULL;
}

// A host that is not declared any more is still reached by the secrets that its
// declaration named, as long as those are sealed: what is on it has to go first.
static const struct value *with_named_secrets(const struct planner *planner,
                                              const struct change *change,
                                              const struct value *attributes)
{
    const struct engine *engine = planner->engine;
    const struct value *wanted = change->record != NULL ? change->record->wanted : NULL;
    bool is_dropped = change->resource == NULL && wanted != NULL && engine->vault != NULL;
    for (size_t i = 0; is_dropped && i < wanted->map.count; i++) {
        const struct value *named = wanted->map.entries[i].value, *secret = NULL;
        struct fault unread = {0};
        bool sealed = named->kind == VALUE_REFERENCE && named->reference.secret &&
                      secret_load(engine->database, engine->vault, planner->arena,
                                  named->reference.address, &secret, &unread);
        if (sealed && secret != NULL)
            attributes = value_with(planner->arena, attributes,
                                    wanted->map.entries[i].key, secret);
    }
    return attributes;
}

const struct value *planner_host_attributes(const struct planner *planner,
                                            const struct draft *host)
{
    const struct change *change = host->change;
    const struct value *under = change->found;
    if (under == NULL && change->record != NULL)
        under = change->record->attributes;
    // Nothing of another machine is good for this one.
    if (host->state == OBSERVE_UNKNOWN && host->observed && !host->done)
        under = NULL;
    return with_named_secrets(planner, change,
                              value_merge(planner->arena, under, change->wanted));
}

static const char *id_text(struct arena *arena, const struct value *value)
{
    if (value == NULL)
        return "";
    if (value->kind == VALUE_INTEGER)
        return arena_format(arena, "%lld", (long long) value->integer);
    return value->kind == VALUE_STRING ? value->string.bytes : "";
}

const char *planner_incarnation(const struct planner *planner, const struct draft *host)
{
    const struct value *found = host->change->found;
    if (found == NULL)
        return NULL;
    const char *given = value_find_text(found, "incarnation", NULL);
    if (given != NULL)
        return given;
    const struct draft *machine = planner_machine(planner, host);
    const char *server = "";
    if (machine != NULL)
        server = id_text(planner->arena, value_find(machine->change->found, "id"));
    const char *own = value_find_text(found, "machine_id", "");
    if (server[0] == '\0' && own[0] == '\0')
        return NULL;
    return arena_format(planner->arena, "%s/%s", server, own);
}

bool planner_may_destroy(const struct planner *planner, const char *address)
{
    for (size_t i = 0; i < planner->options->allow_destroy_count; i++) {
        const char *pattern = planner->options->allow_destroy[i];
        if (strcmp(pattern, "all") == 0 || address_matches(address, pattern))
            return true;
    }
    return false;
}

bool planner_is_protected(const struct planner *planner, const struct draft *draft)
{
    const struct change *change = draft->change;
    bool is_protected = change->resource != NULL ? change->resource->protect
                        : change->record != NULL ? change->record->protect
                                                 : false;
    if (change->record != NULL && !change->record->created_by_us && !draft->ours)
        is_protected = false;
    return is_protected && !planner_may_destroy(planner, change->address);
}

bool planner_is_foreign(const struct planner *planner, const struct draft *draft)
{
    const struct record *record = draft->change->record;
    return draft->change->resource == NULL && record != NULL &&
           is_of_another(planner, record->playbook);
}

bool planner_is_left_alone(const struct planner *planner, const struct draft *draft)
{
    return planner_is_foreign(planner, draft) || stage_of(planner, draft) != NULL;
}

void planner_warn(struct planner *planner, const char *format, ...)
{
    struct plan *plan = planner->plan;
    const char **grown =
        arena_alloc(planner->arena, (plan->warning_count + 1) * sizeof *grown);
    va_list arguments;
    for (size_t i = 0; i < plan->warning_count; i++)
        grown[i] = plan->warnings[i];
    va_start(arguments, format);
    grown[plan->warning_count++] = arena_vformat(planner->arena, format, arguments);
    va_end(arguments);
    plan->warnings = grown;
}
