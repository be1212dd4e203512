// SPDX-License-Identifier: MIT
#include "value/value.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct value the_null = {.kind = VALUE_NULL};
static const struct value the_true = {.kind = VALUE_BOOL, .boolean = true};
static const struct value the_false = {.kind = VALUE_BOOL, .boolean = false};

static const char *const kind_names[] = {
    [VALUE_NULL] = "null",
    [VALUE_BOOL] = "bool",
    [VALUE_INTEGER] = "integer",
    [VALUE_NUMBER] = "number",
    [VALUE_STRING] = "string",
    [VALUE_LIST] = "list",
    [VALUE_MAP] = "map",
    [VALUE_UNKNOWN] = "unknown",
    [VALUE_REFERENCE] = "reference",
    [VALUE_TEMPLATE] = "template",
    [VALUE_SECRET] = "secret",
};

static struct value *value_new(struct arena *arena, enum value_kind kind)
{
    struct value *value = arena_alloc(arena, sizeof *value);

    value->kind = kind;
    return value;
}

const struct value *value_null(void)
{
    return &the_null;
}

const struct value *value_bool(bool boolean)
{
    return boolean ? &the_true : &the_false;
}

const struct value *value_integer(struct arena *arena, int64_t integer)
{
    struct value *value = value_new(arena, VALUE_INTEGER);

    value->integer = integer;
    return value;
}

const struct value *value_number(struct arena *arena, double number)
{
    struct value *value = value_new(arena, VALUE_NUMBER);

    value->number = number;
    return value;
}

const struct value *value_string(struct arena *arena, const char *bytes, size_t length)
{
    struct value *value = value_new(arena, VALUE_STRING);

    value->string.bytes = arena_copy(arena, bytes, length);
    value->string.length = length;
    return value;
}

const struct value *value_text(struct arena *arena, const char *text)
{
    return text ? value_string(arena, text, strlen(text)) : &the_null;
}

static const struct value *list_of_kind(struct arena *arena, enum value_kind kind,
                                        const struct value *const *items, size_t count)
{
    struct value *value = value_new(arena, kind);
    const struct value **copy = arena_alloc(arena, count * sizeof *copy);

    for (size_t i = 0; i < count; i++) {
        copy[i] = items[i] ? items[i] : &the_null;
    }
    value->list.items = copy;
    value->list.count = count;
    return value;
}

const struct value *value_list(struct arena *arena, const struct value *const *items,
                               size_t count)
{
    return list_of_kind(arena, VALUE_LIST, items, count);
}

const struct value *value_template(struct arena *arena, const struct value *const *parts,
                                   size_t count)
{
    return list_of_kind(arena, VALUE_TEMPLATE, parts, count);
}

static const struct value *map_over(struct arena *arena,
                                    const struct value_entry *entries, size_t count)
{
    struct value *value = value_new(arena, VALUE_MAP);

    value->map.entries = entries;
    value->map.count = count;
    return value;
}

#define FEW 16

// qsort is not stable; the addresses of the given entries keep equal keys in order.
static int compare_entries(const void *left, const void *right)
{
    const struct value_entry *first = *(const struct value_entry *const *) left;
    const struct value_entry *second = *(const struct value_entry *const *) right;
    int order = strcmp(first->key, second->key);

    return order ? order : (first > second) - (first < second);
}

const struct value *value_map(struct arena *arena, const struct value_entry *entries,
                              size_t count)
{
    const struct value_entry *few[FEW];
    const struct value_entry **order =
        count <= FEW ? few : calloc(count + 1, sizeof *order);
    struct value_entry *copy;
    bool is_sorted = true;
    size_t given = 0;
    size_t kept = 0;

    if (!order) {
        fputs("pipster: out of memory\n", stderr);
        abort();
    }
    for (size_t i = 0; i < count; i++) {
        if (entries[i].value) {
            is_sorted = is_sorted &&
                        (given == 0 || strcmp(order[given - 1]->key, entries[i].key) < 0);
            order[given++] = &entries[i];
        }
    }
    if (!is_sorted) {
        qsort(order, given, sizeof *order, compare_entries);
    }
    copy = arena_alloc(arena, given * sizeof *copy);
    for (size_t i = 0; i < given; i++) {
        if (i + 1 < given && strcmp(order[i]->key, order[i + 1]->key) == 0) {
            continue;
        }
        copy[kept].key = arena_text(arena, order[i]->key);
        copy[kept++].value = order[i]->value;
    }
    if (order != few) {
        free(order);
    }
    return map_over(arena, copy, kept);
}

const struct value *value_map_adopt(struct arena *arena, struct value_entry *entries,
                                    size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!entries[i].value ||
            (i > 0 && strcmp(entries[i - 1].key, entries[i].key) >= 0)) {
            return value_map(arena, entries, count);
        }
    }
    return map_over(arena, entries, count);
}

