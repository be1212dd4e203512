// SPDX-License-Identifier: MIT
#include "engine/diff.h"

#include <stdlib.h>
#include <string.h>

#include "store/secret.h"
#include "value/json.h"

enum likeness { SAME, OTHER, LATER };

static bool is_empty(const struct value *value)
{
    if (value_is_null(value))
        return true;
    if (value->kind == VALUE_LIST)
        return value->list.count == 0;
    return value->kind == VALUE_MAP && value->map.count == 0;
}

static bool text_bytes(const struct value *value, const char **bytes, size_t *length)
{
    if (value->kind == VALUE_SECRET) {
        *bytes = value->secret.bytes;
        *length = value->secret.length;
        return true;
    }
    *bytes = value->kind == VALUE_STRING ? value->string.bytes : NULL;
    *length = value->kind == VALUE_STRING ? value->string.length : 0;
    return value->kind == VALUE_STRING;
}

// What a host shows of a content that is not for our eyes: "sha256:…".
static bool is_hash_of(const struct value *found, const struct value *wanted)
{
    const char *bytes;
    size_t length;
    char hex[SECRET_SHA256_SIZE];
    if (found->kind != VALUE_STRING || found->string.length != 7 + 64 ||
        strncmp(found->string.bytes, "sha256:", 7) != 0 ||
        !text_bytes(wanted, &bytes, &length))
        return false;
    secret_sha256(bytes, length, hex);
    return strcmp(found->string.bytes + 7, hex) == 0;
}

static bool is_digest(const struct value *value)
{
    return value != NULL && value->kind == VALUE_MAP && value->map.count == 2 &&
           value_find(value, "$secret") != NULL && value_find(value, "digest") != NULL;
}

static bool digests_equal(const struct vault *vault, const struct value *wanted,
                          const struct value *digest)
{
    if (wanted->kind == VALUE_SECRET)
        return vault != NULL && vault_digest_matches(vault, digest, wanted);
    return false;
}

static enum likeness compare(const struct vault *vault, const struct value *wanted,
                             const struct value *found);

static enum likeness compare_lists(const struct vault *vault, const struct value *wanted,
                                   const struct value *found)
{
    enum likeness worst = SAME;
    if (wanted->list.count != found->list.count)
        return OTHER;
    for (size_t i = 0; i < wanted->list.count; i++) {
        enum likeness one = compare(vault, wanted->list.items[i], found->list.items[i]);
        if (one == OTHER)
            return OTHER;
        worst = one > worst ? one : worst;
    }
    return worst;
}

static enum likeness compare_maps(const struct vault *vault, const struct value *wanted,
                                  const struct value *found)
{
    enum likeness worst = SAME;
    for (size_t i = 0; i < wanted->map.count; i++) {
        const struct value_entry *entry = &wanted->map.entries[i];
        enum likeness one = compare(vault, entry->value, value_find(found, entry->key));
        if (one == OTHER)
            return OTHER;
        worst = one > worst ? one : worst;
    }
    for (size_t i = 0; i < found->map.count; i++) {
        const struct value_entry *entry = &found->map.entries[i];
        if (!is_empty(entry->value) && value_find(wanted, entry->key) == NULL)
            return OTHER;
    }
    return worst;
}

static enum likeness compare(const struct vault *vault, const struct value *wanted,
                             const struct value *found)
{
    if (wanted != NULL && wanted->kind == VALUE_UNKNOWN)
        return LATER;
    bool nothing_wanted = wanted == NULL || is_empty(wanted);
    bool nothing_found = found == NULL || is_empty(found);
    if (nothing_wanted || nothing_found)
        return nothing_wanted == nothing_found ? SAME : OTHER;
    if (is_digest(found))
        return digests_equal(vault, wanted, found) ? SAME : OTHER;
    if (wanted->kind == VALUE_LIST && found->kind == VALUE_LIST)
        return compare_lists(vault, wanted, found);
    if (wanted->kind == VALUE_MAP && found->kind == VALUE_MAP)
        return compare_maps(vault, wanted, found);
    return value_equal(wanted, found) || is_hash_of(found, wanted) ? SAME : OTHER;
}

static int compare_items(const void *left, const void *right)
{
    return value_compare(*(const struct value *const *) left,
                         *(const struct value *const *) right);
}

// Sorted, each once.
static const struct value *as_set(struct arena *arena, const struct value *list)
{
    size_t count = list->list.count, kept = 0;
    const struct value **items =
        arena_alloc(arena, (count + 1) * sizeof(const struct value *));
    for (size_t i = 0; i < count; i++)
        items[i] = list->list.items[i];
    if (count > 1)
        qsort(items, count, sizeof *items, compare_items);
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || !value_equal(items[kept - 1], items[i]))
            items[kept++] = items[i];
    return value_list(arena, items, kept);
}

static enum likeness compare_sets(struct arena *arena, const struct vault *vault,
                                  const struct value *wanted, const struct value *found)
{
    if (wanted->kind != VALUE_LIST || found == NULL || found->kind != VALUE_LIST)
        return compare(vault, wanted, found);
    if (!value_is_known(wanted))
        return LATER;
    return compare_lists(vault, as_set(arena, wanted), as_set(arena, found));
}

static enum likeness compare_choice(const struct vault *vault, const struct value *wanted,
                                    const struct value *found)
{
    enum likeness best = OTHER;
    if (wanted->kind != VALUE_LIST)
        return compare(vault, wanted, found);
    for (size_t i = 0; i < wanted->list.count && best != SAME; i++) {
        enum likeness one = compare(vault, wanted->list.items[i], found);
        best = one == SAME || best == OTHER ? one : best;
    }
    return best;
}

