// SPDX-License-Identifier: MIT
#include "engine/schema.h"

#include "base/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define WORD_LIMIT 64

// What is being checked, for messages.
struct checking {
    const struct schema *schema;
    struct arena *arena;
    const char *where;
    const char *address;
};

static int compare_name(const void *key, const void *element)
{
    return strcmp(key, ((const struct schema_attribute *) element)->name);
}

const struct schema_attribute *schema_find(const struct schema *schema, const char *name)
{
    if (schema->attribute_count == 0)
        return NULL;
    return bsearch(name, schema->attributes, schema->attribute_count,
                   sizeof *schema->attributes, compare_name);
}

// Edit distance that counts two neighbours swapped as one edit, as typing errors go.
static size_t edit_distance(const char *left, const char *right)
{
    size_t rows[3][WORD_LIMIT + 1];
    size_t left_length = strlen(left), right_length = strlen(right);
    if (left_length > WORD_LIMIT || right_length > WORD_LIMIT)
        return WORD_LIMIT;
    for (size_t j = 0; j <= right_length; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= left_length; i++) {
        size_t *row = rows[i % 3], *above = rows[(i + 2) % 3], *over = rows[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= right_length; j++) {
            size_t best = above[j - 1] + (left[i - 1] != right[j - 1]);
            if (above[j] + 1 < best)
                best = above[j] + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            bool swapped = i > 1 && j > 1 && left[i - 1] == right[j - 2] &&
                           left[i - 2] == right[j - 1];
            if (swapped && over[j - 2] + 1 < best)
                best = over[j - 2] + 1;
            row[j] = best;
        }
    }
    return rows[left_length % 3][right_length];
}

const char *schema_nearest(const char *word, const char *const *candidates, size_t count)
{
    size_t limit = strlen(word) / 3 + 1;
    const char *nearest = NULL;
    for (size_t i = 0; i < count; i++) {
        size_t distance = edit_distance(word, candidates[i]);
        if (distance > limit || distance >= strlen(candidates[i]))
            continue;
        limit = distance;
        if (nearest == NULL || distance < edit_distance(word, nearest))
            nearest = candidates[i];
    }
    return nearest;
}

const char *schema_nearest_attribute(const struct schema *schema, struct arena *arena,
                                     const char *name)
{
    const char **names =
        arena_alloc(arena, (schema->attribute_count + 1) * sizeof *names);
    for (size_t i = 0; i < schema->attribute_count; i++)
        names[i] = schema->attributes[i].name;
    return schema_nearest(name, names, schema->attribute_count);
}

const char *schema_kind_word(enum schema_kind kind)
{
    // In the order of the enum.
    static const char *const words[] = {"any",  "string", "integer", "number", "bool",
                                        "list", "set",    "map",     "choice"};
    return words[kind];
}

static const char *kind_words(enum schema_kind kind)
{
    switch (kind) {
    case SCHEMA_ANY:
        return "anything";
    case SCHEMA_STRING:
        return "a string";
    case SCHEMA_INTEGER:
        return "a whole number";
    case SCHEMA_NUMBER:
        return "a number";
    case SCHEMA_BOOL:
        return "true or false";
    case SCHEMA_LIST:
    case SCHEMA_SET:
        return "a list";
    case SCHEMA_MAP:
        return "a table of names and values";
    case SCHEMA_CHOICE:
        return "a string, or a list of strings tried in order";
    }
    return "?";
}

static bool wrong_kind(const struct checking *checking, const char *name,
                       enum schema_kind kind, const struct value *value,
                       struct fault *fault)
{
    fault_set(fault, FAULT_ERROR, "%s: %s must be %s", checking->address, name,
              kind_words(kind));
    fault_where(fault, "%s", checking->where);
    fault_why(fault, "it is a %s", value_kind_name(value->kind));
    if (kind == SCHEMA_LIST || kind == SCHEMA_SET)
        fault_next(fault, "write %s = { … }", name);
    return false;
}

static bool is_later(const struct value *value)
{
    return value->kind == VALUE_REFERENCE || value->kind == VALUE_UNKNOWN;
}