static const struct value *pointer_of_kind(struct arena *arena, enum value_kind kind,
                                           const char *address, const char *path,
                                           bool secret)
{
    struct value *value = value_new(arena, kind);

    value->reference.address = arena_text(arena, address ? address : "");
    value->reference.path = arena_text(arena, path ? path : "");
    value->reference.secret = secret;
    return value;
}

const struct value *value_unknown(struct arena *arena, const char *address,
                                  const char *path, bool secret)
{
    return pointer_of_kind(arena, VALUE_UNKNOWN, address, path, secret);
}

const struct value *value_reference(struct arena *arena, const char *address,
                                    const char *path, bool secret)
{
    return pointer_of_kind(arena, VALUE_REFERENCE, address, path, secret);
}

const struct value *value_secret(struct arena *arena, const char *label,
                                 const char *bytes, size_t length)
{
    struct value *value = value_new(arena, VALUE_SECRET);

    value->secret.label = arena_text(arena, label ? label : "");
    value->secret.bytes = arena_copy(arena, bytes, length);
    value->secret.length = length;
    return value;
}

static const struct value *copy_list(struct arena *arena, const struct value *value)
{
    const struct value **items = arena_alloc(arena, value->list.count * sizeof *items);
    struct value *copy = value_new(arena, value->kind);

    for (size_t i = 0; i < value->list.count; i++) {
        items[i] = value_copy(arena, value->list.items[i]);
    }
    copy->list.items = items;
    copy->list.count = value->list.count;
    return copy;
}

static const struct value *copy_map(struct arena *arena, const struct value *value)
{
    struct value_entry *entries = arena_alloc(arena, value->map.count * sizeof *entries);

    for (size_t i = 0; i < value->map.count; i++) {
        entries[i].key = arena_text(arena, value->map.entries[i].key);
        entries[i].value = value_copy(arena, value->map.entries[i].value);
    }
    return map_over(arena, entries, value->map.count);
}

const struct value *value_copy(struct arena *arena, const struct value *value)
{
    if (!value) {
        return NULL;
    }
    switch (value->kind) {
    case VALUE_NULL:
        return &the_null;
    case VALUE_BOOL:
        return value_bool(value->boolean);
    case VALUE_INTEGER:
        return value_integer(arena, value->integer);
    case VALUE_NUMBER:
        return value_number(arena, value->number);
    case VALUE_STRING:
        return value_string(arena, value->string.bytes, value->string.length);
    case VALUE_LIST:
    case VALUE_TEMPLATE:
        return copy_list(arena, value);
    case VALUE_MAP:
        return copy_map(arena, value);
    case VALUE_UNKNOWN:
    case VALUE_REFERENCE:
        return pointer_of_kind(arena, value->kind, value->reference.address,
                               value->reference.path, value->reference.secret);
    case VALUE_SECRET:
        return value_secret(arena, value->secret.label, value->secret.bytes,
                            value->secret.length);
    }
    assert(false);
    return &the_null;
}

const struct value *value_with(struct arena *arena, const struct value *map,
                               const char *key, const struct value *value)
{
    bool is_map = map && map->kind == VALUE_MAP;
    size_t count = is_map ? map->map.count : 0;
    struct value_entry *entries = arena_alloc(arena, (count + 1) * sizeof *entries);
    size_t from = 0;
    size_t to = 0;

    while (from < count && strcmp(map->map.entries[from].key, key) < 0) {
        entries[to++] = map->map.entries[from++];
    }
    if (value) {
        entries[to].key = arena_text(arena, key);
        entries[to++].value = value;
    }
    if (from < count && strcmp(map->map.entries[from].key, key) == 0) {
        from++;
    }
    while (from < count) {
        entries[to++] = map->map.entries[from++];
    }
    return map_over(arena, entries, to);
}

static const struct value *merge_maps(struct arena *arena, const struct value *under,
                                      const struct value *over)
{
    size_t most = under->map.count + over->map.count;
    struct value_entry *entries = arena_alloc(arena, most * sizeof *entries);
    size_t low = 0;
    size_t high = 0;
    size_t count = 0;

    while (low < under->map.count || high < over->map.count) {
        const struct value_entry *left = &under->map.entries[low];
        const struct value_entry *right = &over->map.entries[high];
        int order = low == under->map.count   ? 1
                    : high == over->map.count ? -1
                                              : strcmp(left->key, right->key);
        entries[count] = order < 0 ? *left : *right;
        if (order == 0) {
            entries[count].value = value_merge(arena, left->value, right->value);
        }
        low += order <= 0;
        high += order >= 0;
        count++;
    }
    return map_over(arena, entries, count);
}

const struct value *value_merge(struct arena *arena, const struct value *under,
                                const struct value *over)
{
    if (!under || !over) {
        return over ? over : under;
    }
    if (under->kind == VALUE_MAP && over->kind == VALUE_MAP) {
        return merge_maps(arena, under, over);
    }
    return over;
}

