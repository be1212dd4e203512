// SPDX-License-Identifier: MIT
#include "engine/resolve.h"

#include <string.h>

#include "store/secret.h"
#include "value/json.h"

// What was found of it and will still be so, or NULL.
static const struct value *lasting_found(const struct draft *draft)
{
    const struct change *change = draft->change;
    if (draft->done)
        return change->found;
    if (!draft->decided) {
        if (draft->observed && draft->state == OBSERVE_PRESENT)
            return change->found;
        return change->record != NULL ? change->record->attributes : NULL;
    }
    bool lasts = change->action == CHANGE_NONE || change->action == CHANGE_UPDATE;
    return lasts ? change->found : NULL;
}

// What an update will make different: the found value is no answer until it is done.
static bool is_unsettled(const struct draft *draft, const char *name)
{
    const struct change *change = draft->change;
    if (draft->done || !draft->decided || change->action != CHANGE_UPDATE ||
        change->preview == NULL)
        return false;
    for (size_t i = 0; i < change->preview->unsettled_count; i++)
        if (strcmp(change->preview->unsettled[i], name) == 0)
            return true;
    return false;
}

// Where the world's answer says more than the declaration: a choice was made among
// several, or what was asked for at birth cannot be had any more.
static bool found_goes_first(const struct schema_attribute *attribute)
{
    return attribute == NULL || attribute->birth || attribute->kind == SCHEMA_CHOICE ||
           attribute->computed;
}

static const struct value *unknown(const struct planner *planner,
                                   const struct value *reference,
                                   const struct schema_attribute *attribute)
{
    bool secret = reference->reference.secret || (attribute != NULL && attribute->secret);
    return value_unknown(planner->arena, reference->reference.address,
                         reference->reference.path, secret);
}

// An attribute of which a part is asked for may itself be unknown as a whole.
static const struct value *find_inside(const struct value *attributes, const char *name,
                                       const char *path)
{
    const struct value *whole = value_find(attributes, name);
    if (whole != NULL && whole->kind == VALUE_UNKNOWN)
        return whole;
    return value_find_path(attributes, path);
}

// A value from elsewhere is known as soon as it was read there, sealed or not.
static const struct value *look_up_core(const struct planner *planner,
                                        const struct draft *draft,
                                        const struct value *reference)
{
    const struct change *change = draft->change;
    bool changes = draft->decided && !draft->done &&
                   (change->action == CHANGE_UPDATE || change->action == CHANGE_CREATE);
    const struct value *found = changes ? change->wanted : lasting_found(draft);
    const struct value *secret = value_find(found, "value");
    bool half = strcmp(reference->reference.path, "public_key") == 0;
    if (secret == NULL || secret->kind != VALUE_SECRET)
        return value_unknown(planner->arena, reference->reference.address,
                             reference->reference.path, !half);
    const char *public_key = half ? secret_ssh_public(planner->arena, secret) : NULL;
    if (!half)
        return secret;
    return public_key != NULL ? value_text(planner->arena, public_key) : value_null();
}

static const struct value *look_up_attribute(const struct planner *planner,
                                             const struct draft *draft,
                                             const struct value *reference,
                                             const char *name)
{
    const char *path = reference->reference.path;
    const struct change *change = draft->change;
    const struct schema_attribute *attribute =
        draft->schema != NULL ? schema_find(draft->schema, name) : NULL;
    if (attribute == NULL && strcmp(name, "name") == 0)
        return change->name != NULL ? value_text(planner->arena, change->name)
                                    : value_null();
    if (is_unsettled(draft, name))
        return unknown(planner, reference, attribute);
    const struct value *found = lasting_found(draft);
    const struct value *given = find_inside(change->wanted, name, path);
    const struct value *seen = find_inside(found, name, path);
    bool single =
        given != NULL && (attribute == NULL || attribute->kind != SCHEMA_CHOICE ||
                          given->kind != VALUE_LIST);
    if (!value_is_null(seen) && found_goes_first(attribute))
        return seen;
    if (!value_is_null(given) && single)
        return given;
    if (!value_is_null(seen))
        return seen;
    // It is there, and has no such thing (or the type does not tell).
    if (found != NULL && draft->decided)
        return value_null();
    return unknown(planner, reference, attribute);
}

// The whole of a resource: everything that its type has.
static const struct value *look_up_whole(const struct planner *planner,
                                         const struct draft *draft,
                                         const struct value *reference)
{
    const struct schema *schema = draft->schema;
    size_t count = schema != NULL ? schema->attribute_count : 0;
    struct value_entry *entries =
        arena_alloc(planner->arena, (count + 1) * sizeof *entries);
    for (size_t i = 0; i < count; i++) {
        const char *name = schema->attributes[i].name;
        const struct value *inner =
            value_reference(planner->arena, reference->reference.address, name, false);
        entries[i].key = name;
        entries[i].value = look_up_attribute(planner, draft, inner, name);
    }
    if (draft->change->name != NULL)
        entries[count++] =
            (struct value_entry){"name", value_text(planner->arena, draft->change->name)};
    return value_map(planner->arena, entries, count);
}

