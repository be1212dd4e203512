// SPDX-License-Identifier: MIT
//
// The total order of values. What value_equal() calls equal compares as 0.
#include "value/value.h"

#include <assert.h>
#include <math.h>
#include <string.h>

static int compare_doubles(double left, double right)
{
    if (isnan(left) || isnan(right)) {
        return !!isnan(right) - !!isnan(left); // no number sorts before every number
    }
    return (left > right) - (left < right);
}

// Exact, also where a double cannot hold the integer.
static int compare_mixed(int64_t integer, double number)
{
    int64_t whole;

    if (isnan(number) || number < -0x1p63) {
        return 1;
    }
    if (number >= 0x1p63) {
        return -1;
    }
    whole = (int64_t) number;
    if (integer != whole) {
        return integer < whole ? -1 : 1;
    }
    return compare_doubles(0, number - trunc(number));
}

static int compare_numeric(const struct value *left, const struct value *right)
{
    if (left->kind == VALUE_INTEGER && right->kind == VALUE_INTEGER) {
        return (left->integer > right->integer) - (left->integer < right->integer);
    }
    if (left->kind == VALUE_INTEGER) {
        return compare_mixed(left->integer, right->number);
    }
    if (right->kind == VALUE_INTEGER) {
        return -compare_mixed(right->integer, left->number);
    }
    return compare_doubles(left->number, right->number);
}

// Kinds whose values may be equal share a rank.
static int rank_of(const struct value *value)
{
    switch (value->kind) {
    case VALUE_NUMBER:
        return VALUE_INTEGER;
    case VALUE_SECRET:
        return VALUE_STRING;
    default:
        return (int) value->kind;
    }
}

static int compare_sizes(size_t left, size_t right)
{
    return (left > right) - (left < right);
}

struct span {
    const char *bytes;
    size_t length;
};

static struct span span_of(const struct value *value)
{
    if (value->kind == VALUE_SECRET) {
        return (struct span){value->secret.bytes, value->secret.length};
    }
    return (struct span){value->string.bytes, value->string.length};
}

static int compare_spans(struct span left, struct span right)
{
    size_t shorter = left.length < right.length ? left.length : right.length;
    int order = memcmp(left.bytes, right.bytes, shorter);

    return order ? order : compare_sizes(left.length, right.length);
}

static int compare_lists(const struct value *left, const struct value *right)
{
    for (size_t i = 0; i < left->list.count && i < right->list.count; i++) {
        int order = value_compare(left->list.items[i], right->list.items[i]);
        if (order) {
            return order;
        }
    }
    return compare_sizes(left->list.count, right->list.count);
}

static int compare_maps(const struct value *left, const struct value *right)
{
    for (size_t i = 0; i < left->map.count && i < right->map.count; i++) {
        const struct value_entry *one = &left->map.entries[i];
        const struct value_entry *other = &right->map.entries[i];
        int order = strcmp(one->key, other->key);
        order = order ? order : value_compare(one->value, other->value);
        if (order) {
            return order;
        }
    }
    return compare_sizes(left->map.count, right->map.count);
}

static int compare_pointers(const struct value *left, const struct value *right)
{
    int order = strcmp(left->reference.address, right->reference.address);

    return order ? order : strcmp(left->reference.path, right->reference.path);
}

int value_compare(const struct value *left, const struct value *right)
{
    left = left ? left : value_null();
    right = right ? right : value_null();
    if (rank_of(left) != rank_of(right)) {
        return rank_of(left) < rank_of(right) ? -1 : 1;
    }
    switch (left->kind) {
    case VALUE_NULL:
        return 0;
    case VALUE_BOOL:
        return (int) left->boolean - (int) right->boolean;
    case VALUE_INTEGER:
    case VALUE_NUMBER:
        return compare_numeric(left, right);
    case VALUE_STRING:
    case VALUE_SECRET:
        return compare_spans(span_of(left), span_of(right));
    case VALUE_LIST:
    case VALUE_TEMPLATE:
        return compare_lists(left, right);
    case VALUE_MAP:
        return compare_maps(left, right);
    case VALUE_UNKNOWN:
    case VALUE_REFERENCE:
        return compare_pointers(left, right);
    }
    assert(false);
    return 0;
}
