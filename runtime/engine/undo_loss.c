// SPDX-License-Identifier: MIT
//
// A thing that was removed is made again, but what was in it is gone, and what the world
// gave it may be another's by now. What a type calls lasting stays when the thing goes.
#include "engine/undo_loss.h"

#include <stdarg.h>
#include <string.h>

#include "engine/sealed.h"
#include "value/address.h"

struct losing {
    struct arena *arena;
    const struct engine *engine;
    const struct undo_history *history;
    struct undo *undo;
    size_t capacity;
};

static void lose(struct losing *losing, const char *address, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void lose(struct losing *losing, const char *address, const char *format, ...)
{
    struct undo *undo = losing->undo;
    va_list arguments;
    if (undo->loss_count == losing->capacity) {
        size_t capacity = losing->capacity * 2 + 8;
        struct undo_loss *grown = arena_alloc(losing->arena, capacity * sizeof *grown);
        if (undo->loss_count > 0)
            memcpy(grown, undo->losses, undo->loss_count * sizeof *grown);
        undo->losses = grown;
        losing->capacity = capacity;
    }
    struct undo_loss *loss = &undo->losses[undo->loss_count++];
    loss->address = address;
    va_start(arguments, format);
    loss->what = arena_vformat(losing->arena, format, arguments);
    va_end(arguments);
}

// What its type said, or would have said, of the data when it was removed.
static void lose_data(struct losing *losing, const struct record_step *step)
{
    const struct provider *provider = losing->engine->provider;
    struct address address;
    struct fault ignored;
    bool named = address_parse(losing->arena, step->address, &address, &ignored);
    const struct change change = {
        .address = step->address,
        .name = named ? address.name : NULL,
        .type = step->type,
        .host = step->host,
        .action = CHANGE_DELETE,
        .reason = "",
        .found = step->before,
    };
    struct preview preview = {0};
    if (step->before != NULL &&
        provider->preview(provider->context, losing->arena, &change, &preview,
                          &ignored) &&
        preview.data_at_risk != NULL)
        lose(losing, step->address, "%s", preview.data_at_risk);
}

// Addresses that the world gave it.
static void lose_given(struct losing *losing, const struct schema *schema,
                       const struct record_step *step)
{
    for (size_t i = 0; i < schema->attribute_count; i++) {
        const struct schema_attribute *attribute = &schema->attributes[i];
        const char *given = value_find_text(step->before, attribute->name, NULL);
        bool is_address = attribute->computed && !attribute->optional_computed &&
                          strncmp(attribute->name, "ip", 2) == 0;
        if (is_address && given != NULL)
            lose(losing, step->address, "%s was %s: the new one may get another",
                 attribute->name, given);
    }
}

bool undo_loss_is_hidden(const struct value *before)
{
    if (before == NULL)
        return false;
    if (before->kind == VALUE_STRING)
        return strncmp(before->string.bytes, "sha256:", 7) == 0;
    return value_find(before, "$secret") != NULL || before->kind == VALUE_UNKNOWN;
}

// Of something that was there before it was ours.
static void lose_hidden(struct losing *losing, const struct record_step *step)
{
    const struct value *fields = step->fields;
    for (size_t i = 0; fields != NULL && i < fields->map.count; i++) {
        const char *name = fields->map.entries[i].key;
        if (undo_loss_is_hidden(value_find(step->before, name)))
            lose(losing, step->address, "%s as it was before was never shown", name);
    }
}

// What comes from elsewhere is taken from there again.
static void lose_secret(struct losing *losing, const struct record_step *step)
{
    bool removed = strcmp(step->action, "delete") == 0;
    const char *source = sealed_source(losing->arena, step->wanted_before);
    if (removed && strcmp(source, "generated") == 0)
        lose(losing, step->address, "its former value is not kept: a new one is made");
    else if (!removed && value_find(step->fields, "value") != NULL)
        lose(losing, step->address, "its former value is not kept: this one stays");
}

static bool is_made_again(const struct losing *losing, const char *address)
{
    return resource_find(&losing->undo->recall.set, address) != NULL;
}

static bool happened(const struct record_step *step)
{
    return step->outcome != RECORD_FAILED;
}

static void look_at(struct losing *losing, const struct record_step *step)
{
    const struct provider *provider = losing->engine->provider;
    const struct schema *schema = provider->schema(provider->context, step->type);
    bool removed = strcmp(step->action, "delete") == 0;
    bool again = is_made_again(losing, step->address);
    if (schema == NULL || !happened(step))
        return;
    if (schema->is_core && again && step->wanted_before != NULL)
        lose_secret(losing, step);
    if (removed && again && !schema->is_core) {
        lose_data(losing, step);
        lose_given(losing, schema, step);
    }
    if (!removed && schema->lasting != NULL &&
        undo_history_last(losing->history, step->address) == step)
        lose(losing, step->address, "%s", schema->lasting);
    if (step->wanted_before == NULL && strcmp(step->action, "update") == 0)
        lose_hidden(losing, step);
    if (strcmp(step->action, "create") == 0 && step->wanted_before != NULL && again &&
        undo_history_first(losing->history, step->address) == step)
        lose(losing, step->address,
             "it was declared before run %lld, and gone: it stays, now that it is there",
             (long long) losing->history->run->id);
}

void undo_loss_list(struct arena *arena, const struct engine *engine,
                    const struct undo_history *history, struct undo *undo)
{
    struct losing losing = {
        .arena = arena, .engine = engine, .history = history, .undo = undo};
    for (size_t i = 0; i < history->step_count; i++)
        look_at(&losing, history->steps[i]);
    for (size_t i = 0; i < undo->recall.lost_count; i++) {
        const struct recall_lost *lost = &undo->recall.lost[i];
        if (undo_history_first(history, lost->address) != NULL)
            lose(&losing, lost->address, "%s held a secret that is not kept",
                 lost->attribute);
    }
}