static bool is_text(const struct value *value)
{
    return value->kind == VALUE_STRING || value->kind == VALUE_SECRET ||
           value->kind == VALUE_TEMPLATE;
}

static bool check_one_of(const struct checking *checking,
                         const struct schema_attribute *attribute,
                         const struct value *value, struct fault *fault)
{
    if (attribute->one_of == NULL || value->kind != VALUE_STRING)
        return true;
    for (size_t i = 0; i < attribute->one_of_count; i++)
        if (value_is_text(value, attribute->one_of[i]))
            return true;
    fault_set(fault, FAULT_ERROR, "%s: %s cannot be \"%s\"", checking->address,
              attribute->name, value->string.bytes);
    fault_where(fault, "%s", checking->where);
    struct text words;
    text_init(&words, 1024);
    for (size_t i = 0; i < attribute->one_of_count; i++)
        text_format(&words, "%s%s", i > 0 ? ", " : "", attribute->one_of[i]);
    fault_why(fault, "it is one of: %s", words.bytes);
    text_clear(&words);
    const char *near =
        schema_nearest(value->string.bytes, attribute->one_of, attribute->one_of_count);
    if (near != NULL)
        fault_next(fault, "did you mean \"%s\"?", near);
    return false;
}

static bool check_scalar(const struct checking *checking,
                         const struct schema_attribute *attribute, enum schema_kind kind,
                         const struct value **value, struct fault *fault)
{
    const struct value *given = *value;
    if (kind == SCHEMA_ANY || is_later(given))
        return true;
    bool whole = given->kind == VALUE_NUMBER && floor(given->number) == given->number &&
                 fabs(given->number) < 9e15;
    bool fits = false;
    if (kind == SCHEMA_STRING || kind == SCHEMA_CHOICE)
        fits = is_text(given);
    else if (kind == SCHEMA_INTEGER)
        fits = given->kind == VALUE_INTEGER || whole;
    else if (kind == SCHEMA_NUMBER)
        fits = given->kind == VALUE_INTEGER || given->kind == VALUE_NUMBER;
    else if (kind == SCHEMA_BOOL)
        fits = given->kind == VALUE_BOOL;
    else if (kind == SCHEMA_MAP)
        fits = given->kind == VALUE_MAP;
    else
        fits = given->kind == VALUE_LIST;
    if (kind == SCHEMA_MAP && given->kind == VALUE_LIST && given->list.count == 0) {
        *value = value_map(checking->arena, NULL, 0);
        return true;
    }
    if (!fits)
        return wrong_kind(checking, attribute->name, kind, given, fault);
    if (kind == SCHEMA_INTEGER && whole)
        *value = value_integer(checking->arena, (int64_t) given->number);
    return check_one_of(checking, attribute, given, fault);
}

static bool check_items(const struct checking *checking,
                        const struct schema_attribute *attribute, enum schema_kind item,
                        const struct value **value, struct fault *fault)
{
    const struct value *list = *value;
    size_t count = list->list.count;
    const struct value **items =
        arena_alloc(checking->arena, (count + 1) * sizeof(const struct value *));
    for (size_t i = 0; i < count; i++) {
        items[i] = list->list.items[i];
        if (!check_scalar(checking, attribute, item, &items[i], fault))
            return fault_while(fault, "checking item %zu", i + 1);
    }
    *value = value_list(checking->arena, items, count);
    return true;
}

static bool check_kind(const struct checking *checking,
                       const struct schema_attribute *attribute,
                       const struct value **value, struct fault *fault)
{
    const struct value *given = *value;
    if (is_later(given))
        return true;
    bool lists = attribute->kind == SCHEMA_LIST || attribute->kind == SCHEMA_SET;
    // Lua has one empty table: the schema says which it is.
    if (lists && given->kind == VALUE_MAP && given->map.count == 0)
        given = *value = value_list(checking->arena, NULL, 0);
    if (given->kind == VALUE_LIST && (lists || attribute->kind == SCHEMA_CHOICE)) {
        enum schema_kind item = lists ? attribute->item : SCHEMA_STRING;
        return check_items(checking, attribute, item, value, fault);
    }
    return check_scalar(checking, attribute, attribute->kind, value, fault);
}

