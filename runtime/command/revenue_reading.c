// SPDX-License-Identifier: MIT
//
// Each source is asked by itself, and only where what it told last is too old: what the
// others told stays. All of them make one reading, or there is none: a sum without one of
// its parts would be wrong.
#include "command/revenue_reading.h"

#include <string.h>

#include "base/clock.h"
#include "command/errand.h"
#include "command/revenue_cache.h"
#include "command/revenue_source.h"
#include "engine/takings.h"
#include "store/revenue.h"
#include "value/reading.h"

struct asking {
    struct workbench *bench;
    enum revenue_reading_how how;
    const struct takings_part *known; // what is in the newest reading
    size_t known_count;
    int64_t now_ms;
    int64_t requests; // made so far
    bool asked;       // a source that is not only looked at
};

static const struct takings_part *find_known(const struct asking *asking,
                                             const struct revenue_source *source)
{
    for (size_t i = 0; i < asking->known_count; i++)
        if (strcmp(asking->known[i].of, source->of) == 0)
            return &asking->known[i];
    return NULL;
}

static bool is_due(const struct asking *asking, const struct revenue_source *source,
                   const struct takings_part *known)
{
    int64_t age = known != NULL ? asking->now_ms - known->read_at_ms : 0;
    return source->is_local || known == NULL || asking->how == REVENUE_READING_NOW ||
           age < 0 || age > source->max_age_ms;
}

static bool may_be_asked(const struct asking *asking, const struct revenue_source *source,
                         const struct takings_part *known)
{
    int64_t requests = revenue_source_requests(source);
    if (asking->how != REVENUE_READING_IN_PLAN)
        return true;
    // Not known: it is tried, and ends where it takes more than are left.
    if (requests < 0)
        requests = known != NULL ? known->requests : 1;
    bool runs = strcmp(source->kind, "command") == 0 &&
                !value_find_bool(source->settings, "safe", false);
    return !runs && asking->requests + requests <= REVENUE_READING_REQUESTS;
}

// What is answered is of now; what stands written is of when it was read first, for its
// declaration is another once it says something else.
static void date_part(struct takings_part *part, const struct takings_part *known,
                      int64_t now_ms)
{
    if (part->as_of_ms != 0)
        return;
    part->is_undated = strcmp(part->source, "manual") == 0;
    part->as_of_ms = part->is_undated && known != NULL ? known->as_of_ms : now_ms;
}

static bool refuse_asking(const struct revenue_source *source, struct fault *fault)
{
    fault_set(fault, FAULT_ERROR, "revenue.%s is not read in a plan", source->kind);
    fault_where(fault, "%s", source->where);
    fault_why(fault, "%s",
              strcmp(source->kind, "command") == 0
                  ? "its command is not declared safe"
                  : "a plan makes at most two requests for it, and this takes more");
    return fault_next(fault, "pipster revenue");
}

static bool ask(struct asking *asking, const struct revenue_source *source,
                struct takings_part *part, struct fault *fault)
{
    struct workbench *bench = asking->bench;
    const struct value *told = NULL;
    const struct value *asked =
        value_with(&bench->arena, source->settings, "directory",
                   value_text(&bench->arena, bench->project.root));
    int64_t before = http_count(bench->http);
    if (asking->how == REVENUE_READING_IN_PLAN)
        http_limit(bench->http, REVENUE_READING_REQUESTS - asking->requests);
    bool done = revenue_source_lend(bench, source, asking->how == REVENUE_READING_IN_PLAN,
                                    fault) &&
                errand_run(bench, "revenue.reading", "read", asked, &told, fault) &&
                takings_part_read(told, bench->project.currency, part, fault);
    int64_t made = http_count(bench->http) - before;
    http_limit(bench->http, -1);
    asking->requests += made;
    asking->asked = asking->asked || !source->is_local;
    if (!done && strcmp(fault->code, "limit") == 0)
        return refuse_asking(source, fault);
    if (!done) {
        if (fault->where[0] == '\0')
            fault_where(fault, "%s", source->where);
        return fault_while(fault, "reading the revenue");
    }
    part->of = source->of;
    part->max_age_ms = source->max_age_ms;
    part->read_at_ms = asking->now_ms;
    part->requests = made;
    date_part(part, find_known(asking, source), asking->now_ms);
    return true;
}

