// SPDX-License-Identifier: MIT
//
// A world in memory behind struct provider: things by address, answers in random order,
// faults as scripted, a log of what was executed. With a path the world is also kept in a
// file, so that it outlives a process that is killed.
#pragma once

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/map.h"
#include "base/text.h"
#include "engine/plan.h"
#include "engine/provider.h"
#include "store/secret.h"
#include "value/json.h"

#include "engine/fake_types.h"

enum fake_fault {
    FAKE_FINE,
    FAKE_FAIL,        // nothing happens, the step fails
    FAKE_HALF,        // it happens, and yet the step fails
    FAKE_LOST,        // it happens, and the answer is lost
    FAKE_UNREACHABLE, // it cannot be observed
    FAKE_ASK,         // only a run may ask; its step does nothing when it is there
    FAKE_HELD,        // it is not answered, until fake_let_go
    FAKE_MEASURE,     // a check, which passes, measures
    FAKE_WARN,        // the same, and warns of what it measured
    FAKE_SAMPLE,      // the same as the first, with the time when it was
};

struct fake_pending {
    struct observe_batch *observe; // one of the two
    struct step_batch *apply;
    size_t delay;
};

struct fake {
    struct provider provider;
    struct arena arena;
    struct map world;  // address → struct value: attributes; NULL: not there
    struct map faults; // address → enum fake_fault
    struct fake_pending pending[4096];
    size_t pending_count, most_pending;
    struct text log; // "create cloud.thing/a\n" …
    const char *path;
    unsigned random;
    int64_t next_id;
    bool stable_ids; // of the address, not of the order in which things are made
    size_t observe_count, apply_count, preview_count;
    const char *edited;       // what preview says of a removal, or NULL
    const char *warning;      // what it warns of, or NULL
    const char *refined_type; // preview turns a list of types into this one
    volatile int *interrupt_after_first;
    void (*after_step)(void *context, const char *address); // once it was carried out
    void *after_context;
    // When as many as `stuck_count` are held, and nothing else is under way: these are
    // set, one a turn.
    volatile int *interrupt_when_stuck, *give_up_when_stuck;
    size_t stuck_count;
    const char *complaint; // of every rule, or NULL
    bool judge_fails;
    size_t most_steps, most_hosts; // of the cloud and batches of hosts at once, at most
    // No step ends until so many were under way at once, or it has been waited for in
    // vain: how soon a step begins depends on the disk.
    size_t await_steps, await_hosts;
    int64_t awaited_until_ms;
    const char *revealed; // what every source of a secret tells; NULL: it fails
};

static inline unsigned fake_random(struct fake *fake)
{
    fake->random = fake->random * 1103515245u + 12345u;
    return fake->random >> 16;
}

static inline void fake_log(struct fake *fake, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    text_vformat(&fake->log, format, arguments);
    va_end(arguments);
    text_add_char(&fake->log, '\n');
}

static inline void fake_save(struct fake *fake)
{
    if (fake->path == NULL)
        return;
    struct value_entry *entries = calloc(fake->world.count + 2, sizeof *entries);
    size_t count = 0;
    for (size_t i = 0; i < fake->world.count; i++) {
        entries[count].key = fake->world.entries[i].key;
        entries[count++].value = fake->world.entries[i].value;
    }
    entries[count++] = (struct value_entry){
        "log", value_string(&fake->arena, fake->log.bytes, fake->log.length)};
    struct text text;
    text_init(&text, 0);
    json_write(&text, value_map(&fake->arena, entries, count), NULL, NULL);
    FILE *file = fopen(fake->path, "w");
    fwrite(text.bytes, 1, text.length, file);
    fclose(file);
    text_clear(&text);
    free(entries);
}

static inline void fake_load(struct fake *fake, const char *path)
{
    fake->path = path;
    FILE *file = fopen(path, "r");
    if (file == NULL)
        return;
    static char buffer[1 << 20];
    size_t length = fread(buffer, 1, sizeof buffer, file);
    const struct value *all;
    struct fault fault;
    fclose(file);
    if (!json_read(&fake->arena, buffer, length, &all, &fault))
        return;
    for (size_t i = 0; i < all->map.count; i++) {
        const struct value_entry *entry = &all->map.entries[i];
        if (strcmp(entry->key, "log") == 0)
            text_add(&fake->log, entry->value->string.bytes);
        else
            map_put(&fake->world, entry->key, (void *) entry->value);
    }
    fake->next_id += (int64_t) all->map.count * 100;
}