bool value_is_text(const struct value *value, const char *text)
{
    return value && value->kind == VALUE_STRING && value->string.length == strlen(text) &&
           memcmp(value->string.bytes, text, value->string.length) == 0;
}

bool value_is_null(const struct value *value)
{
    return !value || value->kind == VALUE_NULL;
}

struct span {
    const char *bytes;
    size_t length;
};

static bool is_spelled(const struct value *value)
{
    return value->kind == VALUE_STRING || value->kind == VALUE_SECRET;
}

static struct span span_of(const struct value *value)
{
    if (value->kind == VALUE_SECRET) {
        return (struct span){value->secret.bytes, value->secret.length};
    }
    return (struct span){value->string.bytes, value->string.length};
}

// Takes as long whatever the bytes are: one side may be a secret.
static bool same_bytes(struct span left, struct span right)
{
    unsigned char difference = 0;

    if (left.length != right.length) {
        return false;
    }
    for (size_t i = 0; i < left.length; i++) {
        difference |= (unsigned char) (left.bytes[i] ^ right.bytes[i]);
    }
    return difference == 0;
}

static bool is_numeric(const struct value *value)
{
    return value->kind == VALUE_INTEGER || value->kind == VALUE_NUMBER;
}

static bool equal_lists(const struct value *left, const struct value *right)
{
    bool same = left->list.count == right->list.count;

    for (size_t i = 0; same && i < left->list.count; i++) {
        same = value_equal(left->list.items[i], right->list.items[i]);
    }
    return same;
}

static bool equal_maps(const struct value *left, const struct value *right)
{
    bool same = left->map.count == right->map.count;

    for (size_t i = 0; same && i < left->map.count; i++) {
        const struct value_entry *one = &left->map.entries[i];
        const struct value_entry *other = &right->map.entries[i];
        same = strcmp(one->key, other->key) == 0 && value_equal(one->value, other->value);
    }
    return same;
}

bool value_equal(const struct value *left, const struct value *right)
{
    left = left ? left : &the_null;
    right = right ? right : &the_null;
    if (is_numeric(left) && is_numeric(right)) {
        return value_compare(left, right) == 0;
    }
    if (is_spelled(left) && is_spelled(right)) {
        return same_bytes(span_of(left), span_of(right));
    }
    if (left->kind != right->kind || left->kind == VALUE_UNKNOWN) {
        return false;
    }
    switch (left->kind) {
    case VALUE_BOOL:
        return left->boolean == right->boolean;
    case VALUE_LIST:
    case VALUE_TEMPLATE:
        return equal_lists(left, right);
    case VALUE_MAP:
        return equal_maps(left, right);
    case VALUE_REFERENCE:
        return strcmp(left->reference.address, right->reference.address) == 0 &&
               strcmp(left->reference.path, right->reference.path) == 0;
    default:
        return true; // null; the rest is answered above
    }
}

typedef bool (*value_test_fn)(const struct value *value);

// The first value inside, itself first, that passes the test.
static const struct value *first_inside(const struct value *value, value_test_fn test)
{
    const struct value *found = NULL;

    if (!value || test(value)) {
        return value;
    }
    if (value->kind == VALUE_LIST || value->kind == VALUE_TEMPLATE) {
        for (size_t i = 0; !found && i < value->list.count; i++) {
            found = first_inside(value->list.items[i], test);
        }
    } else if (value->kind == VALUE_MAP) {
        for (size_t i = 0; !found && i < value->map.count; i++) {
            found = first_inside(value->map.entries[i].value, test);
        }
    }
    return found;
}

static bool is_unresolved(const struct value *value)
{
    return value->kind == VALUE_UNKNOWN || value->kind == VALUE_REFERENCE ||
           value->kind == VALUE_TEMPLATE;
}

static bool is_unknown(const struct value *value)
{
    return value->kind == VALUE_UNKNOWN || value->kind == VALUE_REFERENCE;
}

static bool is_secret(const struct value *value)
{
    return value->kind == VALUE_SECRET || (is_unknown(value) && value->reference.secret);
}

bool value_is_known(const struct value *value)
{
    return first_inside(value, is_unresolved) == NULL;
}

bool value_has_secret(const struct value *value)
{
    return first_inside(value, is_secret) != NULL;
}

const struct value *value_first_unknown(const struct value *value)
{
    return first_inside(value, is_unknown);
}

void value_walk(const struct value *value, value_visit_fn visit, void *context)
{
    if (!value) {
        return;
    }
    visit(context, value);
    if (value->kind == VALUE_LIST || value->kind == VALUE_TEMPLATE) {
        for (size_t i = 0; i < value->list.count; i++) {
            value_walk(value->list.items[i], visit, context);
        }
    } else if (value->kind == VALUE_MAP) {
        for (size_t i = 0; i < value->map.count; i++) {
            value_walk(value->map.entries[i].value, visit, context);
        }
    }
}

const char *value_kind_name(enum value_kind kind)
{
    return kind_names[kind];
}