static const struct value *look_up(const struct planner *planner,
                                   const struct value *reference)
{
    const struct draft *draft = planner_find(planner, reference->reference.address);
    const char *path = reference->reference.path;
    if (draft == NULL)
        return unknown(planner, reference, NULL);
    if (draft->schema != NULL && draft->schema->is_core)
        return look_up_core(planner, draft, reference);
    size_t length = path != NULL ? strcspn(path, ".") : 0;
    if (length == 0)
        return look_up_whole(planner, draft, reference);
    const char *name = arena_copy(planner->arena, path, length);
    return look_up_attribute(planner, draft, reference, name);
}

static bool add_part(struct text *text, const struct value *part, struct fault *fault)
{
    struct arena arena;
    switch (part->kind) {
    case VALUE_STRING:
        text_add_bytes(text, part->string.bytes, part->string.length);
        return true;
    case VALUE_SECRET:
        text_add_bytes(text, part->secret.bytes, part->secret.length);
        return true;
    case VALUE_BOOL:
    case VALUE_INTEGER:
    case VALUE_NUMBER:
        arena_init(&arena, 0);
        text_add(text, json_text(&arena, part));
        arena_clear(&arena);
        return true;
    case VALUE_NULL:
        fault_set(fault, FAULT_ERROR, "a value that is put into a text is absent");
        return false;
    default:
        fault_set(fault, FAULT_ERROR, "a %s cannot be put into a text",
                  value_kind_name(part->kind));
        return fault_next(fault, "name one attribute or item of it");
    }
}

static bool join(const struct planner *planner, const struct value *const *parts,
                 size_t count, const struct value **joined, struct fault *fault)
{
    const struct value *secret = NULL, *later = NULL;
    bool is_secret = false;
    for (size_t i = 0; i < count; i++) {
        if (parts[i]->kind == VALUE_SECRET && secret == NULL)
            secret = parts[i];
        if (parts[i]->kind == VALUE_UNKNOWN) {
            is_secret = is_secret || parts[i]->reference.secret;
            later = later != NULL ? later : parts[i];
        }
    }
    if (later != NULL) {
        *joined = value_unknown(planner->arena, later->reference.address,
                                later->reference.path, is_secret || secret != NULL);
        return true;
    }
    struct text text;
    text_init(&text, 0);
    bool ok = true;
    for (size_t i = 0; i < count && ok; i++)
        ok = add_part(&text, parts[i], fault);
    if (ok && secret != NULL)
        *joined =
            value_secret(planner->arena, secret->secret.label, text.bytes, text.length);
    else if (ok)
        *joined = value_string(planner->arena, text.bytes, text.length);
    text_clear(&text);
    return ok;
}

static bool resolve_items(const struct planner *planner, const struct value *list,
                          const struct value **resolved, struct fault *fault)
{
    size_t count = list->list.count;
    const struct value **items =
        arena_alloc(planner->arena, (count + 1) * sizeof(const struct value *));
    for (size_t i = 0; i < count; i++)
        if (!resolve_value(planner, list->list.items[i], &items[i], fault))
            return false;
    if (list->kind == VALUE_TEMPLATE)
        return join(planner, items, count, resolved, fault);
    *resolved = value_list(planner->arena, items, count);
    return true;
}

static bool resolve_entries(const struct planner *planner, const struct value *map,
                            const struct value **resolved, struct fault *fault)
{
    size_t count = map->map.count;
    struct value_entry *entries =
        arena_alloc(planner->arena, (count + 1) * sizeof *entries);
    for (size_t i = 0; i < count; i++) {
        entries[i].key = map->map.entries[i].key;
        if (!resolve_value(planner, map->map.entries[i].value, &entries[i].value, fault))
            return fault_while(fault, "looking up %s", entries[i].key);
    }
    *resolved = value_map_adopt(planner->arena, entries, count);
    return true;
}

bool resolve_value(const struct planner *planner, const struct value *value,
                   const struct value **resolved, struct fault *fault)
{
    *resolved = value;
    if (value == NULL || value_is_known(value))
        return true;
    switch (value->kind) {
    case VALUE_REFERENCE:
        *resolved = look_up(planner, value);
        return true;
    case VALUE_LIST:
    case VALUE_TEMPLATE:
        return resolve_items(planner, value, resolved, fault);
    case VALUE_MAP:
        return resolve_entries(planner, value, resolved, fault);
    default:
        return true;
    }
}