static enum likeness compare_attribute(struct arena *arena, const struct vault *vault,
                                       const struct schema_attribute *attribute,
                                       const struct value *wanted,
                                       const struct value *found)
{
    if (wanted->kind == VALUE_UNKNOWN)
        return LATER;
    if (attribute->kind == SCHEMA_SET)
        return compare_sets(arena, vault, wanted, found);
    if (attribute->kind == SCHEMA_CHOICE)
        return compare_choice(vault, wanted, found);
    return compare(vault, wanted, found);
}

static bool is_secret(const struct schema_attribute *attribute, const struct value *value)
{
    if (attribute->secret || (value != NULL && value_has_secret(value)))
        return true;
    const struct value *later = value != NULL ? value_first_unknown(value) : NULL;
    return later != NULL && later->reference.secret;
}

static bool is_compared(const struct schema_attribute *attribute)
{
    return !attribute->local && (!attribute->computed || attribute->optional_computed);
}

static struct change_field field_of(const struct schema_attribute *attribute,
                                    const struct value *wanted, const struct value *found)
{
    return (struct change_field){
        .name = attribute->name,
        .before = found,
        .after = wanted,
        .secret = is_secret(attribute, wanted) || is_secret(attribute, found),
        .is_default =
            attribute->fallback != NULL && value_equal(attribute->fallback, wanted),
        .is_content = attribute->content,
    };
}

static void add_birth(struct arena *arena, struct diff *diff,
                      const struct schema_attribute *attribute,
                      const struct value *wanted, const struct value *found)
{
    bool hidden = is_secret(attribute, wanted) || is_secret(attribute, found);
    if (!value_is_known(wanted) || (hidden && value_is_null(found)))
        return;
    diff->births[diff->birth_count] = field_of(attribute, wanted, found);
    diff->births[diff->birth_count].forces_replacement = true;
    diff->notes[diff->birth_count++] =
        hidden
            ? NULL
            : arena_format(
                  arena,
                  "%s was %s at birth, and is %s now: only a new one would have it",
                  attribute->name, json_text(arena, found != NULL ? found : value_null()),
                  json_text(arena, wanted));
}

static void add_field(struct arena *arena, struct diff *diff,
                      const struct schema_attribute *attribute,
                      const struct value *wanted, const struct value *found, bool later)
{
    struct change_field field = field_of(attribute, wanted, found);
    field.forces_replacement = attribute->fixed;
    diff->fields[diff->field_count++] = field;
    if (!later) {
        diff->differs = true;
        diff->must_replace = diff->must_replace || attribute->fixed;
        return;
    }
    diff->may_replace = diff->may_replace || attribute->fixed;
    const struct value *unknown = value_first_unknown(wanted);
    if (diff->because != NULL || unknown == NULL)
        return;
    const char *path = unknown->reference.path;
    bool has_path = path != NULL && path[0] != '\0';
    diff->because = arena_format(arena, "depends on %s%s%s", unknown->reference.address,
                                 has_path ? "." : "", has_path ? path : "");
}

void diff_make_room(struct arena *arena, struct diff *diff)
{
    if (diff->fields != NULL)
        return;
    // One more: what it is called.
    diff->fields = arena_alloc(arena, (diff->most + 2) * sizeof *diff->fields);
    diff->births = arena_alloc(arena, (diff->most + 1) * sizeof *diff->births);
    diff->notes = arena_alloc(arena, (diff->most + 1) * sizeof *diff->notes);
}

void diff_compare(struct arena *arena, const struct vault *vault,
                  const struct schema *schema, const struct value *wanted,
                  const struct value *found, const struct value *recorded,
                  struct diff *diff)
{
    *diff = (struct diff){.most = schema->attribute_count};
    for (size_t i = 0; i < schema->attribute_count; i++) {
        const struct schema_attribute *attribute = &schema->attributes[i];
        const struct value *given = value_find(wanted, attribute->name);
        const struct value *seen = value_find(found, attribute->name);
        if (!is_compared(attribute) || value_is_null(given))
            continue;
        if (value_is_null(seen) && is_secret(attribute, given))
            seen = value_find(recorded, attribute->name);
        enum likeness likeness = compare_attribute(arena, vault, attribute, given, seen);
        if (likeness == SAME)
            continue;
        diff_make_room(arena, diff);
        if (attribute->birth)
            add_birth(arena, diff, attribute, given, seen);
        else
            add_field(arena, diff, attribute, given, seen, likeness == LATER);
    }
}

void diff_create(struct arena *arena, const struct schema *schema,
                 const struct value *wanted, struct diff *diff)
{
    *diff = (struct diff){0};
    diff->fields =
        arena_alloc(arena, (schema->attribute_count + 1) * sizeof *diff->fields);
    for (size_t i = 0; i < schema->attribute_count; i++) {
        const struct schema_attribute *attribute = &schema->attributes[i];
        const struct value *given = value_find(wanted, attribute->name);
        if (attribute->local || value_is_null(given))
            continue;
        diff->fields[diff->field_count++] = field_of(attribute, given, NULL);
    }
}

const char *diff_reason(struct arena *arena, const struct diff *diff)
{
    const char *verb = diff->differs ? "differs" : "may differ";
    const struct change_field *fields = diff->fields;
    if (diff->field_count == 0)
        return "nothing differs";
    if (diff->field_count == 1)
        return arena_format(arena, "%s %s", fields[0].name, verb);
    verb = diff->differs ? "differ" : "may differ";
    if (diff->field_count == 2)
        return arena_format(arena, "%s and %s %s", fields[0].name, fields[1].name, verb);
    return arena_format(arena, "%s, %s and %zu more %s", fields[0].name, fields[1].name,
                        diff->field_count - 2, verb);
}