static inline void fake_put(struct fake *fake, const char *address,
                            const struct value *attributes)
{
    map_put(&fake->world, address, (void *) value_copy(&fake->arena, attributes));
    fake_save(fake);
}

static inline const struct value *fake_find(const struct fake *fake, const char *address)
{
    return map_find(&fake->world, address);
}

// Changes one attribute behind everybody's back.
static inline void fake_drift(struct fake *fake, const char *address, const char *name,
                              const struct value *value)
{
    fake_put(fake, address,
             value_with(&fake->arena, fake_find(fake, address), name, value));
}

static inline void fake_remove(struct fake *fake, const char *address)
{
    map_put(&fake->world, address, NULL);
    fake_save(fake);
}

static inline void fake_script(struct fake *fake, const char *address,
                               enum fake_fault what)
{
    map_put(&fake->faults, address, (void *) (size_t) what);
}

static inline enum fake_fault fake_scripted(const struct fake *fake, const char *address)
{
    return (enum fake_fault)(size_t) map_find(&fake->faults, address);
}

static inline void fake_queue(struct fake *fake, struct fake_pending pending)
{
    pending.delay = fake_random(fake) % 3;
    fake->pending[fake->pending_count++] = pending;
    if (fake->pending_count > fake->most_pending)
        fake->most_pending = fake->pending_count;
}

static inline void fake_observe(void *context, struct observe_batch *batch)
{
    struct fake *fake = context;
    fake->observe_count++;
    fake_log(fake, "observe %s", batch->host != NULL ? batch->host : batch->type);
    fake_queue(fake, (struct fake_pending){.observe = batch});
}

static inline void fake_count_running(struct fake *fake)
{
    size_t steps = 0, hosts = 0;
    for (size_t i = 0; i < fake->pending_count; i++) {
        const struct step_batch *batch = fake->pending[i].apply;
        steps += batch != NULL && batch->host == NULL;
        hosts += batch != NULL && batch->host != NULL;
    }
    fake->most_steps = steps > fake->most_steps ? steps : fake->most_steps;
    fake->most_hosts = hosts > fake->most_hosts ? hosts : fake->most_hosts;
}

static inline void fake_apply(void *context, struct step_batch *batch)
{
    struct fake *fake = context;
    fake->apply_count++;
    fake_queue(fake, (struct fake_pending){.apply = batch});
    fake_count_running(fake);
}

// Where a thing of the cloud is that is known by its id, or NULL.
static inline const char *fake_by_id(const struct fake *fake, const struct record *record)
{
    int64_t id = record != NULL && record->attributes != NULL
                     ? value_find_integer(record->attributes, "id", 0)
                     : 0;
    for (size_t i = 0; id != 0 && i < fake->world.count; i++) {
        const struct value *there = fake->world.entries[i].value;
        if (there != NULL && value_find_integer(there, "id", 0) == id &&
            strncmp(fake->world.entries[i].key, record->type, strlen(record->type)) == 0)
            return fake->world.entries[i].key;
    }
    return NULL;
}

// By its id, else by its name, if no other row has that one.
static inline const struct value *fake_seek(struct fake *fake,
                                            const struct observe_batch *batch,
                                            const struct observe_item *item)
{
    if (batch->host != NULL || fake->stable_ids)
        return fake_find(fake, item->address);
    const char *at = fake_by_id(fake, item->recorded);
    for (size_t i = 0; at == NULL && i < batch->count; i++) {
        const char *other = fake_by_id(fake, batch->items[i].recorded);
        if (other != NULL && strcmp(other, item->address) == 0)
            return NULL;
    }
    const struct value *found = fake_find(fake, at != NULL ? at : item->address);
    if (at == NULL || strcmp(at, item->address) == 0)
        return found;
    return value_with(&fake->arena, found, "called",
                      value_text(&fake->arena, strchr(at, '/') + 1));
}

