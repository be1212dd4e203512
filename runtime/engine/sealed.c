// SPDX-License-Identifier: MIT
#include "engine/sealed.h"

#include <string.h>

#include "base/clock.h"
#include "base/duration.h"
#include "base/redact.h"
#include "engine/moved.h"

#define GENERATED "generated"

static const char *const sources[] = {"age", "command", "credential", "env", "file"};

const char *sealed_source(struct arena *arena, const struct value *attributes)
{
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
        const struct value *given = value_find(attributes, sources[i]);
        if (value_is_null(given))
            continue;
        if (given->kind == VALUE_LIST && given->list.count > 0)
            given = given->list.items[0];
        return arena_format(arena, "%s %s", sources[i],
                            given->kind == VALUE_STRING ? given->string.bytes : "?");
    }
    return GENERATED;
}

static bool is_made_here(const struct draft *draft)
{
    struct arena arena;
    arena_init(&arena, 0);
    const struct value *attributes = draft->change->wanted;
    bool made = strcmp(sealed_source(&arena, attributes), GENERATED) == 0;
    arena_clear(&arena);
    return made;
}

const char *sealed_rotation_key(struct arena *arena, const char *address)
{
    return arena_format(arena, "rotate/%s", address);
}

static bool is_asked_for(struct planner *planner, const char *address, bool *asked,
                         struct fault *fault)
{
    const char *text = NULL;
    const char *key = sealed_rotation_key(planner->arena, moved_origin(planner, address));
    bool read =
        state_setting(planner->engine->database, planner->arena, key, &text, fault);
    *asked = text != NULL;
    return read;
}

// One whose value was given by hand, or came from elsewhere before, keeps its length.
static const struct value *with_own_length(const struct planner *planner,
                                           const struct change *change,
                                           const struct secret_row *row)
{
    const struct value *wanted = value_find(change->wanted, "length");
    if (strcmp(row->source, GENERATED) == 0 || wanted == NULL)
        return change->found;
    return value_with(planner->arena, change->found, "length", wanted);
}

// Of an SSH key the half that everybody may know stands beside it.
static const struct value *with_value(struct arena *arena, const struct value *attributes,
                                      const struct value *secret)
{
    const struct value *found = value_with(arena, attributes, "value", secret);
    bool is_key = strcmp(value_find_text(attributes, "kind", ""), "ssh") == 0;
    const char *half = is_key && secret != NULL ? secret_ssh_public(arena, secret) : NULL;
    return half == NULL ? found
                        : value_with(arena, found, "public_key", value_text(arena, half));
}

static bool load(struct planner *planner, struct draft *draft, struct secret_row *row,
                 struct fault *fault)
{
    const struct engine *engine = planner->engine;
    struct change *change = draft->change;
    const struct value *secret = NULL;
    bool asked = false;
    if (secret_load(engine->database, engine->vault, planner->arena,
                    moved_origin(planner, change->address), &secret, fault)) {
        if (secret != NULL)
            secret = value_secret(planner->arena, change->address, secret->secret.bytes,
                                  secret->secret.length);
        if (change->found == NULL)
            change->found = change->wanted;
        change->found = with_value(planner->arena, change->found, secret);
        change->found = with_own_length(planner, change, row);
        return true;
    }
    // One that cannot be opened may still be replaced.
    struct fault ignored;
    if (!is_asked_for(planner, change->address, &asked, &ignored) || !asked ||
        change->found == NULL)
        return false;
    fault_clear(fault);
    return true;
}