static void find_dollar(void *context, const struct value *value)
{
    const char **found = context;
    if (value->kind != VALUE_MAP)
        return;
    for (size_t i = 0; i < value->map.count; i++)
        if (value->map.entries[i].key[0] == '$')
            *found = value->map.entries[i].key;
}

static bool check_declared(const struct checking *checking,
                           const struct value_entry *declared,
                           struct value_entry *checked, struct fault *fault)
{
    const struct schema *schema = checking->schema;
    const struct schema_attribute *attribute = schema_find(schema, declared->key);
    const char *dollar = NULL;
    *checked = *declared;
    if (attribute == NULL) {
        fault_set(fault, FAULT_ERROR, "%s: %s has no attribute \"%s\"", checking->address,
                  schema->type, declared->key);
        fault_where(fault, "%s", checking->where);
        const char *near =
            schema_nearest_attribute(schema, checking->arena, declared->key);
        if (near != NULL)
            fault_next(fault, "did you mean \"%s\"?", near);
        else
            fault_next(fault, "see `pipster types %s`", schema->type);
        return false;
    }
    if (attribute->computed && !attribute->optional_computed) {
        fault_set(fault, FAULT_ERROR, "%s: %s cannot be declared", checking->address,
                  attribute->name);
        fault_where(fault, "%s", checking->where);
        return fault_why(fault, "it is known once %s is there", checking->address);
    }
    value_walk(declared->value, find_dollar, &dollar);
    if (dollar != NULL) {
        fault_set(fault, FAULT_ERROR, "%s: a key in %s begins with \"$\": \"%s\"",
                  checking->address, attribute->name, dollar);
        return fault_where(fault, "%s", checking->where);
    }
    return check_kind(checking, attribute, &checked->value, fault);
}

static bool check_missing(const struct checking *checking,
                          const struct schema_attribute *attribute, struct fault *fault)
{
    if (!attribute->required)
        return true;
    fault_set(fault, FAULT_ERROR, "%s: %s is missing", checking->address,
              attribute->name);
    fault_where(fault, "%s", checking->where);
    if (attribute->doc != NULL && attribute->doc[0] != '\0')
        fault_why(fault, "%s needs it: %s", checking->schema->type, attribute->doc);
    return fault_next(fault, "add %s = … (%s)", attribute->name,
                      kind_words(attribute->kind));
}

// How many attributes a declaration can end up with, when so many are given.
static size_t most_entries(const struct schema *schema, size_t given)
{
    for (size_t i = 0; i < schema->attribute_count; i++)
        given += schema->attributes[i].fallback != NULL;
    return given;
}

bool schema_check(const struct schema *schema, struct arena *arena, const char *where,
                  const char *address, const struct value *declared,
                  const struct value **checked, struct fault *fault)
{
    struct checking checking = {schema, arena, where, address};
    bool is_map = declared != NULL && declared->kind == VALUE_MAP;
    if (declared != NULL && !is_map && !value_is_null(declared)) {
        bool empty = declared->kind == VALUE_LIST && declared->list.count == 0;
        if (!empty)
            return wrong_kind(&checking, "the declaration", SCHEMA_MAP, declared, fault);
    }
    size_t given = is_map ? declared->map.count : 0, count = 0;
    struct value_entry *entries =
        arena_alloc(arena, (most_entries(schema, given) + 1) * sizeof *entries);
    for (size_t i = 0; i < given; i++) {
        if (value_is_null(declared->map.entries[i].value))
            continue;
        if (!check_declared(&checking, &declared->map.entries[i], &entries[count++],
                            fault))
            return false;
    }
    for (size_t i = 0; i < schema->attribute_count; i++) {
        const struct schema_attribute *attribute = &schema->attributes[i];
        if (!value_is_null(value_find(declared, attribute->name)))
            continue;
        if (attribute->fallback != NULL)
            entries[count++] = (struct value_entry){attribute->name, attribute->fallback};
        else if (!check_missing(&checking, attribute, fault))
            return false;
    }
    *checked = value_map_adopt(arena, entries, count);
    return true;
}