static inline void fake_answer(struct fake *fake, struct observe_batch *batch)
{
    for (size_t i = 0; i < batch->count; i++) {
        struct observe_item *item = &batch->items[i];
        const char *at = batch->host != NULL ? batch->host : item->address;
        item->found = fake_seek(fake, batch, item);
        item->state = item->found != NULL ? OBSERVE_PRESENT : OBSERVE_ABSENT;
        if (fake_scripted(fake, item->address) == FAKE_ASK && !batch->in_run) {
            item->state = OBSERVE_UNDECIDED;
            item->found = NULL;
            item->because = "its guard is run only by a run";
        } else if (fake_scripted(fake, item->address) == FAKE_ASK) {
            fake_log(fake, "ask %s", item->address);
        }
        if (fake_scripted(fake, at) == FAKE_UNREACHABLE) {
            struct fault *fault = arena_alloc(batch->arena, sizeof *fault);
            fault_set(fault, FAULT_UNREACHABLE, "%s does not answer", at);
            item->state = OBSERVE_FAILED;
            item->fault = fault;
        }
    }
    batch->done(batch);
}

// Secrets do not leave a host in clear; a cloud never shows them.
static inline const struct value *fake_shown(struct fake *fake, const struct step *step)
{
    const struct value *found = step->want;
    for (size_t i = 0; found != NULL && i < step->want->map.count; i++) {
        const struct value_entry *entry = &step->want->map.entries[i];
        char shown[7 + SECRET_SHA256_SIZE] = "sha256:";
        if (entry->value->kind != VALUE_SECRET)
            continue;
        secret_sha256(entry->value->secret.bytes, entry->value->secret.length, shown + 7);
        bool on_host = step->change->host != NULL;
        found = value_with(&fake->arena, found, entry->key,
                           on_host ? value_text(&fake->arena, shown) : NULL);
    }
    return found;
}

static inline int64_t fake_hash(const char *text)
{
    int64_t hash = 5381;
    for (; *text != '\0'; text++)
        hash = (hash * 33 + *text) % 1000003;
    return hash;
}

static inline const struct value *fake_computed(struct fake *fake,
                                                const struct step *step)
{
    struct arena *arena = &fake->arena;
    const struct value *found = fake_shown(fake, step), *have = step->have;
    const char *type = step->change->type;
    int64_t id = have != NULL ? value_find_integer(have, "id", 0) : ++fake->next_id;
    if (fake->stable_ids)
        id = fake_hash(step->change->address);
    const struct value *chosen = value_find(found, "type");
    if (chosen != NULL && chosen->kind == VALUE_LIST && chosen->list.count > 0)
        found = value_with(arena, found, "type", chosen->list.items[0]);
    if (strncmp(type, "cloud.", 6) == 0) {
        found = value_with(arena, found, "id", value_integer(arena, id));
        return value_with(
            arena, found, "ip",
            value_text(arena, arena_format(arena, "10.0.0.%lld", (long long) id)));
    }
    if (strcmp(type, "host") == 0) {
        const char *machine = arena_format(arena, "m%lld", (long long) id);
        const struct value *server = value_find(found, "server_id");
        const char *server_text = server != NULL ? json_text(arena, server) : "";
        found = value_with(arena, found, "machine_id", value_text(arena, machine));
        return value_with(
            arena, found, "incarnation",
            value_text(arena, arena_format(arena, "%s/%s", server_text, machine)));
    }
    return found;
}

static inline bool fake_renames(const struct step *step)
{
    const struct change *change = step->change;
    return strcmp(step->action, "update") == 0 && change->field_count > 0 &&
           strcmp(change->fields[change->field_count - 1].name, "called") == 0;
}

static inline const char *fake_name_before(struct fake *fake, const struct step *step)
{
    const struct change *change = step->change;
    const char *name = change->fields[change->field_count - 1].before->string.bytes;
    return arena_format(&fake->arena, "%s/%s", change->type, name);
}