bool sealed_look(struct planner *planner, struct draft *draft, struct fault *fault)
{
    const struct engine *engine = planner->engine;
    struct change *change = draft->change;
    struct secret_row row;
    change->found = change->record != NULL ? change->record->attributes : NULL;
    draft->state = change->found != NULL ? OBSERVE_PRESENT : OBSERVE_ABSENT;
    if (engine->database == NULL || engine->is_exported)
        return true;
    if (engine->vault == NULL) {
        if (change->found != NULL)
            planner_warn(
                planner,
                "%s cannot be opened, as this project's key is not here: restore "
                "it from its backup, or pipster secrets import FILE, or pipster "
                "secrets set or rotate; pipster doctor tells more",
                change->address);
        return true;
    }
    if (!secret_find(engine->database, planner->arena,
                     moved_origin(planner, change->address), &row, fault))
        return false;
    if (row.label == NULL) {
        draft->state = OBSERVE_ABSENT;
        change->found = NULL;
        return true;
    }
    // Given before it was first declared.
    draft->ours = draft->ours || change->record == NULL;
    draft->state = OBSERVE_PRESENT;
    return load(planner, draft, &row, fault) ||
           fault_while(fault, "opening %s", change->address);
}

static void change_value(struct planner *planner, struct change *change,
                         const char *reason, const struct value *secret)
{
    const struct value *before = value_find(change->found, "value");
    change->action = CHANGE_UPDATE;
    change->reason = reason;
    change->fields = arena_alloc(planner->arena, sizeof *change->fields);
    change->field_count = 1;
    change->fields[0] = (struct change_field){
        .name = "value",
        .before = before,
        .after = secret,
        .secret = true,
    };
    if (secret->kind == VALUE_SECRET)
        change->wanted = value_with(planner->arena, change->wanted, "value", secret);
}

static const struct value *later(const struct planner *planner,
                                 const struct change *change)
{
    return value_unknown(planner->arena, change->address, "value", true);
}

static bool reveal(const struct engine *engine, struct arena *arena,
                   const struct change *change, const struct value **secret,
                   struct fault *fault)
{
    const struct provider *provider = engine->provider;
    const char *where = change->where;
    if (!provider->reveal(provider->context, arena, change->address, change->wanted,
                          secret, fault) ||
        !redact_check(change->address, (*secret)->secret.bytes, (*secret)->secret.length,
                      fault)) {
        if (where != NULL && fault->where[0] == '\0')
            fault_where(fault, "%s", where);
        return false;
    }
    redact_add((*secret)->secret.bytes, (*secret)->secret.length);
    return true;
}

// A command may do more than tell: only one that is said to be safe runs in a plan.
static bool may_be_asked(const struct change *change)
{
    return value_is_null(value_find(change->wanted, "command")) ||
           value_find_bool(change->wanted, "safe", false);
}

static bool compare_source(struct planner *planner, struct draft *draft,
                           struct fault *fault)
{
    struct change *change = draft->change;
    const char *source = sealed_source(planner->arena, change->wanted);
    const struct value *secret = NULL, *sealed = value_find(change->found, "value");
    bool exists = draft->state == OBSERVE_PRESENT;
    if (!exists)
        change->reason =
            arena_format(planner->arena, "%s: from %s", change->reason, source);
    if (!may_be_asked(change)) {
        if (exists && change->action == CHANGE_NONE) {
            change_value(planner, change, "value may differ", later(planner, change));
            change->verdict = VERDICT_MAY;
            change->because = arena_format(
                planner->arena, "%s runs only in a run, as it is not said to be safe",
                source);
        }
        return true;
    }
    if (!reveal(planner->engine, planner->arena, change, &secret, fault))
        return false;
    if (!exists)
        change->wanted = value_with(planner->arena, change->wanted, "value", secret);
    else if (sealed != NULL && sealed->kind == VALUE_SECRET &&
             !value_equal(sealed, secret))
        change_value(planner, change, "value differs (secret)", secret);
    return true;
}