static bool gather(struct asking *asking, const struct revenue_sources *sources,
                   struct takings_part *parts, struct fault *fault)
{
    for (size_t i = 0; i < sources->count; i++) {
        const struct revenue_source *source = &sources->items[i];
        const struct takings_part *known = find_known(asking, source);
        if (known != NULL && !is_due(asking, source, known))
            parts[i] = *known;
        else if (!may_be_asked(asking, source, known))
            return refuse_asking(source, fault);
        else if (!ask(asking, source, &parts[i], fault))
            return false;
    }
    return true;
}

static bool is_accepted(const struct workbench *bench, const struct record_revenue *row,
                        const struct record_revenue *last)
{
    return bench->options->accept_revenue || !reading_is_odd(row, last);
}

static bool load(struct workbench *bench, struct revenue_reading *reading,
                 struct fault *fault)
{
    struct record_revenues rows;
    reading->newest = NULL;
    if (!revenue_load_newest(bench->database, &bench->arena, 1, &rows, fault) ||
        !revenue_load_accepted(bench->database, &bench->arena, INT64_MAX,
                               &reading->accepted, fault))
        return false;
    if (rows.count > 0)
        reading->newest = &rows.rows[0];
    return true;
}

// The newest stays the newest, also where a clock was set back.
static void order(struct record_revenue *row, const struct record_revenue *last)
{
    if (last != NULL && row->read_at_ms <= last->read_at_ms)
        row->read_at_ms = last->read_at_ms + 1;
}

static bool commit(struct workbench *bench, const struct record_revenue *row,
                   struct revenue_reading *reading, struct fault *fault)
{
    struct transaction *transaction = transaction_new(bench->database);
    revenue_put(transaction, row);
    return transaction_commit(transaction, fault) && load(bench, reading, fault);
}

// In memory and in the cache, where no lock is held.
static bool keep(struct workbench *bench, struct record_revenue *row,
                 struct revenue_reading *reading, struct fault *fault)
{
    order(row, reading->newest);
    if (bench->lock != NULL)
        return commit(bench, row, reading, fault);
    reading->newest = row;
    if (row->accepted)
        reading->accepted = row;
    return revenue_cache_put(bench, row, fault);
}

bool revenue_reading_accept(struct workbench *bench, struct revenue_reading *reading,
                            struct fault *fault)
{
    int64_t now_ms = clock_now_ms();
    struct transaction *transaction = transaction_new(bench->database);
    revenue_accept(transaction, reading->newest->id);
    if (reading_is_stale(reading->newest, now_ms)) {
        struct record_revenue row;
        takings_confirm(&bench->arena, reading->newest, now_ms, &row);
        row.read_at_ms = now_ms;
        order(&row, reading->newest);
        revenue_put(transaction, &row);
    }
    return transaction_commit(transaction, fault) && load(bench, reading, fault);
}

bool revenue_reading_store(struct workbench *bench, struct record_revenue *row,
                           struct revenue_reading *reading, struct fault *fault)
{
    row->accepted = is_accepted(bench, row, reading->accepted);
    return keep(bench, row, reading, fault);
}

// A plan may have read since the last run.
static bool take_cached(struct workbench *bench, struct revenue_reading *reading,
                        struct fault *fault)
{
    const struct record_revenue *cached = NULL;
    if (!revenue_cache_load(bench, &cached, fault))
        return false;
    if (cached == NULL ||
        (reading->newest != NULL && reading->newest->read_at_ms >= cached->read_at_ms))
        return true;
    struct record_revenue *row = arena_alloc(&bench->arena, sizeof *row);
    *row = *cached;
    row->accepted = is_accepted(bench, row, reading->accepted);
    if (bench->lock != NULL)
        return commit(bench, row, reading, fault);
    reading->newest = row;
    if (row->accepted)
        reading->accepted = row;
    return true;
}