static inline void fake_sample(struct step *step)
{
    static const struct record_measurement sampled[] = {
        {.name = "cpu", .value = 85, .unit = "%", .at_ms = 7000},
        {.name = "cpu", .value = 90, .unit = "%", .at_ms = 8000}};
    step->answer = (struct check_answer){.measured = {sampled, 2}};
}

static inline void fake_measure(struct fake *fake, struct step *step, bool warns)
{
    static const char *const warnings[] = {"p95 is 140 ms, over 100 ms"};
    static const struct record_measurement measured = {
        .name = "p95_ms", .value = 140, .unit = "ms"};
    step->answer = (struct check_answer){{&measured, 1}, warnings, warns, NULL};
    if (step->last.count > 0)
        fake_log(fake, "last %g of %zu", step->last.rows[0].value, step->last.count);
}

static inline void fake_execute(struct fake *fake, struct step *step)
{
    const char *address = step->change->address;
    enum fake_fault what = fake_scripted(fake, address);
    fault_clear(&step->fault);
    if (what == FAKE_FAIL) {
        fake_log(fake, "fail %s %s", step->action, address);
        step->outcome = STEP_FAILED;
        fault_set(&step->fault, FAULT_ERROR, "%s failed as scripted", address);
        return;
    }
    fake_log(fake, "%s %s", step->action, address);
    if (step->record.note != NULL)
        fake_log(fake, "noted %s", address);
    step->changed = what != FAKE_ASK || fake_find(fake, address) == NULL;
    if (strcmp(step->action, "delete") == 0)
        fake_remove(fake, address);
    else if (strcmp(step->action, "check") != 0)
        fake_put(fake, address, fake_computed(fake, step));
    if (fake_renames(step))
        fake_remove(fake, fake_name_before(fake, step));
    step->found = fake_find(fake, address);
    step->outcome = STEP_DONE;
    if (what == FAKE_MEASURE || what == FAKE_WARN)
        fake_measure(fake, step, what == FAKE_WARN);
    if (what == FAKE_SAMPLE)
        fake_sample(step);
    if (what == FAKE_HALF || what == FAKE_LOST) {
        step->found = NULL;
        step->outcome = what == FAKE_LOST ? STEP_UNCERTAIN : STEP_FAILED;
        fault_set(&step->fault, FAULT_UNREACHABLE, "%s gave no answer", address);
    }
}

static inline void fake_finish(struct fake *fake, struct step_batch *batch)
{
    bool stopped = false;
    for (size_t i = 0; i < batch->count; i++) {
        struct step *step = batch->steps[i];
        const struct resource *resource = step->change->resource;
        if (stopped) {
            step->outcome = STEP_SKIPPED;
            continue;
        }
        batch->event(batch, step, "begin", NULL);
        fake_execute(fake, step);
        if (fake->after_step != NULL)
            fake->after_step(fake->after_context, step->change->address);
        bool goes_on = resource != NULL && resource->keep_going;
        stopped = step->outcome != STEP_DONE && !goes_on;
    }
    for (size_t i = 0; i < batch->handler_count && !stopped; i++) {
        struct step_handler *handler = &batch->handlers[i];
        if (fake_scripted(fake, handler->name) == FAKE_FAIL) {
            fault_set(&handler->fault, FAULT_ERROR, "%s failed", handler->name);
            continue;
        }
        fake_log(fake, "handler %s %s", handler->host, handler->name);
        handler->done = true;
    }
    fake_save(fake);
    if (fake->interrupt_after_first != NULL)
        *fake->interrupt_after_first = SIGINT;
    batch->done(batch);
}

static inline bool fake_is_held(const struct fake *fake, const struct step_batch *batch)
{
    for (size_t i = 0; batch != NULL && i < batch->count; i++)
        if (fake_scripted(fake, batch->steps[i]->change->address) == FAKE_HELD)
            return true;
    return false;
}

// No step is done before so many are under way at once: of the cloud, and batches of
// hosts. Twenty seconds at most.
static inline void fake_await(struct fake *fake, size_t steps, size_t hosts)
{
    fake->await_steps = steps;
    fake->await_hosts = hosts;
    fake->awaited_until_ms = clock_monotonic_ms() + 20000;
}

