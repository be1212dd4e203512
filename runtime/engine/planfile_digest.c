// SPDX-License-Identifier: MIT
#include "engine/planfile_digest.h"

#include <stdlib.h>
#include <string.h>

#include "engine/planner.h"
#include "store/secret.h"
#include "value/json.h"

const char *planfile_digest_bytes(struct arena *arena, const struct vault *vault,
                                  const char *bytes, size_t length)
{
    char keyed[SECRET_DIGEST_SIZE], plain[SECRET_SHA256_SIZE];
    if (vault != NULL) {
        vault_digest(vault, bytes, length, keyed);
        return arena_text(arena, keyed);
    }
    secret_sha256(bytes, length, plain);
    return arena_text(arena, plain);
}

static int compare_items(const void *left, const void *right)
{
    return value_compare(*(const struct value *const *) left,
                         *(const struct value *const *) right);
}

// The world may tell the items of a set in any order.
static const struct value *sort_set(struct arena *arena, const struct schema *schema,
                                    const char *name, const struct value *value)
{
    const struct schema_attribute *attribute =
        schema != NULL ? schema_find(schema, name) : NULL;
    bool is_set = attribute != NULL && attribute->kind == SCHEMA_SET && value != NULL &&
                  value->kind == VALUE_LIST;
    if (!is_set || value->list.count < 2)
        return value;
    size_t count = value->list.count;
    const struct value **items = arena_alloc(arena, count * sizeof *items);
    memcpy(items, value->list.items, count * sizeof *items);
    qsort(items, count, sizeof *items, compare_items);
    return value_list(arena, items, count);
}

// A change whose digests are made.
struct digesting {
    struct arena *arena;
    const struct vault *vault;
    const struct change *change;
    const struct schema *schema;
};

static const char *digest_value(const struct digesting *of, const char *name,
                                const struct value *value, bool secret)
{
    const struct vault *vault = of->vault;
    if (value_is_null(value))
        return NULL;
    if (vault == NULL && (secret || value_has_secret(value)))
        return NULL;
    struct text text;
    text_init(&text, 0);
    // Apart from the digests that state keeps of secrets.
    text_add(&text, "plan:");
    json_write(&text, sort_set(of->arena, of->schema, name, value),
               vault != NULL ? vault_write_digest : NULL, (void *) vault);
    const char *digest = planfile_digest_bytes(of->arena, vault, text.bytes, text.length);
    text_clear(&text);
    return digest;
}

static const struct planfile_field *digest_fields(const struct digesting *of)
{
    const struct change *change = of->change;
    struct planfile_field *fields =
        arena_alloc(of->arena, (change->field_count + 1) * sizeof *fields);
    for (size_t i = 0; i < change->field_count; i++) {
        const struct change_field *field = &change->fields[i];
        fields[i].before = digest_value(of, field->name, field->before, field->secret);
        fields[i].later = field->after != NULL && !value_is_known(field->after);
        if (!fields[i].later)
            fields[i].after = digest_value(of, field->name, field->after, field->secret);
    }
    return fields;
}

static bool is_identity(const char *name)
{
    return strcmp(name, "id") == 0 || strcmp(name, "incarnation") == 0;
}

// What would be lost must still be what was said to be lost; what is changed in place
// must still be the same thing, its fields are looked at one by one.
static bool is_fact(const struct change *change, const struct schema_attribute *attribute)
{
    bool loses = change->action == CHANGE_DELETE || change->action == CHANGE_REPLACE;
    if (is_identity(attribute->name))
        return loses || change->action == CHANGE_UPDATE;
    return loses && !attribute->local &&
           (!attribute->computed || attribute->optional_computed);
}

static struct planfile_marks digest_facts(const struct digesting *of)
{
    const struct schema *schema = of->schema;
    struct planfile_marks facts = {0};
    if (schema == NULL || of->change->found == NULL)
        return facts;
    facts.items =
        arena_alloc(of->arena, (schema->attribute_count + 1) * sizeof *facts.items);
    for (size_t i = 0; i < schema->attribute_count; i++) {
        const struct schema_attribute *attribute = &schema->attributes[i];
        const struct value *found = value_find(of->change->found, attribute->name);
        if (!is_fact(of->change, attribute))
            continue;
        facts.items[facts.count++] = (struct planfile_mark){
            attribute->name, digest_value(of, attribute->name, found, attribute->secret)};
    }
    planfile_sort_marks(&facts);
    return facts;
}

static bool is_kept(const struct change *change)
{
    bool waits = change->deferred != NULL && change->resource == NULL;
    return change->action != CHANGE_NONE || change->moved_from != NULL ||
           change->skipped != NULL || waits || change->blocked_by_protection;
}

static void digest_handlers(struct planfile *file, struct arena *arena,
                            const struct vault *vault)
{
    const struct plan *plan = file->plan;
    struct planfile_marks *marks = &file->handlers;
    marks->items = arena_alloc(arena, (plan->handler_count + 1) * sizeof *marks->items);
    marks->count = plan->handler_count;
    for (size_t i = 0; i < plan->handler_count; i++) {
        const struct plan_handler *handler = &plan->handlers[i];
        const char *script = handler->script != NULL ? handler->script : "";
        marks->items[i].name =
            arena_format(arena, "%s on %s", handler->name, handler->host);
        marks->items[i].digest =
            planfile_digest_bytes(arena, vault, script, strlen(script));
    }
}

void planfile_digest_plan(struct planfile *file, struct arena *arena,
                          const struct vault *vault)
{
    const struct plan *plan = file->plan;
    file->changes = arena_alloc(arena, (plan->change_count + 1) * sizeof *file->changes);
    file->change_count = 0;
    for (size_t i = 0; i < plan->change_count; i++) {
        const struct change *change = &plan->changes[i];
        if (!is_kept(change))
            continue;
        struct planfile_change *kept = &file->changes[file->change_count++];
        kept->change = change;
        const struct digesting of = {arena, vault, change,
                                     plan->planner->in_order[i]->schema};
        kept->fields = digest_fields(&of);
        kept->facts = digest_facts(&of);
    }
    digest_handlers(file, arena, vault);
}