static bool warn_of_age(struct planner *planner, const struct change *change,
                        bool made_here, struct fault *fault)
{
    const char *every = value_find_text(change->wanted, "rotate_every", NULL);
    struct secret_row row;
    char text[DURATION_TEXT_SIZE];
    int64_t period = 0;
    if (every == NULL || change->action != CHANGE_NONE)
        return true;
    if (!duration_parse(every, &period, fault) ||
        !secret_find(planner->engine->database, planner->arena,
                     moved_origin(planner, change->address), &row, fault))
        return fault_while(fault, "planning %s", change->address);
    int64_t made = row.made_at_ms > 0       ? row.made_at_ms
                   : change->record != NULL ? change->record->changed_at_ms
                                            : clock_now_ms();
    int64_t age = clock_now_ms() - made;
    if (age <= period)
        return true;
    const char *source = sealed_source(planner->arena, change->wanted);
    if (made_here && strcmp(row.source, GENERATED) != 0)
        source = row.source;
    if (strcmp(source, GENERATED) == 0)
        planner_warn(planner,
                     "%s is %s old and is to be rotated every %s: pipster secrets rotate "
                     "%s",
                     change->address, duration_format(age, text), every, change->name);
    else
        planner_warn(planner,
                     "%s is %s old and is to be rotated every %s: change it where it "
                     "comes from (%s)",
                     change->address, duration_format(age, text), every, source);
    return true;
}

bool sealed_compare(struct planner *planner, struct draft *draft, struct fault *fault)
{
    struct change *change = draft->change;
    bool asked = false, made_here = is_made_here(draft);
    if (!made_here && !compare_source(planner, draft, fault))
        return false;
    if (planner->engine->database == NULL || draft->state != OBSERVE_PRESENT)
        return true;
    if (!is_asked_for(planner, change->address, &asked, fault))
        return false;
    bool stays = change->action == CHANGE_NONE || change->action == CHANGE_UPDATE;
    if (asked && made_here && stays)
        change_value(planner, change, "rotation asked for", later(planner, change));
    return warn_of_age(planner, change, made_here, fault);
}

static const struct value *make(struct apply *apply, const struct change *change)
{
    const char *kind = value_find_text(change->wanted, "kind", "");
    int64_t length = value_find_integer(change->wanted, "length", 32);
    if (strcmp(kind, "age") == 0)
        return secret_age_identity(apply->arena, change->address);
    if (strcmp(kind, "ssh") == 0) {
        const struct value *key = NULL;
        const char *ignored = NULL;
        secret_ssh_keypair(apply->arena, "pipster", &key, &ignored);
        return value_secret(apply->arena, change->address, key->secret.bytes,
                            key->secret.length);
    }
    return secret_generate(apply->arena, change->address,
                           length > 0 ? (size_t) length : 32);
}

const struct value *sealed_found(struct apply *apply, const struct change *change,
                                 const struct value *secret)
{
    return with_value(apply->arena, change->wanted, secret);
}

bool sealed_make(struct apply *apply, const struct draft *draft,
                 const struct value **secret, bool *is_new, struct fault *fault)
{
    const struct change *change = draft->change;
    const struct value *sealed = value_find(change->found, "value");
    if (apply->engine->vault == NULL)
        return fault_set(fault, FAULT_ERROR, "%s cannot be sealed: there is no key",
                         change->address);
    *secret = value_find(change->wanted, "value"); // the one that was compared
    if (is_made_here(draft)) {
        *secret = make(apply, change);
    } else if (*secret == NULL &&
               !reveal(apply->engine, apply->arena, change, secret, fault)) {
        return false;
    }
    *is_new = change->action != CHANGE_UPDATE || sealed == NULL ||
              sealed->kind != VALUE_SECRET || !value_equal(sealed, *secret);
    return true;
}

void sealed_put(struct apply *apply, struct transaction *transaction,
                const struct draft *draft, const struct value *secret)
{
    const struct change *change = draft->change;
    secret_put(transaction, apply->engine->vault, secret,
               sealed_source(apply->arena, change->wanted));
    state_set_setting(transaction, sealed_rotation_key(apply->arena, change->address),
                      NULL);
}

void sealed_remove(struct transaction *transaction, const char *address)
{
    struct arena arena;
    arena_init(&arena, 0);
    secret_remove(transaction, address);
    state_set_setting(transaction, sealed_rotation_key(&arena, address), NULL);
    arena_clear(&arena);
}