// What was held and left by the engine is carried out after all, for nobody.
static inline void fake_let_go(struct fake *fake)
{
    for (size_t i = 0; i < fake->pending_count; i++)
        for (size_t k = 0; k < fake->pending[i].apply->count; k++)
            fake_execute(fake, fake->pending[i].apply->steps[k]);
    fake->pending_count = 0;
}

// Signals come while nothing else happens. False: there is something else.
static inline bool fake_is_stuck(struct fake *fake)
{
    for (size_t i = 0; i < fake->pending_count; i++)
        if (!fake_is_held(fake, fake->pending[i].apply))
            return false;
    if (fake->interrupt_when_stuck == NULL || fake->pending_count < fake->stuck_count)
        return false;
    if (*fake->interrupt_when_stuck && fake->give_up_when_stuck != NULL)
        *fake->give_up_when_stuck = 1;
    *fake->interrupt_when_stuck = SIGINT;
    return true;
}

static inline bool fake_awaits(const struct fake *fake)
{
    return (fake->most_steps < fake->await_steps ||
            fake->most_hosts < fake->await_hosts) &&
           clock_monotonic_ms() < fake->awaited_until_ms;
}

// One of those whose delay is over, in no order.
static inline bool fake_turn(void *context)
{
    struct fake *fake = context;
    if (fake->pending_count == 0)
        return false;
    if (fake_is_stuck(fake))
        return true;
    for (size_t i = 0; i < fake->pending_count; i++)
        if (fake->pending[i].delay > 0)
            fake->pending[i].delay--;
    size_t index = fake_random(fake) % fake->pending_count;
    struct fake_pending pending = fake->pending[index];
    if (pending.delay > 0 || fake_is_held(fake, pending.apply) ||
        (pending.apply != NULL && fake_awaits(fake)))
        return true;
    fake->pending[index] = fake->pending[--fake->pending_count];
    if (pending.observe != NULL)
        fake_answer(fake, pending.observe);
    else
        fake_finish(fake, pending.apply);
    return true;
}

static inline void fake_price(struct arena *arena, const struct value *attributes,
                              const char *what, struct price_line **lines, size_t *count)
{
    const char *price = value_find_text(attributes, "price", NULL);
    struct fault fault;
    if (price == NULL)
        return;
    *lines = arena_alloc(arena, sizeof **lines);
    *count = 1;
    (*lines)->what = what;
    (*lines)->known = money_parse_budget(price, &(*lines)->monthly, &fault);
}

static inline bool fake_price_wanted(void *context, const struct change *change,
                                     struct preview *preview, struct fault *fault)
{
    struct fake *fake = context;
    (void) fault;
    fake_price(&fake->arena, change->wanted, change->address, &preview->prices,
               &preview->price_count);
    return true;
}

static inline void fake_add_handler(struct arena *arena, struct preview *preview,
                                    const char *name)
{
    size_t place = preview->handler_count++;
    preview->handlers[place] = name;
    preview->handler_scripts[place] = arena_format(arena, "systemctl %s", name);
}

// What `notify` says, and what the declaration or the row restarts. The removal of the
// file "/units/x" leaves nothing to restart of x.
static inline void fake_owe(struct arena *arena, const struct change *change,
                            const char *notify, struct preview *preview)
{
    const struct value *units = change->resource != NULL ? change->resource->restarts
                                : change->record != NULL ? change->record->restarts
                                                         : NULL;
    size_t count = units != NULL ? units->list.count : 0;
    if (!plan_does(change) || change->action == CHANGE_FORGET)
        return;
    preview->handlers = arena_alloc(arena, (count + 1) * sizeof *preview->handlers);
    preview->handler_scripts =
        arena_alloc(arena, (count + 1) * sizeof *preview->handler_scripts);
    if (notify != NULL)
        fake_add_handler(arena, preview, notify);
    for (size_t i = 0; i < count; i++)
        fake_add_handler(
            arena, preview,
            arena_format(arena, "restart %s", units->list.items[i]->string.bytes));
    const char *unit = change->name != NULL ? strstr(change->name, "/units/") : NULL;
    if (change->action != CHANGE_DELETE || unit == NULL)
        return;
    preview->voids = arena_alloc(arena, sizeof *preview->voids);
    preview->voids[preview->void_count++] =
        arena_format(arena, "restart %s", unit + 7);
}