// What a person took as it is stays so while it says the same.
static void carry_over(struct workbench *bench, struct record_revenue *row,
                       const struct revenue_reading *reading)
{
    const struct record_revenue *last = reading->newest;
    row->accepted = is_accepted(bench, row, reading->accepted);
    if (last == NULL || !takings_is_same(&bench->arena, row, last))
        return;
    row->accepted = row->accepted || last->accepted;
    if (last->fresh_until_ms > row->fresh_until_ms)
        row->fresh_until_ms = last->fresh_until_ms;
}

// Nothing is stored where nothing was asked and all is as it was.
static bool is_new(struct workbench *bench, const struct asking *asking,
                   const struct record_revenue *row,
                   const struct revenue_reading *reading)
{
    const struct record_revenue *last = reading->newest;
    return last == NULL || asking->asked || row->accepted != last->accepted ||
           !takings_is_same(&bench->arena, row, last);
}

static bool read_sources(struct workbench *bench, enum revenue_reading_how how,
                         const struct revenue_sources *sources,
                         struct revenue_reading *reading, struct fault *fault)
{
    struct asking asking = {.bench = bench, .how = how, .now_ms = clock_now_ms()};
    if (reading->newest != NULL)
        asking.known =
            takings_part_list(&bench->arena, reading->newest, &asking.known_count);
    struct takings_part *parts =
        arena_alloc(&bench->arena, (sources->count + 1) * sizeof *parts);
    struct record_revenue *row = arena_alloc(&bench->arena, sizeof *row);
    if (!gather(&asking, sources, parts, &reading->failed) ||
        !takings_add_up(&bench->engine, &bench->arena, parts, sources->count,
                        asking.now_ms, row, &reading->failed))
        return true;
    carry_over(bench, row, reading);
    return !is_new(bench, &asking, row, reading) || keep(bench, row, reading, fault);
}

bool revenue_reading_make(struct workbench *bench, enum revenue_reading_how how,
                          struct revenue_reading *reading, struct fault *fault)
{
    struct revenue_sources sources;
    *reading = (struct revenue_reading){0};
    if (!revenue_source_list(&bench->project, &bench->wanted, &bench->arena, &sources,
                             fault) ||
        !load(bench, reading, fault) || !take_cached(bench, reading, fault))
        return false;
    reading->source_count = sources.count;
    if (sources.count == 0 || how == REVENUE_READING_KNOWN)
        return true;
    return read_sources(bench, how, &sources, reading, fault);
}

bool revenue_reading_tell(struct workbench *bench, struct fault *fault)
{
    struct revenue_reading reading;
    bool declares = bench->wanted.playbook != NULL;
    enum revenue_reading_how how = !declares             ? REVENUE_READING_KNOWN
                                   : bench->lock == NULL ? REVENUE_READING_IN_PLAN
                                                         : REVENUE_READING_DUE;
    if (bench->engine.revenue != NULL || bench->round > 1)
        return true;
    if (!revenue_reading_make(bench, how, &reading, fault))
        return false;
    if (reading.source_count == 0 && reading.newest == NULL)
        return true;
    struct engine_revenue *revenue = arena_alloc(&bench->arena, sizeof *revenue);
    takings_tell(&bench->arena, reading.newest, reading.accepted, clock_now_ms(),
                 revenue);
    if (fault_is_set(&reading.failed))
        revenue->warning =
            arena_format(&bench->arena, "%s%s%s%s%s", reading.failed.what,
                         reading.failed.why[0] != '\0' ? ": " : "", reading.failed.why,
                         revenue->warning != NULL ? "; " : "",
                         revenue->warning != NULL ? revenue->warning : "");
    bench->engine.revenue = revenue;
    return true;
}