static inline bool fake_preview(void *context, struct arena *arena,
                                const struct change *change, struct preview *preview,
                                struct fault *fault)
{
    struct fake *fake = context;
    (void) fault;
    fake->preview_count++;
    const char *notify = value_find_text(change->wanted, "notify", NULL);
    const struct value *type = value_find(change->wanted, "type");
    fake_price(arena, change->wanted, change->address, &preview->prices,
               &preview->price_count);
    const struct value *before = change->found;
    if (before != NULL)
        fake_price(arena, before, change->address, &preview->prices_before,
                   &preview->price_before_count);
    if (fake->refined_type != NULL && type != NULL && type->kind == VALUE_LIST)
        preview->wanted = value_with(arena, change->wanted, "type",
                                     value_text(arena, fake->refined_type));
    bool resizes = change->action == CHANGE_UPDATE && change->host == NULL &&
                   value_find(change->wanted, "size") != NULL;
    preview->stays_because = change->action == CHANGE_DELETE ? fake->edited : NULL;
    preview->warnings = fake->warning != NULL ? &fake->warning : NULL;
    preview->warning_count = fake->warning != NULL;
    preview->downtime = resizes ? "about a minute" : NULL;
    preview->downtime_ms = resizes ? 60000 : 0;
    fake_owe(arena, change, notify, preview);
    return true;
}

static inline bool fake_reveal(void *context, struct arena *arena, const char *address,
                               const struct value *attributes,
                               const struct value **secret, struct fault *fault)
{
    struct fake *fake = context;
    (void) attributes;
    fake_log(fake, "reveal %s", address);
    if (fake->revealed == NULL)
        return fault_set(fault, FAULT_ERROR, "%s cannot be had as scripted", address);
    *secret = value_secret(arena, address, fake->revealed, strlen(fake->revealed));
    return true;
}

static inline bool fake_judge(void *context, const struct plan *plan, int rule,
                              struct arena *arena, const char **because,
                              struct fault *fault)
{
    struct fake *fake = context;
    (void) arena;
    fake_log(fake, "judge %d of %zu", rule, plan->change_count);
    *because = fake->complaint;
    return !fake->judge_fails || fault_set(fault, FAULT_ERROR, "the rule is broken");
}

static inline void fake_init(struct fake *fake, unsigned seed)
{
    memset(fake, 0, sizeof *fake);
    arena_init(&fake->arena, 0);
    map_init(&fake->world);
    map_init(&fake->faults);
    text_init(&fake->log, 0);
    fake->random = seed;
    fake->provider = (struct provider){
        .context = fake,
        .schema = fake_schema,
        .observe = fake_observe,
        .preview = fake_preview,
        .price = fake_price_wanted,
        .apply = fake_apply,
        .reveal = fake_reveal,
        .judge = fake_judge,
        .turn = fake_turn,
        .project_id = "0123456789abcdef",
    };
}

static inline void fake_clear(struct fake *fake)
{
    text_clear(&fake->log);
    map_clear(&fake->faults);
    map_clear(&fake->world);
    arena_clear(&fake->arena);
}

// How often a line is in the log.
static inline size_t fake_count(const struct fake *fake, const char *line)
{
    size_t count = 0, length = strlen(line);
    for (const char *at = fake->log.bytes; *at != '\0';) {
        const char *end = strchr(at, '\n');
        count += (size_t) (end - at) == length && strncmp(at, line, length) == 0;
        at = end + 1;
    }
    return count;
}

// Where a line is in the log, or -1.
static inline long fake_place(const struct fake *fake, const char *line)
{
    char needle[256];
    snprintf(needle, sizeof needle, "\n%s\n", line);
    const char *found = strstr(fake->log.bytes, needle);
    if (found != NULL)
        return found - fake->log.bytes + 1;
    return strncmp(fake->log.bytes, needle + 1, strlen(needle) - 1) == 0 ? 0 : -1;
}
